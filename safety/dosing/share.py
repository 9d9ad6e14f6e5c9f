"""What became of a drug's planned doses of one cycle, as shares of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from safety.assess.facts import Source
from safety.assess.truth import Truth
from safety.study.language import COMPARE, Operator, Share

Outcome = Literal["taken", "toxicity", "other", "unclear", "pending"]


class Part(NamedTuple):
    """Some amount of a planned dose, and what became of it. day: from when that was settled.

    unclear: due, and it cannot be said; pending: not yet due, or its record may only be late.
    """

    day: date
    amount: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Missed:
    """What became of a drug's planned doses of a whole cycle. Shares run from 0 to 1.

    unit: amounts are mg, or intakes where the planned mg is not known. Only planned days count:
    a dose made up for on another day stays missed. last_due: the last planned day.
    """

    drug: str
    cycle: int
    unit: Literal["mg", "intakes"]
    parts: tuple[Part, ...]
    last_due: date | None
    evidence: tuple[Source, ...] = ()
    queries: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def planned(self) -> float:
        return sum(p.amount for p in self.parts)

    @property
    def missed_for_toxicity(self) -> tuple[float, float]:
        """Lower and upper bound; the upper one adds what is due and unclear, not what comes."""
        return self.share("toxicity"), self.share("toxicity", "unclear")

    @property
    def missed_other(self) -> float:
        return self.share("other")

    @property
    def received_share(self) -> float:
        return self.share("taken")

    @property
    def counted_share_low(self) -> float:
        """Share surely taken or lost to toxicity (gap rule); 1 where nothing was planned."""
        return self.share("taken", "toxicity") if self.parts else 1.0

    @property
    def counted_share_high(self) -> float:
        """As `counted_share_low` if all that is open or to come were taken."""
        open_ = self.share("taken", "toxicity", "unclear", "pending")
        return open_ if self.parts else 1.0

    def share(self, *outcomes: Outcome) -> float:
        """Return the share of some outcomes; 0 where nothing was planned."""
        return self._of_plan(sum(p.amount for p in self.parts if p.outcome in outcomes))

    def reached(self, percent: float, sign: Operator = ">=") -> date | None:
        """Return the day on which losing this many percent to toxicity became unavoidable.

        None: it is not sure that so much was lost.
        """
        so_far = 0.0
        for part in sorted(p for p in self.parts if p.outcome == "toxicity"):
            so_far += part.amount
            if COMPARE[sign](self._percent(so_far), percent):
                return part.day
        return None

    def loses(self, share: Share) -> Truth:
        """Return whether this share is lost to toxicity: not met once nothing open can reach it."""
        if self.reached(share.percent, share.sign) is not None:
            return Truth.MET
        most = sum(p.amount for p in self.parts if p.outcome not in {"taken", "other"})
        could = COMPARE[share.sign](self._percent(most), share.percent)
        return Truth.UNKNOWN if could else Truth.NOT_MET

    def may_have_lost(self, share: Share) -> bool:
        """Return whether this share may be lost by now, whatever comes of the doses not yet due."""
        so_far = sum(p.amount for p in self.parts if p.outcome in {"toxicity", "unclear"})
        return COMPARE[share.sign](self._percent(so_far), share.percent)

    def _of_plan(self, amount: float) -> float:
        """Rounded where floating point no longer tells numbers apart: 25 % is 25 %."""
        return round(amount / self.planned, 9) if self.planned else 0.0

    def _percent(self, amount: float) -> float:
        return round(100 * self._of_plan(amount), 7)
