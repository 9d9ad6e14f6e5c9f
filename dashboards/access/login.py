"""Signing in and out: plain forms, so that password managers and screen readers know them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from dashboards import i18n
from dashboards.access import cookies, guard
from safety.accounts import demo, people, secret, sessions
from safety.settings import Settings, from_environment

YEAR = 31_536_000  # seconds
routes = Blueprint("login", __name__, template_folder="templates")


def connect(server: Flask, *, demo_allowed: bool) -> None:
    """Add the pages. demo_allowed: accounts that everybody knows may sign in."""
    server.config["DEMO"] = demo_allowed
    server.jinja_env.globals["t"] = i18n.t
    server.register_blueprint(routes)


@routes.get(guard.LOGIN)
def ask() -> AnyResponse:
    """Show the form."""
    response = make_response(_form())
    language = request.args.get("language", "")
    if language in i18n.LANGUAGES:
        response.set_cookie("language", language, max_age=YEAR, samesite="Lax", httponly=True)
    return response


@routes.post(guard.LOGIN)
def sign_in() -> AnyResponse:
    """Sign somebody in, and lead them to where they wanted to go."""
    settings = from_environment()
    try:
        token = sessions.sign_in(
            settings, request.form.get("username", "")[:64], request.form.get("password", "")[:256],
            request.remote_addr or "", datetime.now(UTC), demo_allowed=_demo(),
        )  # fmt: skip
    except sessions.Refused as error:
        return make_response(_form(str(error)), 401)
    return signed_in(settings, token, request.form.get("next", ""))


def signed_in(settings: Settings, token: str, wanted: str) -> AnyResponse:
    """Return the way to the first page, with the session."""
    response = make_response(redirect(onward(wanted)))
    cookies.give(response, settings, token, secret.read_or_make(settings))
    return response


@routes.post("/logout")
def sign_out() -> AnyResponse:
    """End the session."""
    settings = from_environment()
    sessions.end(settings, guard.session().session_id, datetime.now(UTC), "signed out")
    response = make_response(redirect(guard.LOGIN))
    cookies.take(response, settings)
    return response


def onward(wanted: str) -> str:
    """Return an address of this site, the first page for any other."""
    parts = urlsplit(wanted)
    is_ours = not parts.scheme and not parts.netloc and wanted.startswith("/")
    usual = is_ours and wanted.isprintable() and "\\" not in wanted and not wanted.startswith("//")
    return wanted if usual and not wanted.startswith(("/login", "/logout")) else "/"


def _demo() -> bool:
    return bool(current_app.config["DEMO"])


def _form(refused: str = "") -> str:
    settings = from_environment()
    return render_template(
        "login.html",
        refused=refused,
        wanted=onward(request.values.get("next", "")),
        username=request.form.get("username", ""),
        nobody=not people.exist(settings.db_url),
        oidc=settings.oidc,
        demo=demo.ROLES if _demo() else (),
        demo_password=demo.WELL_KNOWN if _demo() else "",
        languages=i18n.LANGUAGES,
        language=i18n.language(),
    )
