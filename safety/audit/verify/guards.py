"""Whether the triggers are there that refuse to change what is only ever added to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from safety.audit.verify.problem import Problem
from safety.store.engine import triggers
from safety.store.tables import BITEMPORAL

ADDED_TO = (
    "alert_event", "audit", "decision", "delivery_log", "meeting_event", "obligation_event",
    "question", "review", "signature", "snapshot", "work_event",
)  # fmt: skip
REMEDY = (
    "If the database is older than this version, run `toxwatch db upgrade`; otherwise somebody has "
    "taken the guard away: keep the database as it is and tell who answers for the data."
)


def expected(dialect: str) -> set[tuple[str, str]]:
    """Return the triggers of migrations 0007 and 0009: name of the table, name of the trigger."""
    if dialect == "postgresql":
        names = ["only_added_to", "never_emptied"]
    else:
        names = ["no_update_of_{}", "no_delete_of_{}", "no_replacing_of_{}"]
    return {(t, name.format(t)) for t in (*ADDED_TO, *BITEMPORAL) for name in names}


def check(connection: Connection) -> Iterator[Problem]:
    """Yield which triggers are missing or switched off."""
    missing = sorted(expected(connection.dialect.name) - triggers(connection))
    if missing:
        tables = sorted({table for table, _ in missing})
        what = f"{len(missing)} triggers are missing that keep rows of {', '.join(tables)}"
        yield Problem("", "guard", what, REMEDY)
