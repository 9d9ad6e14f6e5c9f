"""Make the Dash application: frame, callbacks, guard, headers. Everything is served from here."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dash import Dash
from flask import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboards import callbacks, exports, minutes, seen
from dashboards.access import cookies, guard, login, oidc
from dashboards.access import language as languages
from dashboards.i18n import language
from dashboards.pages import PAGES
from dashboards.shell import shell
from safety.accounts import secret
from safety.settings import from_environment

HERE = Path(__file__).parent
YEAR = 31_536_000  # seconds; assets carry a fingerprint in their name
MOST_SENT = 1_000_000  # bytes that a browser may send at once: forms, never files
# What may stay in a browser: scripts, styles and pictures, never data.
KEPT = ("text/css", "text/javascript", "application/javascript", "image/", "font/")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with none at all a form would not say where it is from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class _App(Dash):
    """Dash, whose page says in which language it is: a screen reader speaks that."""

    def interpolate_index(
        self, metas: str = "", title: str = "", css: str = "", config: str = "",
        scripts: str = "", app_entry: str = "", favicon: str = "", renderer: str = "",
    ) -> str:  # fmt: skip
        """Return the page as the browser gets it."""
        page = super().interpolate_index(
            metas, title, css, config, scripts, app_entry, favicon, renderer
        )
        return str(page).replace("<html>", f'<html lang="{language()}">', 1)


def create_app(*, demo: bool = False) -> Dash:
    """Return the application; it reads its settings from the environment.

    demo: accounts that everybody knows may sign in; the server must be on this machine only.
    """
    settings = from_environment()
    app = _App(
        __name__,
        assets_folder=str(HERE / "assets"),
        assets_ignore=r"login\.css",  # of a page that is none of Dash
        title="toxwatch",
        update_title="",
        compress=True,
        serve_locally=True,
        suppress_callback_exceptions=True,  # what a callback is about comes with its page
        health_endpoint="healthz",
        enable_mcp=False,
        on_error=callbacks.failed,
        csrf_token_name=cookies.TOKEN,
        csrf_header_name=cookies.HEADER,
    )
    app.layout = shell
    registry = callbacks.connect(app, PAGES)
    server = app.server
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    server.config["MAX_CONTENT_LENGTH"] = MOST_SENT
    server.extensions["toxwatch"] = registry
    if settings.dashboard_proxies:
        behind = settings.dashboard_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=behind, x_proto=behind, x_host=behind)
    guard.protect(server, registry, demo=demo)
    login.connect(server, demo_allowed=demo)
    server.register_blueprint(languages.routes)
    server.register_blueprint(exports.routes)
    server.register_blueprint(minutes.routes)
    if settings.oidc is not None:
        oidc.connect(server, settings.oidc, secret.read_or_make(settings))
    server.after_request(partial(_harden, policy=_policy(app), https=cookies.is_https(settings)))
    server.after_request(seen.keep)
    _register_scripts(app)
    return app


def _register_scripts(app: Dash) -> None:
    """Let every worker serve the scripts of the libraries from its first request on.

    Dash knows them once it has made the first page; a worker that was asked for a script before
    would refuse it, and whoever asked would look at an empty page.
    """
    with app.server.test_request_context():
        app.index()


def _harden(response: Response, policy: str, https: bool) -> Response:
    for name, value in (HEADERS | {"Content-Security-Policy": policy}).items():
        response.headers.setdefault(name, value)
    if https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    if not (response.mimetype or "").startswith(KEPT):
        response.headers["Cache-Control"] = "no-store"
    return response


def _policy(app: Dash) -> str:
    """Only this server, and of scripts in a page only the one that Dash itself writes there.

    Styles in attributes stay allowed: the components cannot do without.
    """
    scripts = " ".join(["'self'", *(f"'{h.strip(chr(39))}'" for h in app.csp_hashes())])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
