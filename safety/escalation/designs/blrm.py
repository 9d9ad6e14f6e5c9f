"""BLRM: the level most likely to be right among those not too likely to be an overdose.

Neuenschwander, Branson & Gsponer 2008. A level is closed while Pr(rate above the target interval)
is 0.25 or more (escalation with overdose control; Babb, Rogatko & Zacks 1998), and it opens again
if later subjects lower that. If the lowest level is closed, the trial stops.

One rule is ours: no level is advised, and none is open, that would not be with fewer DLTs among the
same subjects. The model alone breaks it at times, for one more DLT at a low level makes the slope
flatter and so a high level look safer (9 subjects each at two of three levels, target 0.30: with 0
and 2 DLTs it stays, with 1 and 2 it would escalate).

Doses are relative: where the levels of a study are combinations or schedules, which have no single
dose, they are 1, 2, ... levels, and the reference is the highest. Only ratios of doses matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import ClassVar

from safety.escalation.designs import logistic
from safety.escalation.designs.model import Counts, Judged, ModelDesign, listed
from safety.escalation.state import Count

# Neuenschwander et al. 2015 (in: Zhao & Yang, Statistical Methods in Drug Combination Studies,
# ch. 6) take 0.16 to 0.33 for a target of 0.25; other targets by the same ratios.
UNDER, OVER = 0.16 / 0.25, 0.33 / 0.25
# Weakly informative as there: the median rate at the reference is the target, the median slope 1.
# Ours: 1.5 rather than 2 for log alpha, with which 1 DLT in 3 at the lowest level does not end a
# trial with a target of 0.30. With 0.25 or less and few levels it does.
DEVIATIONS = (1.5, 1.0)


@dataclass(frozen=True, slots=True)
class Blrm(ModelDesign):
    """model: doses, prior and target interval. ewoc: of Pr(over), from which a level is closed."""

    name: ClassVar[str] = "blrm"
    citation: ClassVar[str] = (
        "Neuenschwander B, Branson M, Gsponer T. Critical aspects of the Bayesian approach to "
        "phase I cancer trials. Stat Med 2008;27:2420-2439"
    )

    model: logistic.Model
    ewoc: float = 0.25

    def __post_init__(self) -> None:
        """Raise ValueError for a target outside its interval, or a limit that is no probability."""
        low, high = self.model.interval
        if not low < self.target < high:
            raise ValueError(f"the target {self.target:g} is not between {low:g} and {high:g}")
        if not 0 < self.ewoc < 1:
            raise ValueError(f"a limit of {self.ewoc:g} is no probability between 0 and 1")

    @classmethod
    def usual(cls, target: float, levels: int, doses: tuple[float, ...] = ()) -> Blrm:
        """Return the design with the usual prior and interval; doses: 1 to `levels` unless given.

        Raise ValueError for no levels, other than one dose for each, or a target that is no rate or
        too high for the usual interval (above 0.75).
        """
        if not 0 < target < 1:
            raise ValueError(f"a target of {target} is no rate between 0 and 1")
        relative = doses or tuple(float(i) for i in range(1, levels + 1))
        if not relative or len(relative) != levels:
            raise ValueError(f"{len(relative)} doses for {levels} levels")
        prior = logistic.Prior((log(target / (1 - target)), 0.0), DEVIATIONS)
        interval = (UNDER * target, OVER * target)
        return cls(target, logistic.Model(relative, relative[-1], prior, interval))

    @property
    def levels(self) -> int:
        return len(self.model.doses)

    def judge(self, counts: Counts) -> Judged:
        """Score a level by the probability that its rate is in the target interval."""
        return _judged(self, counts)

    def best(self, counts: Counts, levels: tuple[int, ...]) -> int | None:
        """Return the best open level of `levels`, none higher than with fewer DLTs."""
        return _best(self, counts, levels)


@lru_cache(maxsize=65536)
def _judged(design: Blrm, counts: Counts) -> Judged:
    fit = logistic.fit(design.model, counts)
    low, high = design.model.interval
    own = next((i for i, over in enumerate(fit.over) if over >= design.ewoc), len(counts))
    open_levels = min([own, *(_judged(design, less).open_levels for less in _fewer(counts))])
    why = (
        f"Pr(rate over {high:.3f}) {listed(fit.over)} by level, to be below {design.ewoc:.2f}; "
        f"Pr(rate in {low:.3f} to {high:.3f}) {listed(fit.inside)}"
    )
    if open_levels < own:
        why += f"; {listed(fit.over[open_levels:own])} stays closed, as it would with fewer DLTs"
    return Judged(fit.inside, open_levels, fit.mean, why)


@lru_cache(maxsize=65536)
def _best(design: Blrm, counts: Counts, levels: tuple[int, ...]) -> int | None:
    best = _judged(design, counts).best(levels)
    if best is None:
        return None
    fewer = [_best(design, less, levels) for less in _fewer(counts)]
    return min([best, *(level for level in fewer if level is not None)])


def _fewer(counts: Counts) -> Iterator[Counts]:
    """Yield the counts with one DLT fewer, by level."""
    for i, count in enumerate(counts):
        if count.y:
            yield (*counts[:i], Count(count.n, count.y - 1), *counts[i + 1 :])
