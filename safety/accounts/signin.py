"""Proving who one is: to begin a session, and again to sign. Refusals all say the same.

A refusal is written in the trail unless the account or the address has to wait: a flood of guesses
must not become a flood of entries.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from safety.accounts import passwords, throttle
from safety.accounts.account import ACTIVE, username_of
from safety.accounts.session import OIDC, PASSWORD, Session, id_of
from safety.accounts.stored import row_of
from safety.accounts.throttle import Attempt
from safety.accounts.written import CHAIN, SESSION, Desk, change_account, writing
from safety.audit.chain import Entry
from safety.errors import ToxwatchError
from safety.settings import Settings
from safety.signed import sign
from safety.stamp import stamp
from safety.store.tables import account, session
from safety.versioning import digest

TOKEN = 32  # bytes
FRESH = 300  # seconds that a proof of a provider may be old when somebody signs with it
SENTENCE = "The name and the password do not fit, or the account is not in use."
Row = Mapping[str, Any]


class RefusedError(ToxwatchError):
    """Who it is was not proved. The sentence tells nobody why; wait: seconds until the next try."""

    def __init__(self, wait: int = 0) -> None:
        self.wait = wait
        told = f" Wait {wait} s before you try again." if wait else ""
        super().__init__(SENTENCE + told)


@dataclass(frozen=True, slots=True)
class _Proof:
    """What came of an attempt. row: the account as it was then; rehash: "" if the old one stays."""

    attempt: Attempt
    row: Row | None
    method: str
    address: str
    fits: bool
    rehash: str = ""


def sign_in(
    settings: Settings, username: str, password: str, address: str, now: datetime,
    *, demo_allowed: bool = False,
) -> str:  # fmt: skip
    """Begin a session with a password; return its token, which is kept nowhere else.

    Raises RefusedError, the same for every cause.
    """
    proof = _by_password(settings, username, password, address, now)
    is_refused = proof.row is not None and proof.row["demo"] and not demo_allowed
    token = secrets.token_urlsafe(TOKEN)
    with writing(settings) as desk:
        row = None if is_refused else _accepted(desk, proof, now)
        if row is None:
            _tell(desk, proof, "refuse", now)
        else:
            _open(desk, row, token, proof, now, now)
    if row is None:
        raise RefusedError(proof.attempt.wait)
    return token


def sign_in_oidc(
    settings: Settings, issuer: str, subject: str, address: str, now: datetime, auth_at: datetime
) -> str:
    """Begin a session of the account that is bound to a subject of a provider; return its token.

    auth_at: when the provider says that the person proved who it is. Raises RefusedError.
    """
    proof = _by_provider(settings, issuer, subject, address, now)
    token = secrets.token_urlsafe(TOKEN)
    with writing(settings) as desk:
        row = _accepted(desk, proof, now)
        if row is None:
            _tell(desk, proof, "refuse", now)
        else:
            _open(desk, row, token, proof, now, min(auth_at, now))
    if row is None:
        raise RefusedError(proof.attempt.wait)
    return token


def confirm(
    settings: Settings, opened: Session, password: str, address: str, now: datetime
) -> Session:
    """Prove again who it is, to sign; return the session with its new auth_at.

    Raises RefusedError; the session stays as it is then.
    """
    username = opened.person.account.username
    proof = _by_password(settings, username, password, address, now)
    return _confirmed(settings, opened, proof, now, now)


def confirm_oidc(
    settings: Settings, opened: Session, issuer: str, subject: str, address: str,
    now: datetime, auth_at: datetime,
) -> Session:  # fmt: skip
    """Prove again who it is by a provider; what it says must not be older than FRESH seconds."""
    proof = _by_provider(settings, issuer, subject, address, now)
    if (now - auth_at).total_seconds() > FRESH:
        proof = replace(proof, fits=False)
    return _confirmed(settings, opened, proof, now, min(auth_at, now))


def _by_password(
    settings: Settings, username: str, password: str, address: str, now: datetime
) -> _Proof:
    """Count an attempt and look at the password. Raises RefusedError while there is a wait."""
    asked = username_of(username)
    attempt, row = _begin(settings, asked, address, now, account.c.username == asked)
    hasher, known = passwords.HASHER, row["password"] if row else ""
    fits = hasher.verify(known, password)  # of nobody too: it takes as long
    rehash = hasher.hash(password) if fits and hasher.is_old(known) else ""
    return _Proof(attempt, row, PASSWORD, address, fits, rehash)


def _by_provider(
    settings: Settings, issuer: str, subject: str, address: str, now: datetime
) -> _Proof:
    is_bound = (account.c.issuer == issuer) & (account.c.subject == subject)
    who = digest(issuer, subject)
    attempt, row = _begin(settings, who, address, now, is_bound)
    return _Proof(attempt, row, OIDC, address, fits=bool(issuer and subject))


def _begin(
    settings: Settings, who: str, address: str, now: datetime, condition: Any
) -> tuple[Attempt, Row | None]:
    with writing(settings) as desk:
        attempt = throttle.begin(desk.connection, who, address, now)
        row = row_of(desk.connection, condition)
    if isinstance(attempt, int):
        raise RefusedError(attempt)
    return attempt, row


def _accepted(desk: Desk, proof: _Proof, now: datetime) -> Row | None:
    """Return the account that was proved, if it is in use and nobody has changed it meanwhile."""
    if not proof.fits or proof.row is None or proof.row["state"] != ACTIVE:
        return None
    row = row_of(desk.connection, account.c.account_id == proof.row["account_id"])
    if row != proof.row:  # its password, its state or what it is bound to may be another now
        return None
    throttle.succeed(desk.connection, proof.attempt)
    if proof.rehash:
        by = sign(row["username"], "kept with other parameters", now)
        change_account(desk, row, "rehash", by, password=proof.rehash)
    return row


def _open(
    desk: Desk, row: Row, token: str, proof: _Proof, now: datetime, auth_at: datetime
) -> None:
    at, session_id = stamp(now), id_of(token)
    begun = {
        "session_id": session_id, "account_id": row["account_id"], "method": proof.method,
        "created_at": at, "seen_at": at, "auth_at": stamp(auth_at), "address": proof.address,
        "ended_at": "", "ended_for": "",
    }  # fmt: skip
    desk.connection.execute(insert(session).values(begun))
    _tell(desk, proof, "sign in", now, session_id)


def _confirmed(
    settings: Settings, opened: Session, proof: _Proof, now: datetime, auth_at: datetime
) -> Session:
    at, is_same = stamp(auth_at), _is_of(proof, opened)
    with writing(settings) as desk:
        is_open = is_same and _accepted(desk, proof, now) is not None
        if is_open:
            this = (session.c.session_id == opened.session_id) & (session.c.ended_at == "")
            moved = update(session).where(this).values(auth_at=at)
            is_open = desk.connection.execute(moved).rowcount == 1
        _tell(desk, proof, "confirm" if is_open else "refuse", now, opened.session_id)
    if not is_open:
        raise RefusedError(proof.attempt.wait)
    return replace(opened, auth_at=at)


def _is_of(proof: _Proof, opened: Session) -> bool:
    return proof.row is not None and proof.row["account_id"] == opened.person.account.account_id


def _tell(desk: Desk, proof: _Proof, action: str, now: datetime, session_id: str = "") -> None:
    """Write who signed in, or was refused: a name that nobody has may be a mistyped password."""
    actor = proof.row["username"] if proof.row else ""
    after = {"address": proof.address, "method": proof.method}
    desk.tell(stamp(now), Entry(CHAIN, actor, action, SESSION, session_id, None, after))
