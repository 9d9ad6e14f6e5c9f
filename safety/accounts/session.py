"""A session: a browser that signed in, and when it is over. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from safety.accounts.account import Person
from safety.settings import Settings

IDLE_MINUTES, ABSOLUTE_HOURS = 30, 12
PASSWORD, OIDC = "password", "oidc"  # how a person proved who it is
# Why a session ended: the person left, somebody ended it, the password is another one, or the
# account is disabled.
SIGNED_OUT, ENDED, PASSWORD_CHANGED, ACCOUNT_DISABLED = (
    "signed out", "ended", "password changed", "account disabled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long a session is over: since it was last seen, and since it began."""

    idle: timedelta = timedelta(minutes=IDLE_MINUTES)
    absolute: timedelta = timedelta(hours=ABSOLUTE_HOURS)

    def is_over(self, created_at: str, seen_at: str, now: datetime) -> bool:
        """Return whether a session is over. created_at, seen_at: UTC, ISO 8601; now: aware."""
        since_begin = now - datetime.fromisoformat(created_at)
        since_seen = now - datetime.fromisoformat(seen_at)
        return since_begin >= self.absolute or since_seen >= self.idle


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks, as it was found for one request. Times are UTC, ISO 8601.

    session_id: sha256 of the token, which only the browser has. method: password or oidc.
    auth_at: when the person last proved who it is.
    """

    session_id: str
    person: Person
    method: str
    created_at: str
    auth_at: str
    seen_at: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session in a list: nothing in it lets anybody in."""

    session_id: str
    method: str
    created_at: str
    seen_at: str
    auth_at: str
    address: str


def limits_of(settings: Settings) -> Limits:
    """Return the limits that the settings name."""
    idle, absolute = settings.idle_minutes, settings.session_hours
    return Limits(timedelta(minutes=idle), timedelta(hours=absolute))


def id_of(token: str) -> str:
    """Return the id of the session of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
