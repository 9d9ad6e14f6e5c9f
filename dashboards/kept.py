"""The newest few results of what never changes, so that parts of one page share them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Kept(Generic[Result]):
    """Results by key; of more than `most` the one that was not asked for longest goes.

    A key must name all that a result depends on. Two who ask at once may both make it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Result] = OrderedDict()
        self._lock = Lock()

    def has(self, key: Hashable) -> bool:
        """Return whether there is a result already."""
        with self._lock:
            return key in self._found

    def get(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """Return the result of a key; it is made if there is none."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = make()
        with self._lock:
            self._found[key] = made
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return made
