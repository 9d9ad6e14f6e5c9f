"""Points at which a test may end the process, as a power switch would.

Nothing happens unless TOXWATCH_FAILPOINT names a point: `name:n` kills the process with SIGKILL
when it is reached for the n-th time, `none` only counts. `make faults` sets it; nobody else does.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Literal

VARIABLE = "TOXWATCH_FAILPOINT"
Name = Literal[
    # a run, in its order
    "landed", "validated", "graded", "assessed", "publishing", "rows", "accounted", "worklist",
    "outbox", "alerts", "audit", "before_commit", "after_commit", "removed",
    # sending, in its order
    "claimed", "connected", "accepted", "marking", "marked",
]  # fmt: skip
_seen: Counter[str] = Counter()


def reached(name: Name) -> None:
    """Say that a point is reached; the process ends here if it is the one that was asked for."""
    wanted = os.environ.get(VARIABLE)
    if wanted is not None:
        _count(name, *wanted.split(":"))


def counts() -> dict[str, int]:
    """Return how often this process came to each point, and begin to count anew."""
    found = dict(_seen)
    _seen.clear()
    return found


def _count(name: str, wanted: str, number: str = "1") -> None:
    _seen[name] += 1
    if name == wanted and _seen[name] == int(number):
        os.kill(os.getpid(), signal.SIGKILL)
