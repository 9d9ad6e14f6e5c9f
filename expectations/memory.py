"""What Great Expectations said before, so that it is not asked the same of the same cells again.

Day after day nearly the same cells are delivered. What an expectation says follows from itself and
the cells it looks at; both are the name under which its answer is kept.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from expectations.cells import Group

MOST_CELLS = 2000  # of a group: more of them cost as much to name as to judge
MOST_ANSWERS = 4096


@dataclass(frozen=True, slots=True)
class Said:
    """Whether all is well, which places of a group fail, or why it could not be said."""

    is_well: bool
    failing: tuple[int, ...] = ()
    raised: str = ""


@dataclass(slots=True)
class Memory:
    """The answers that were used last."""

    _said: OrderedDict[str, Said] = field(default_factory=OrderedDict)

    def recall(self, name: str) -> Said | None:
        said = self._said.pop(name, None)
        if said is not None:
            self._said[name] = said  # now the newest
        return said

    def keep(self, name: str, said: Said) -> None:
        """Keep an answer; a failure to answer is not one, and what has no name is not kept."""
        if not name or said.raised:
            return
        self._said[name] = said
        while len(self._said) > MOST_ANSWERS:
            self._said.popitem(last=False)


def cells_named(frame: pd.DataFrame, group: Group) -> str:
    """Return a name of the cells of a group, the same only for the same; "" for too many."""
    if len(group.places) > MOST_CELLS:
        return ""
    columns = [frame[name].take(group.places) for name in group.columns]
    told = [(str(c.name), str(c.dtype), c.tolist()) for c in columns]
    return _digest(told)


def asked_named(expectation: Any, cells: str) -> str:
    """Return a name of what an expectation is asked of named cells."""
    if not cells:
        return ""
    return _digest((expectation.expectation_type, sorted(vars(expectation).items()), cells))


def _digest(content: Any) -> str:
    return hashlib.blake2b(repr(content).encode(errors="surrogatepass"), digest_size=16).hexdigest()
