"""Which data of subjects a request reads: one entry of the trail for each page and each answer.

Reads note themselves while a request is answered; when it is, they are handed to a thread that
writes them, under the name of the account that looked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Response, g, has_request_context, request

from safety.audit.chain import Entry
from safety.audit.views import VIEWS, Seen
from safety.settings import from_environment
from safety.stamp import stamp
from safety.store.read import Snapshot

NOBODY = "dashboard"  # of a read outside a session, as in a test
MOST = 200  # characters that are kept of what a browser sent
PAGE = "address"  # the component that has the address


Noted = tuple[frozenset[str], frozenset[str]]  # tables and subjects


@dataclass(slots=True)
class _Reads:
    """What was read of one study: tables, subjects, the snapshot; and a file that left."""

    snapshot_id: str = ""
    tables: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    file: dict[str, str | int] = field(default_factory=dict)


def snapshot(shot: Snapshot) -> None:
    """Note the snapshot that a study is shown of."""
    if has_request_context():
        _of(shot.study).snapshot_id = shot.snapshot_id


def table(study: str, name: str, usubjid: str = "") -> None:
    """Note that a table with data of subjects is read; usubjid: if it is of one subject only."""
    if has_request_context():
        reads = _of(study)
        reads.tables.add(name)
        reads.subjects |= {_plain(usubjid)} - {""}


def file(study: str, name: str, content: bytes) -> None:
    """Note that a file is given away."""
    if has_request_context():
        sha256 = hashlib.sha256(content).hexdigest()
        _of(study).file = {"file": name, "bytes": len(content), "sha256": sha256}


def during(study: str, make: Callable[[], Any]) -> tuple[Any, Noted]:
    """Return what a function makes, and what of a study it reads."""
    if not has_request_context():
        return make(), (frozenset(), frozenset())
    before = _of(study)
    g.seen[study] = _Reads(before.snapshot_id)
    made = make()
    reads = _of(study)
    g.seen[study] = before
    return made, (frozenset(reads.tables), frozenset(reads.subjects))


def again(study: str, noted: Noted) -> None:
    """Note that what was read before is shown once more."""
    if has_request_context():
        reads = _of(study)
        reads.tables |= noted[0]
        reads.subjects |= noted[1]


def keep(response: Response) -> Response:
    """Hand over what this request has read; called when it was answered."""
    noted: dict[str, _Reads] = g.get("seen", {})
    reads = {study: r for study, r in noted.items() if r.tables}
    if reads:
        at, settings = stamp(datetime.now(UTC)), from_environment()
        page = _page()
        VIEWS.put(Seen(settings, _entry(study, page, r), at) for study, r in reads.items())
    return response


def _of(study: str) -> _Reads:
    noted: dict[str, _Reads] = g.setdefault("seen", {})
    return noted.setdefault(study, _Reads())


def _entry(study: str, page: str, reads: _Reads) -> Entry:
    shown: dict[str, Any] = {"tables": sorted(reads.tables)}
    if reads.subjects:
        shown["usubjid"] = sorted(reads.subjects)
    session = g.get("session")
    actor = session.person.account.username if session else NOBODY
    role = ",".join(sorted(session.person.roles_in(study)))[:24] if session else ""
    return Entry(
        study, actor, "export" if reads.file else "view", "page", page, None, shown | reads.file,
        snapshot_id=reads.snapshot_id, role=role,
    )  # fmt: skip


def _page() -> str:
    """Return the address of a page, or of what on it was drawn anew; never what was chosen."""
    sent = request.get_json(silent=True)
    asked = sent if isinstance(sent, dict) else {}
    for part in ("inputs", "state"):
        listed = asked.get(part)
        for given in listed if isinstance(listed, list) else []:
            if isinstance(given, dict) and (given.get("id"), given.get("property")) == (
                PAGE, "pathname",
            ):  # fmt: skip
                return _plain(str(given.get("value")))
    return _plain(str(asked.get("output") or request.path))


def _plain(text: str) -> str:
    """Return a text of a browser as any database takes it."""
    return "".join(c if c.isprintable() else "?" for c in text[:MOST])
