"""Where people act on a study: one transaction, held against everybody else who writes in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from safety.store.engine import lock, writer


@contextmanager
def writing(db_url: str, studyid: str) -> Iterator[Connection]:
    """Yield a connection whose transaction ends with the block; of an error nothing stays.

    The tables must be there: who signs has an account, so they are. (Alembic is not safe in several
    threads, and pages are served by several.)
    """
    engine = writer(db_url)
    try:
        with engine.begin() as connection:
            lock(connection, f"study {studyid}")  # first, as whoever publishes does
            yield connection
    finally:
        engine.dispose()
