"""How long a piece of work takes at best."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import NamedTuple

REPEATS = 5


class Timed(NamedTuple):
    """Best wall and CPU seconds."""

    wall: float
    cpu: float


def timed(work: Callable[[], object], repeats: int = REPEATS) -> Timed:
    best = Timed(float("inf"), float("inf"))
    for _ in range(repeats):
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        found = Timed(time.perf_counter() - wall, time.process_time() - cpu)
        best = min(best, found)
    return best
