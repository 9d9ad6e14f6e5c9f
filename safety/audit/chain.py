"""One entry of the trail and its hash: HMAC-SHA-256 over the entry and the hash before it.

Pure. A study has a chain of its own; entries that belong to no study stand in the chain "".
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from safety.versioning import canonical_json

START = "0" * 64  # what the first entry of a chain follows
HASHED = (
    "study", "number", "at", "actor", "role", "action", "object_type", "object_id", "before",
    "after", "reason", "snapshot_id", "prev_hash",
)  # fmt: skip
_CONTENT = itemgetter(*HASHED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened. before, after: the object as it was and is, None for nothing.

    Only subject ids, as everywhere: no name, initials or birth date of a subject.
    """

    study: str
    actor: str
    action: str
    object_type: str
    object_id: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""
    snapshot_id: str = ""
    role: str = ""


def row_of(entry: Entry, at: str, number: int, prev_hash: str, key: bytes) -> dict[str, Any]:
    """Return the row of an entry, the `number`th of its chain. at: UTC, ISO 8601."""
    row = {
        "study": entry.study, "number": number, "at": at, "actor": entry.actor,
        "role": entry.role, "action": entry.action, "object_type": entry.object_type,
        "object_id": entry.object_id, "before": _text(entry.before), "after": _text(entry.after),
        "reason": entry.reason, "snapshot_id": entry.snapshot_id, "prev_hash": prev_hash,
    }  # fmt: skip
    return row | {"hash": hash_of(row, key)}


def hash_of(row: Mapping[Any, Any], key: bytes) -> str:
    """Return what the hash of a row must be."""
    return hash_of_content(_CONTENT(row), key)


def hash_of_content(content: Sequence[Any], key: bytes) -> str:
    """Return the hash over the HASHED columns: HMAC of their canonical JSON.

    Written out, as it is the inner loop of a verification. Raises TypeError for a value that is no
    text where one must be.
    """
    study, number, *texts = content
    told = f"[{encode_basestring(study)},{number},{','.join(map(encode_basestring, texts))}]"
    return hmac.digest(key, told.encode(errors="replace"), "sha256").hex()


def fits(content: Sequence[Any], found: str, key: bytes) -> bool:
    """Return whether a hash is the one over the HASHED columns with a key."""
    try:
        return hash_of_content(content, key) == found
    except TypeError:  # somebody put a value of another kind there
        return False


def _text(value: Mapping[str, Any] | None) -> str:
    return "" if value is None else canonical_json(value)
