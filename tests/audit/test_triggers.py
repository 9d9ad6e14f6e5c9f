"""The database itself refuses to change what is only ever added to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from safety.store.engine import downgrade, writer
from safety.store.tables import BITEMPORAL, FOREVER, metadata

pytestmark = pytest.mark.xdist_group("audit")  # what they share is made once

ADDED_TO = ("alert_event", "audit", "decision", "delivery_log", "meeting_event", "obligation_event",
            "question", "review", "signature", "snapshot", "work_event")  # fmt: skip
CLOSED = "rows are kept for ever; of a current one only tx_to may be set, once"


@pytest.fixture
def connection(made) -> Iterator[Connection]:
    """A connection to a database with rows in every table; what is written is rolled back."""
    engine = writer(made.db_url)
    with engine.connect() as connected:
        yield connected
        connected.rollback()
    engine.dispose()


def refused(connection: Connection, statement: Any) -> str:
    """What the database says to a statement; "" if it does it."""
    nested = connection.begin_nested()
    try:
        connection.execute(statement)
    except IntegrityError as error:
        nested.rollback()
        return str(error.orig).partition("\n")[0]
    nested.rollback()
    return ""


def moved(column: Column[Any]) -> Any:
    return column - 1 if isinstance(column.type, Integer | Float) else "x"


def test_no_row_is_changed_or_taken_away(connection) -> None:
    for name in ADDED_TO:
        table = metadata.tables[name]
        for column in table.columns:
            said = refused(connection, update(table).values({column.name: moved(column)}))
            assert said == f"UPDATE of {name} refused: rows are kept for ever and only added to"
        said = refused(connection, delete(table))
        assert said == f"DELETE of {name} refused: rows are kept for ever and only added to"


def test_of_records_and_results_nothing_but_the_end_is_changed(connection) -> None:
    for name, table in BITEMPORAL.items():
        for column in table.columns:
            said = refused(connection, update(table).values({column.name: moved(column)}))
            assert said == f"UPDATE of {name} refused: {CLOSED}", column.name
        assert refused(connection, delete(table)).startswith(f"DELETE of {name} refused")


def test_no_row_is_replaced(connection) -> None:
    """On SQLite a replaced row goes without a DELETE; its keys are taken one by one."""
    if connection.dialect.name == "postgresql":
        said = refused(connection, text("INSERT INTO decision SELECT * FROM decision"))
        assert said.startswith("duplicate key value")
        return
    for name in (*ADDED_TO, *BITEMPORAL):
        for left in _without_one_key(metadata.tables[name]):
            told = ", ".join(f'"{c}"' for c in left)
            known = ", ".join(left.values())
            said = refused(connection, text(
                f'INSERT OR REPLACE INTO "{name}" ({told}) SELECT {known} FROM "{name}" LIMIT 1'
            ))  # fmt: skip
            kept = "rows are kept for ever and only added to"
            assert said == f"INSERT of {name} refused: {kept}", (name, left)


def _without_one_key(table: Table) -> Iterator[dict[str, str]]:
    """For each key of a table: its columns, all other keys with values that are new."""
    keys = [tuple(c.name for c in table.primary_key)]
    keys += [tuple(c.name for c in u.columns) for u in table.constraints
             if isinstance(u, UniqueConstraint)]  # fmt: skip
    for key in keys:
        moved = {other[-1] for other in keys if other != key} - set(key)
        yield {c.name: _new(c) if c.name in moved else f'"{c.name}"' for c in table.columns}


def _new(column: Column[Any]) -> str:
    return "987654" if isinstance(column.type, Integer) else "'none has it'"


def test_a_current_row_is_closed_once(connection) -> None:
    for table in BITEMPORAL.values():
        assert refused(connection, _close(table, 3)) == ""
        for wrong in (_close(table, 1), _close(table, FOREVER), _reopen(table)):
            assert "refused" in refused(connection, wrong), table.name
        current = select(func.count()).where(table.c.tx_to == FOREVER)
        assert connection.scalar(current) == 3


def _close(table: Table, seq: int) -> Any:
    """Close the rows that the second snapshot added, or all, as of a sequence."""
    since = 2 if seq == 1 else 1
    return update(table).where(table.c.tx_to == FOREVER, table.c.tx_from >= since).values(tx_to=seq)


def _reopen(table: Table) -> Any:
    return update(table).where(table.c.tx_to < FOREVER).values(tx_to=FOREVER)


def test_what_has_a_state_may_be_written_anew(connection) -> None:
    for name in ("delivery", "delivery_file", "work_item", "alert", "obligation", "account",
                 "meeting", "proposal"):  # fmt: skip
        table = metadata.tables[name]
        column = table.c["reason" if name.startswith("delivery") else "state"]
        assert refused(connection, update(table).values({column.name: "anew"})) == ""


def test_nothing_is_emptied_at_once(connection) -> None:
    """SQLite knows no TRUNCATE: what is meant there is DELETE."""
    act = "TRUNCATE TABLE" if connection.dialect.name == "postgresql" else "DELETE FROM"
    also = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for name in (*ADDED_TO, *BITEMPORAL):
        assert "refused" in refused(connection, text(f'{act} "{name}"{also}')), name


def test_the_step_can_be_taken_back(db_url) -> None:
    downgrade(db_url, "0006")
    engine = writer(db_url)
    with engine.connect() as connected:
        if connected.dialect.name == "postgresql":
            left = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        else:
            left = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        assert connected.exec_driver_sql(left).all() == []
    engine.dispose()
