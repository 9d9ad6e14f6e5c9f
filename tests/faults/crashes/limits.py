"""A full disk and a database that is locked by another: what a run does then."""

from __future__ import annotations

import os
import resource
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.faults.crashes import checker, reading, rounds, victim
from tests.faults.crashes.account import Delivery
from tests.faults.crashes.rounds import Kill, Round
from tests.faults.crashes.world import Prepared, World

KB = 1024
ENOUGH = 800 * KB  # more than the longest file of a run
NEVER = Kill(share=1.0)  # with many seconds: a kill that never comes


def full_at(limit: int, work: Callable[[], None]) -> None:
    """Do `work` where no file may become longer than `limit` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    work()


def sweep(made: Prepared, folder: Path, limits: Iterable[int]) -> dict[str, int]:
    """Publish with each limit (bytes); return how many failed and how many fitted.

    Raises AssertionError if a failed one left anything but nothing or everything, or if the next
    try without a limit does not make it good.
    """
    counts = {"failed": 0, "fitted": 0, "violations": 0}
    given = made.story[0]

    def run(world: World, limit: int) -> None:
        full_at(limit, lambda: world.run(given))

    for limit in limits:
        with rounds.opened(folder / f"r{limit}", made, limit) as played:
            played.world.put(given)
            ending = victim.run(partial(run, played.world, limit), played.world.log)
            counts["fitted" if ending.how == "done" else "failed"] += 1
            counts["violations"] += len(_half(played, given))
            played.finish(given)
            counts["violations"] += sum(played.judge([given]).verdict.faults.values())
    return counts


def _half(played: Round, given: Delivery) -> list[str]:
    """Return what is neither nothing nor everything after a run without room."""
    world = played.world
    wrong = [] if reading.is_sound(world.db_url) else ["the file is a wreck"]
    if world.is_committed(given):
        found = checker.check(world, [given], [], played.made).faults
        about_mails = {"mails_lost", "unsent", "left"}
        return wrong + sorted(set(found) - about_mails)
    tables = ("snapshot", "measurement", "grade", "alert", "outbox", "work_item")
    return wrong + [n for n in tables if world.rows(f"SELECT count(*) FROM {n}") != [(0,)]]


@contextmanager
def locked(world: World, seconds: float) -> Iterator[None]:
    """Let another process hold the write lock of a SQLite database for some time."""
    path = world.db_url.removeprefix("sqlite:///")
    held, hold = os.pipe()

    def work() -> None:
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.execute("BEGIN IMMEDIATE")
        os.write(hold, b"1")
        time.sleep(seconds)
        connection.execute("ROLLBACK")

    child = victim.start(work, world.log)
    os.read(held, 1)
    try:
        yield
    finally:
        victim.join(child)
        os.close(held)
        os.close(hold)
