"""Engines: writers begin at once, readers have an engine of their own."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    create_engine,
    event,
    func,
    make_url,
    select,
)

from safety.versioning import digest

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 20_000
_ALONE = Lock()  # Alembic keeps what it works on in its module: two threads would mix theirs
# A network that goes dark must keep neither a process nor the lock of a study for hours; what the
# address says itself counts more. Seconds, but for tcp_user_timeout in milliseconds.
BOUNDS = {
    "connect_timeout": 5, "tcp_user_timeout": 30_000, "keepalives_idle": 30,
    "keepalives_interval": 10, "keepalives_count": 3,
    "options": "-c idle_in_transaction_session_timeout=300s",
}  # fmt: skip


def writer(db_url: str) -> Engine:
    """Return an engine whose transactions take the write lock when they begin."""
    return _engine(db_url, "BEGIN IMMEDIATE")


def reader(db_url: str) -> Engine:
    """Return an engine for reads; on SQLite it never waits for, or blocks, a writer."""
    return _engine(db_url, "BEGIN")


def _engine(db_url: str, begin: str) -> Engine:
    # hide_parameters: the values of a statement are data of subjects, and errors go into logs
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite":
        # a new connection costs milliseconds; one that is kept outlives errors, forks and servers
        bounds = {name: value for name, value in BOUNDS.items() if name not in url.query}
        return create_engine(url, poolclass=NullPool, connect_args=bounds, hide_parameters=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun above, not by the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def lock(connection: Connection, name: str) -> None:
    """Keep other transactions that take the same lock waiting until this one ends.

    On SQLite a writer is alone already.
    """
    if connection.dialect.name == "postgresql":
        number = int(digest(name)[:15], 16)  # positive in 64 bits
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def hold_still(connection: Connection) -> None:
    """Let a long read see one moment of the database, and outlast the bound on idle transactions.

    Before the first query of its transaction. On SQLite every reader sees one moment.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def triggers(connection: Connection) -> set[tuple[str, str]]:
    """Return the triggers of the database that are on: name of the table, name of the trigger."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
    else:
        query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    return {(table, name) for table, name in connection.exec_driver_sql(query)}


def upgrade(db_url: str, revision: str = "head") -> None:
    """Bring the database to a revision, creating it if need be."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with _ALONE:
        command.upgrade(_alembic(db_url), revision)


def downgrade(db_url: str, revision: str) -> None:
    """Take the database back to a revision."""
    with _ALONE:
        command.downgrade(_alembic(db_url), revision)


def _alembic(db_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["db_url"] = db_url
    return config
