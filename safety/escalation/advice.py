"""What a design answers: an action, the level it leads to, and which levels are closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from safety.escalation.state import Count, State

# complete: the trial of doses is over, `level` is the MTD. stop: over, no level is safe. end: over
# by its size, and no MTD was found, which only a study's cap brings (safety.escalation.conduct).
Action = Literal["escalate", "stay", "de-escalate", "complete", "stop", "end"]
TOLERANCE = 1e-12  # at a boundary that a rate may meet exactly


@dataclass(frozen=True, slots=True)
class Advice:
    """level: index of the next dose level, of the MTD if complete; None if stopped or ended.

    open_levels: levels from 0 up to it (exclusive) may be given; the others are eliminated.
    why: the rule that spoke, in words, with its numbers.
    """

    action: Action
    level: int | None
    open_levels: int
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """Decisions after n subjects at a level, by the number of DLTs; None: never."""

    n: int
    escalate_if_le: int | None
    deescalate_if_ge: int | None
    eliminate_if_ge: int | None


class Design(Protocol):
    """A design with its target, ready to be asked.

    `advise` never counts subjects that are still open, never skips a level that nobody was treated
    at, and never leads to an eliminated level. It knows no cohort size and no end of enrolment:
    those are the study's (safety.escalation.conduct).
    """

    @property
    def name(self) -> str: ...

    @property
    def target(self) -> float: ...

    @property
    def citation(self) -> str: ...

    def advise(self, state: State) -> Advice: ...

    def row(self, n: int) -> Row:
        """Return the decisions at a level after n subjects, nobody treated elsewhere."""
        ...

    def select(self, counts: tuple[Count, ...]) -> int | None:
        """Return the index of the MTD at the end of the trial of doses, None for none."""
        ...
