"""The cookie of a session, and the token that answers a forged request.

Over https the name has the prefix that keeps other hosts from setting it. Without https it is for
this machine only, which `toxwatch serve` sees to.
"""

from __future__ import annotations

import hmac

from flask import Request, Response

from safety.settings import Settings

TOKEN, HEADER = "_csrf_token", "X-CSRFToken"
SAME_SITE = "Lax"  # Strict would lose the session on the way back from a provider of identities


def is_https(settings: Settings) -> bool:
    """Return whether people reach the dashboard by https."""
    return settings.dashboard_url.startswith("https://")


def name(settings: Settings) -> str:
    """Return the name of the session's cookie."""
    return "__Host-toxwatch" if is_https(settings) else "toxwatch"


def give(response: Response, settings: Settings, token: str, key: bytes) -> None:
    """Give a browser a session; its scripts read the second cookie and send it back."""
    secure = is_https(settings)
    response.set_cookie(name(settings), token, secure=secure, httponly=True, samesite=SAME_SITE,
                        path="/")  # fmt: skip
    response.set_cookie(TOKEN, answer(key, token), secure=secure, samesite=SAME_SITE, path="/")


def take(response: Response, settings: Settings) -> None:
    """Take the session away."""
    for each in (name(settings), TOKEN):
        response.delete_cookie(each, path="/", secure=is_https(settings), samesite=SAME_SITE)


def token(request: Request, settings: Settings) -> str:
    """Return the token of a request, "" if it has none."""
    return request.cookies.get(name(settings), "")


def answer(key: bytes, token: str) -> str:
    """Return what a page of this session sends with each request that changes something."""
    return hmac.digest(key, f"answer\0{token}".encode(), "sha256").hex()


def is_answered(request: Request, key: bytes, token: str) -> bool:
    """Return whether a request comes from a page of its session."""
    sent = request.headers.get(HEADER) or request.form.get(TOKEN, "")
    return hmac.compare_digest(sent.encode(), answer(key, token).encode())
