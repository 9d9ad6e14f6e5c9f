"""Time that goes wrong: clocks that are set back, and a database that is one day old."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from safety.audit import anchor, verify
from tests.faults.crashes import victim
from tests.faults.crashes.account import Delivery
from tests.faults.crashes.checker import Verdict
from tests.faults.crashes.rounds import Round, StuckError
from tests.faults.crashes.world import World

DAY = timedelta(days=1)


def day_back(world: World) -> None:
    world.clock -= DAY


def stepped_back(played: Round, given: Delivery, zone: str) -> None:
    """Run every step in a process of another time zone, whose clock is set back a day half-way."""
    world = played.world

    def work() -> None:
        os.environ["TZ"] = zone
        time.tzset()
        asked = itertools.count()
        world.run_whole(given, lambda: world.clock - (DAY if next(asked) else timedelta(0)))

    ending = victim.run(work, world.log)
    if ending.how != "done":
        raise StuckError(world.log.read_text(encoding="utf-8")[-3000:])


class Restored(NamedTuple):
    """What is found after a restore. gaps: problems that the trail tells of right after it."""

    verdict: Verdict
    new_mails: set[str]
    gaps: int


def play(played: Round, yesterday: Delivery, today: Delivery) -> Restored:
    """Deliver two days, put the database of yesterday back, and deliver today again.

    Evidence, anchors and the inbox are those of today.
    """
    world = played.world
    played.deliver(yesterday)
    kept = _kept(played)
    played.deliver(today)
    played.judge([yesterday, today])
    anchor.write(world.settings, world.clock)
    mailed = {m.key for m in played.sink.mails()}
    _put_back(played, kept)
    gaps = len(verify.run(world.settings).problems)
    played.finish(today)
    verdict = played.judge([yesterday, today]).verdict
    return Restored(verdict, {m.key for m in played.sink.mails()} - mailed, gaps)


def _kept(played: Round) -> str:
    """Make a copy of the database; return its name."""
    world = played.world
    if played.server is not None:
        copy = f"{played.name}_kept"
        played.server.create(copy, played.name)
        return copy
    path = _path(world)
    _drain(path)
    return shutil.copyfile(path, f"{path}.kept")


def _put_back(played: Round, kept: str) -> None:
    if played.server is not None:
        played.server.drop(played.name)
        played.server.create(played.name, kept)
        played.server.drop(kept)
        return
    path = _path(played.world)
    for old in (path, f"{path}-wal", f"{path}-shm"):
        Path(old).unlink(missing_ok=True)
    shutil.copyfile(kept, path)


def _path(world: World) -> str:
    return world.db_url.removeprefix("sqlite:///")


def _drain(path: str) -> None:
    """Bring what waits in the log of SQLite into its file."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
