"""Entries that nobody waits for: a thread writes them, many in one transaction.

A page of the dashboard must not wait until a run that writes has ended. Entries are in memory for
that long: if the process is killed meanwhile, those of the last moments are lost.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from safety.audit import key
from safety.audit.chain import Entry
from safety.errors import ToxwatchError
from safety.settings import Settings
from safety.store.engine import writer

MOST = 500  # entries in one transaction
RETRY_SECONDS = 5.0
PATIENCE_SECONDS = 10.0  # how long the end of the process waits
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry, when it arose (UTC, ISO 8601), and whose trail it belongs in."""

    settings: Settings
    entry: Entry
    at: str


class Views:
    """Takes entries and writes them behind whoever gave them; safe across forks and threads."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Seen] = queue.Queue()
        self._lock, self._pid = threading.Lock(), 0

    def put(self, seen: Iterable[Seen]) -> None:
        """Take entries; returns at once."""
        for each in seen:
            self._queue.put(each)
        with self._lock:
            if self._pid != os.getpid():  # a fork has no thread of its own yet
                self._pid = os.getpid()
                threading.Thread(target=self._work, daemon=True).start()
                atexit.register(self.flush)

    def flush(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until all is written; return whether it is."""
        done = threading.Thread(target=self._queue.join, daemon=True)
        done.start()
        done.join(seconds)
        return not done.is_alive()

    def _work(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < MOST and not self._queue.empty():
                batch.append(self._queue.get())
            while not _written(batch):
                threading.Event().wait(RETRY_SECONDS)
            for _ in batch:
                self._queue.task_done()


def _written(batch: list[Seen]) -> bool:
    try:
        for settings in {seen.settings.db_url: seen.settings for seen in batch}.values():
            _write(settings, [s for s in batch if s.settings.db_url == settings.db_url])
    except (DBAPIError, OSError, ToxwatchError) as error:
        log.warning("views wait to be written: %s", type(error).__name__)
        return False
    return True


def _write(settings: Settings, batch: list[Seen]) -> None:
    """Write entries of one database, those of a moment together, in one transaction."""
    trail = key.trail(settings)
    engine = writer(settings.db_url)
    try:
        with engine.begin() as connection:
            for at in dict.fromkeys(s.at for s in batch):
                trail.append(connection, [s.entry for s in batch if s.at == at], at)
    finally:
        engine.dispose()


VIEWS = Views()
