"""Plain SQL of our own: the checker does not read by the code that it checks."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import psycopg

PATIENCE = 100  # tries, a fifth of a second apart


def rows(db_url: str, sql: str) -> list[tuple[Any, ...]]:
    """Return what a query answers, on either database."""
    if db_url.startswith("sqlite"):
        connection = sqlite3.connect(db_url.removeprefix("sqlite:///"), timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()
    for _ in range(PATIENCE):  # it may have been crashed a moment ago
        try:
            with psycopg.connect(plain(db_url)) as server:
                return server.execute(sql.encode()).fetchall()
        except psycopg.OperationalError:
            time.sleep(0.2)
    raise TimeoutError(f"no answer of the database to {sql}")


def settle(db_url: str) -> None:
    """Wait until a server has noticed that its killed clients are gone."""
    others = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    if not db_url.startswith("sqlite"):
        while rows(db_url, others) != [(0,)]:
            time.sleep(0.05)


def plain(db_url: str) -> str:
    """Return the address as psycopg takes it."""
    return db_url.replace("postgresql+psycopg:", "postgresql:", 1)


def is_sound(db_url: str) -> bool:
    """Return whether a SQLite file is no wreck; a server looks after itself."""
    if not db_url.startswith("sqlite"):
        return True
    return rows(db_url, "PRAGMA integrity_check") == [("ok",)]


def bitemporal(db_url: str) -> list[str]:
    """Return the tables whose rows are valid from a snapshot to another."""
    if db_url.startswith("sqlite"):
        names = [n for (n,) in rows(db_url, "SELECT name FROM sqlite_master WHERE type = 'table'")]
        has = {
            n: {c[1] for c in rows(db_url, f"PRAGMA table_info({n!r})")} for n in names
        }  # fmt: skip
        return sorted(n for n in names if "tx_to" in has[n])
    found = rows(
        db_url, "SELECT table_name FROM information_schema.columns WHERE column_name = 'tx_to'"
    )
    return sorted(n for (n,) in found)


def sizes(db_url: str) -> dict[str, dict[str, int]]:
    """Return how many rows of each table are valid as of each snapshot, by its id."""
    parts = [
        f"SELECT s.snapshot_id, '{name}', count(*) FROM snapshot s JOIN \"{name}\" t ON "
        "t.study = s.study AND t.tx_from <= s.seq AND t.tx_to > s.seq GROUP BY s.snapshot_id"
        for name in bitemporal(db_url)
    ]
    found: dict[str, dict[str, int]] = {}
    for snapshot, table, count in rows(db_url, " UNION ALL ".join(parts)):
        found.setdefault(snapshot, {})[table] = count
    return found
