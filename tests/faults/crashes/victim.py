"""A process to be killed: a fork of one that has imported everything, so that it starts at once."""

from __future__ import annotations

import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from safety.failpoints import VARIABLE

LIMIT = 120.0  # seconds; a process that takes longer hangs


class Ending(NamedTuple):
    """How a process ended: done, killed, failed, or hung and was ended. seconds: it took."""

    how: str
    seconds: float


def run(
    work: Callable[[], object], log: Path, at: str = "", after: float | None = None,
    limit: float = LIMIT,
) -> Ending:  # fmt: skip
    """Do `work` in a process of its own; kill it at a point (`name:n`) or after some seconds."""
    begun = time.monotonic()
    child, alive = start(work, log, at)
    ended = _wait(alive, limit if after is None else after)
    if not ended:
        os.kill(child, signal.SIGKILL)
    os.close(alive)
    _, status = os.waitpid(child, 0)
    return Ending(_how(status, hung=not ended and after is None), time.monotonic() - begun)


def join(started: tuple[int, int]) -> str:
    """Wait for a process of `start`; return how it ended."""
    child, alive = started
    _, status = os.waitpid(child, 0)
    os.close(alive)
    return _how(status, hung=False)


def start(work: Callable[[], object], log: Path, at: str = "") -> tuple[int, int]:
    """Begin a process; return its id and a pipe that can be read when it has ended."""
    alive, held = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(alive)
        _live(work, log, at)
    os.close(held)
    return child, alive


def _live(work: Callable[[], object], log: Path, at: str) -> None:
    """Work and end; the forked process never returns from here."""
    code = 1
    try:
        os.environ.pop(VARIABLE, None)
        if at:
            os.environ[VARIABLE] = at
        work()
        code = 0
    finally:
        try:
            if code:
                _tell(log)
        finally:
            os._exit(code)


def _tell(log: Path) -> None:
    """Write why a process failed; where the disk is full on purpose that may not be possible."""
    with log.open("a", encoding="utf-8") as file:
        file.write(traceback.format_exc())


def _wait(alive: int, seconds: float) -> bool:
    return bool(select.select([alive], [], [], seconds)[0])


def _how(status: int, hung: bool) -> str:
    if hung:
        return "hung"
    if os.WIFSIGNALED(status):
        return "killed"
    return "done" if os.waitstatus_to_exitcode(status) == 0 else "failed"
