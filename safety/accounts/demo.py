"""Accounts for trying it out: their password is known to everybody, and they see demo data only.

Nobody signs in with them unless whoever starts the pages allows it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from safety.accounts import passwords
from safety.accounts.account import ACTIVE, ADMIN, EVERY
from safety.accounts.stored import row_of
from safety.accounts.written import Desk, add_account, add_grant, writing
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.signed import Signed, sign
from safety.store.tables import account

WELL_KNOWN = "demo only: no patients here"  # no secret, so no rule of passwords counts
ROLES: Mapping[str, str] = {
    "demo-chair": "chair", "demo-committee": "committee", "demo-monitor": "monitor",
    "demo-engineer": "engineer", "demo-auditor": "auditor", "demo-admin": ADMIN,
}  # fmt: skip
MAKER = "toxwatch"


def make(settings: Settings, studyids: Collection[str], now: datetime) -> int:
    """Create the demo accounts that are not there, and grant each its role; return how many were.

    studyids: of demo data; the accounts have no role in another study. Raises WrongUseError where
    somebody else has one of their names.
    """
    signed = sign(MAKER, "accounts to try it out with", now)
    known = passwords.HASHER.hash(WELL_KNOWN)  # one salt for all: there is nothing to guess
    made = 0
    with writing(settings) as desk:
        for username, role in ROLES.items():
            account_id, is_new = _account(desk, username, known, signed)
            made += is_new
            for study in [EVERY] if role == ADMIN else sorted(set(studyids)):
                add_grant(desk, account_id, study, role, signed)
    return made


def _account(desk: Desk, username: str, known: str, signed: Signed) -> tuple[str, bool]:
    """Return the id of a demo account, and whether it is new."""
    found = row_of(desk.connection, account.c.username == username)
    if found and not found["demo"]:
        raise WrongUseError(f"{username} is an account of somebody: no demo account is made.")
    if found:
        return str(found["account_id"]), False
    row = {
        "account_id": secrets.token_hex(16), "username": username,
        "name": username.replace("-", " ").capitalize(), "password": known, "issuer": None,
        "subject": None, "language": "", "state": ACTIVE, "demo": 1, "created_at": signed.at,
        "password_at": signed.at, "revision": 1,
    }  # fmt: skip
    add_account(desk, row, signed)
    return str(row["account_id"]), True
