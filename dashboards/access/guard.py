"""What each request is allowed, before anything answers it. What is not known is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboards import address, i18n
from dashboards.access import cookies
from dashboards.access.registry import Registry, Rule, given
from dashboards.page import SEES_DATA, Roles
from safety.accounts import secret, sessions
from safety.accounts.sessions import Session
from safety.errors import WrongUseError
from safety.settings import from_environment

CALL = "/_dash-update-component"
LOGIN = "/login"
# Nothing of a study stands behind these: scripts and styles, the sign-in itself, a sign of life.
OPEN = ("/assets/", "/_dash-component-suites/", "/oidc/")
OPEN_EXACTLY = frozenset({LOGIN, "/healthz", "/favicon.ico", "/_favicon.ico"})
READS = frozenset({"GET", "HEAD", "OPTIONS"})
FROM_HERE = frozenset({"same-origin", "none"})


def protect(server: Flask, registry: Registry, *, demo: bool) -> None:
    """Let no request pass that is not allowed. demo: accounts that everybody knows may ask."""

    @server.before_request
    def ask() -> AnyResponse | None:
        i18n.use(_language(request, None))
        if _is_foreign(request):
            return _refused(403, "A page of another site sent this.")
        if _is_open(request.path):
            return None
        found = _session(request)
        if found is None or (found.person.account.demo and not demo):
            return _anonymous(request)
        g.session = found
        i18n.use(_language(request, found))
        return _unanswered(request) or _not_allowed(request, registry, found)


def session() -> Session:
    """Return the session of the request; only behind the guard."""
    found: Session = g.session
    return found


def _is_open(path: str) -> bool:
    return path in OPEN_EXACTLY or path.startswith(OPEN)


def _is_foreign(asked: Request) -> bool:
    """Return whether a page of another site wants something changed."""
    if asked.method in READS:
        return False
    site, origin = asked.headers.get("Sec-Fetch-Site"), asked.headers.get("Origin")
    if site is not None and site not in FROM_HERE:
        return True
    return origin is not None and urlsplit(origin).netloc != asked.host


def _session(asked: Request) -> Session | None:
    settings = from_environment()
    token = cookies.token(asked, settings)
    if not token:
        return None
    limits = sessions.limits_of(settings)
    return sessions.find(settings.db_url, token, datetime.now(UTC), limits)


def _anonymous(asked: Request) -> AnyResponse:
    is_page = asked.method == "GET" and not asked.path.startswith("/_dash")
    if not is_page:
        return _refused(401, "Nobody is signed in.")
    return redirect(f"{LOGIN}?next={_quoted(asked)}")


def _quoted(asked: Request) -> str:
    return quote(asked.full_path.rstrip("?"), safe="")


def _unanswered(asked: Request) -> AnyResponse | None:
    if asked.method in READS:
        return None
    settings = from_environment()
    token = cookies.token(asked, settings)
    if cookies.is_answered(asked, secret.read_or_make(settings), token):
        return None
    return _refused(403, "This was not sent by a page of your session.")


def _not_allowed(asked: Request, registry: Registry, found: Session) -> AnyResponse | None:
    if asked.path != CALL:
        return None
    body = asked.get_json(silent=True)
    output = body.get("output") if isinstance(body, dict) else None
    rule = registry.rules.get(output) if isinstance(output, str) else None
    if rule is None:
        return _refused(403, "No such thing can be asked.")
    return _refused(403, "This is not yours to ask.") if _is_barred(rule, body, found) else None


def _is_barred(rule: Rule, body: object, found: Session) -> bool:
    study = ""
    if rule.search is not None:
        try:
            study = address.read("", given(body, rule.search)).study
        except WrongUseError:
            return False  # it is told on the page, which reads the address too
    person = found.person
    if study:
        return not person.may(study, rule.roles)
    return not any(rule.roles & roles for roles in person.roles.values())


def has_role(study: str, roles: Roles = SEES_DATA) -> bool:
    """Return whether who asks has one of the roles in a study."""
    return session().person.may(study, roles)


def _language(asked: Request, found: Session | None) -> str:
    chosen = found.person.account.language if found else asked.cookies.get("language", "")
    return chosen or i18n.wanted([name for name, _ in asked.accept_languages])


def _refused(status: int, why: str) -> AnyResponse:
    return Response(f"{why}\n", status, mimetype="text/plain")
