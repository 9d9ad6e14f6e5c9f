"""What every stopping rule answers, and the plainest one: so many events are allowed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from safety.escalation.stopping.boundary import Boundary

# Parameters a and b of the beta prior of a rate: mean a / (a + b), worth a + b subjects.
Prior = tuple[float, float]
OF_THREE_IN_TEN: Prior = (0.6, 1.4)
UNIFORM: Prior = (1.0, 1.0)


class Rule(Protocol):
    """A stopping rule, ready to be asked."""

    @property
    def citation(self) -> str: ...

    @property
    def limit(self) -> float | None:
        """The rate that must not be exceeded, None for a rule that knows none."""
        ...

    @property
    def prior(self) -> Prior | None:
        """What was believed of the rate before the first subject, None for a rule without one."""
        ...

    def boundary(self, n_max: int) -> Boundary:
        """Return the boundary at every look up to n_max subjects."""
        ...

    def exceeding(self, n: int, y: int) -> float | None:
        """Return the probability that the limit is exceeded after y events in n subjects."""
        ...


def smallest(looks: Sequence[int], stops: Callable[[int, int], bool]) -> Boundary:
    """Return the boundary of a rule that, once it stops, also stops for every event more."""
    fewest = ((n, bisect_left(range(n + 1), True, key=partial(stops, n))) for n in looks)
    return Boundary(tuple((n, y if y <= n else None) for n, y in fewest))


@dataclass(frozen=True, slots=True)
class AtMost:
    """Stops at the first event more than are allowed; 0: at any event. No rate is estimated."""

    events: int
    citation: str = ""

    @property
    def limit(self) -> None:
        return None

    @property
    def prior(self) -> None:
        return None

    def boundary(self, n_max: int) -> Boundary:
        """Return the same number of events at every look after each subject."""
        return smallest(range(1, n_max + 1), lambda _, y: y > self.events)

    def exceeding(self, n: int, y: int) -> None:
        """Return None: the rule has no limit to a rate."""
