"""Signing in by OpenID Connect: code flow with PKCE, state and nonce, by Authlib.

An account is bound to the issuer and the subject that it names, never to an e-mail address.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, make_response, request, session
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from dashboards.access import login
from dashboards.i18n import t
from safety.accounts import sessions
from safety.settings import Oidc, from_environment

routes = Blueprint("oidc", __name__, url_prefix="/oidc")
KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = ["RS256", "PS256", "ES256"]  # never `none`, never one of a shared secret
WANTED = "next"


def connect(server: Flask, provider: Oidc, key: bytes) -> None:
    """Add the way out to the provider and back. key: signs the cookie of that way."""
    server.secret_key = key
    server.config.update(SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
                         SESSION_COOKIE_NAME="toxwatch-oidc")  # fmt: skip
    oauth = OAuth(server)
    oauth.register(
        "provider",
        client_id=provider.client_id,
        client_secret=provider.client_secret_file.read_text(encoding="utf-8").strip(),
        server_metadata_url=provider.issuer.rstrip("/") + KNOWN,
        client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
    )
    server.extensions["toxwatch_oidc"] = oauth.provider
    server.register_blueprint(routes)


@routes.get("/login")
def leave() -> AnyResponse:
    """Lead somebody to the provider; for a signature it must ask who they are anew."""
    session[WANTED] = login.onward(request.args.get(WANTED, ""))
    anew = {"prompt": "login", "max_age": 0} if request.args.get("anew") == "1" else {}
    try:
        away: AnyResponse = _provider().authorize_redirect(_back(), **anew)
    except (AuthlibBaseError, RequestException):
        return _refused(t("The provider does not answer. Try again later."))
    return away


@routes.get("/back")
def come_back() -> AnyResponse:
    """Sign in whom the provider names, if an account is bound to them."""
    settings, now = from_environment(), datetime.now(UTC)
    try:
        claims = _provider().authorize_access_token(
            claims_options={"iss": {"value": settings.oidc.issuer if settings.oidc else ""}}
        )["userinfo"]
        proved = datetime.fromtimestamp(int(claims.get("auth_time", claims["iat"])), UTC)
        token = sessions.sign_in_oidc(
            settings, claims["iss"], claims["sub"], request.remote_addr or "", now, proved
        )
    except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError):
        return _refused(t("The provider's answer cannot be used. Try to sign in again."))
    except sessions.Refused as error:
        return _refused(str(error))
    return login.signed_in(settings, token, session.pop(WANTED, "/"))


def _refused(why: str) -> AnyResponse:
    response = make_response(f"{why}\n", 401)
    response.mimetype = "text/plain"
    return response


def _back() -> str:
    return f"{from_environment().dashboard_url}/oidc/back"


def _provider() -> Any:
    return current_app.extensions["toxwatch_oidc"]
