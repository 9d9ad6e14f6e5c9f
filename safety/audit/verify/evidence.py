"""Delivered files: the bytes that are kept against the hashes of their receipts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Connection, select

from safety.audit.verify.problem import Problem
from safety.intake import evidence
from safety.store.tables import delivery, delivery_file

RESTORE = "Restore the file from the backup of the evidence."


def check(connection: Connection, study: str, store: Path) -> Iterator[Problem | int]:
    """Yield what is wrong with the files that a study was delivered, and how many there are."""
    f = delivery_file.c
    query = (
        select(f.sha256, f.name)
        .join(delivery, delivery.c.seq == f.delivery_seq)
        .where(delivery.c.study == study)
    )
    names = {row.sha256: row.name for row in connection.execute(query.order_by(f.name))}
    for sha256, name in names.items():
        found = content(evidence.path(store, sha256))
        if found != sha256:
            wrong = "is missing" if found == "" else f"was altered: its content is {found}"
            what = f"evidence {sha256} of {name} {wrong}"
            yield Problem(study, "evidence", what, RESTORE)
    yield len(names)


def content(path: Path) -> str:
    """Return the sha256 of what a kept file holds; "" if there is none, else why it has none."""
    if not path.is_file():
        return ""
    try:
        with pa.input_stream(str(path), compression="zstd") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, pa.ArrowException):
        return "not readable"
