"""A store with a million laboratory rows: the CDISC pilot, its values taken many times over.

Each copy of a value stands some days later, so a subject has seventeen times as many samples. What
is derived by subject (verdicts, worst grades, events) is as in the pilot: a trial that is followed
for long, not one with thousands of subjects.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, func, insert, literal, select

from safety.store.engine import writer
from safety.store.tables import BITEMPORAL

STEP = 200  # days between a value and its copy


def grow(db_url: str, study: str, rows: int) -> int:
    """Add copies until a study has so many measurements; return how many it has then."""
    engine = writer(db_url)
    try:
        with engine.begin() as connection:
            has = _count(connection, study)
            for number in range(1, -(-rows // has)):
                for name in ("measurement", "grade"):
                    _copy(connection, BITEMPORAL[name], study, number)
            return _count(connection, study)
    finally:
        engine.dispose()


def _count(connection: Connection, study: str) -> int:
    table = BITEMPORAL["measurement"]
    query = select(func.count()).select_from(table).where(table.c.study == study)
    return int(connection.scalar(query) or 0)


def _copy(connection: Connection, table: Table, study: str, number: int) -> None:
    """Insert the rows of a study once more, under other keys; of copies nothing is copied."""
    mark = f"#{number}"
    moved: dict[str, Any] = {"key": table.c.key + literal(mark)}
    if "mkey" in table.c:
        moved |= {"mkey": table.c.mkey + literal(mark), "ady": table.c.ady + STEP * number}
    names = [c.name for c in table.columns if c.name != "id"]
    chosen = select(*(moved.get(n, table.c[n]) for n in names)).where(
        table.c.study == study, table.c.key.not_like("%#%")
    )
    connection.execute(insert(table).from_select(names, chosen))
