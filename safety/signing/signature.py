"""A signature: a person, a meaning, a moment, and the sha256 of what was signed.

One changed byte of what was signed, or of the signature, voids it. Signatures are only ever added
to the database, and the audit trail tells of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, select

from safety.accounts.account import ACTIVE
from safety.audit import record
from safety.audit.trail import Trail
from safety.errors import WrongUseError
from safety.signing.signer import Signer
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock
from safety.store.read import Snapshot
from safety.versioning import canonical_json, digest

Meaning = Literal["author", "confirm", "approve", "refuse"]
FRESH = timedelta(minutes=5)  # how old the proof of identity may be


@dataclass(frozen=True, slots=True)
class Signature:
    """A row of the table. object_type: proposal or meeting. Times are UTC, ISO 8601."""

    signature_id: str
    study: str
    object_type: str
    object_id: str
    content_sha256: str
    meaning: str
    account_id: str
    printed_name: str
    method: str
    auth_at: str
    at: str
    snapshot_id: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What is signed. content: JSON that holds what `bound` returns, and all else that is meant."""

    object_type: str
    object_id: str
    content: Mapping[str, Any]


def bound(shot: Snapshot) -> dict[str, str]:
    """Return the data that a content is about, with the hashes over them."""
    return {
        "study": shot.study, "snapshot_id": shot.snapshot_id, "as_of": shot.as_of,
        "rule_set": shot.rule_set, "code_version": shot.code_version,
        "result_hash": shot.result_hash, "record_hash": shot.record_hash,
    }  # fmt: skip


def sha256_of(content: Mapping[str, Any]) -> str:
    """Return the sha256 of the canonical JSON of a content."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def sign(
    connection: Connection, trail: Trail, by: Signer, meaning: Meaning, what: Signed, now: datetime
) -> Signature:  # fmt: skip
    """Write a signature and its entry of the trail; in the transaction of what it is about.

    Raises WrongUseError for an account that is not active, and for a proof of identity that is
    older than FRESH or was used for another signature.
    """
    lock(connection, f"signer {by.account_id}")  # one proof, one signature, in any study
    _require_active(connection, by)
    _require_proof(connection, by, now)
    row = {
        "study": what.content["study"], "object_type": what.object_type,
        "object_id": what.object_id, "content_sha256": sha256_of(what.content),
        "meaning": meaning, "account_id": by.account_id, "printed_name": by.name,
        "method": by.method, "auth_at": by.auth_at, "at": stamp(now),
        "snapshot_id": what.content["snapshot_id"],
    }  # fmt: skip
    [added] = record.insert_rows(connection, tables.signature, [row | {"signature_id": _id(row)}])
    entry = record.added(
        tables.signature, added, row["study"], "sign", actor=by.actor,
        snapshot_id=row["snapshot_id"],
    )  # fmt: skip
    trail.append(connection, [entry], row["at"])
    return Signature(**added)


def signatures(connection: Connection, object_type: str, object_id: str) -> list[Signature]:
    """Return the signatures of an object, oldest first."""
    return _read(connection, object_type, tables.signature.c.object_id == object_id)


def of_study(connection: Connection, study: str, object_type: str) -> list[Signature]:
    """Return the signatures of all objects of a type in a study, oldest first."""
    return _read(connection, object_type, tables.signature.c.study == study)


def _read(
    connection: Connection, object_type: str, which: ColumnElement[bool]
) -> list[Signature]:  # fmt: skip
    table = tables.signature
    query = select(*(table.c[f.name] for f in fields(Signature))).where(
        table.c.object_type == object_type, which
    )
    rows = connection.execute(query.order_by(table.c.at, table.c.signature_id)).mappings()
    return [Signature(**row) for row in rows]


def valid(signature: Signature, content: Mapping[str, Any]) -> bool:
    """Return whether a signature is as it was made, and is one of exactly this content."""
    row = asdict(signature)
    return row.pop("signature_id") == _id(row) and row["content_sha256"] == sha256_of(content)


def _id(row: Mapping[str, Any]) -> str:
    return digest(canonical_json(row))[:32]


def _require_active(connection: Connection, by: Signer) -> None:
    table = tables.account.c
    query = select(table.account_id).where(
        table.account_id == by.account_id, table.state == ACTIVE, table.username == by.username
    )
    if connection.scalar(query) is None:
        raise WrongUseError(f"{by.username} has no active account: nothing was signed.")


def _require_proof(connection: Connection, by: Signer, now: datetime) -> None:
    """Raise WrongUseError unless the person proved who it is just now, for this signature."""
    proof = datetime.fromisoformat(by.auth_at)
    table = tables.signature.c
    query = select(table.signature_id).where(
        table.account_id == by.account_id, table.auth_at == by.auth_at
    )
    if not timedelta(0) <= now - proof <= FRESH or connection.scalar(query.limit(1)) is not None:
        raise WrongUseError(
            "each signature needs its own proof of who signs, at most "
            f"{FRESH.seconds // 60} minutes old: prove again who you are, and sign. Nothing was "
            "signed."
        )
