"""How long one letter may take in all: a lease must outlast it, whatever the other side does.

The timeout of a socket bounds one step. A server that answers each step just in time, or one byte
at a time, would hold a letter, and all behind it, for as long as it likes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

WHOLE = 90.0  # seconds; a step of 30 more and the lease of 120 is not over


class Deadline:
    """Until when the letter on its way must have left. step: seconds of one step at most."""

    def __init__(self, step: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._step, self._clock = step, clock
        self.begin()

    def begin(self) -> None:
        """Start anew, with the next letter."""
        self._until = self._clock() + WHOLE

    def left(self) -> float:
        """Return the seconds that the next step may take; raises TimeoutError if none are left."""
        left = min(self._step, self._until - self._clock())
        if left <= 0:
            raise TimeoutError(f"it took longer than {WHOLE:g} seconds in all")
        return left
