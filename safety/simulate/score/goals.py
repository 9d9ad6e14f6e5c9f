"""What toxwatch has to reach in a simulated trial, and what it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from safety.simulate.drive import CRASHED, REFUSED, Day
from safety.simulate.score.tally import Part, Tally

LEAST_FAULTS, MOST_ACCUSED = 0.95, 0.02


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure beside what it should be; met is None where there is nothing to measure."""

    name: str
    value: float | None
    sign: Literal[">=", "<=", "="]
    wanted: float
    unit: Literal["%", "days", ""] = ""

    @property
    def met(self) -> bool | None:
        if self.value is None:
            return None
        if self.sign == ">=":
            return self.value >= self.wanted
        return self.value <= self.wanted if self.sign == "<=" else self.value == self.wanted


def goals(mode: str, parts: Mapping[str, Part], days: Sequence[Day]) -> tuple[Goal, ...]:
    """Return the goals that hold for a trial with such faults: none, realistic or hostile.

    parts: DLT candidates, verdicts, alerts, faults, clean (rows) and account (of rows), by name.
    """
    states = [d.state for d in days]
    candidates, alarms = parts["candidates"].total, _dlt(parts["alerts"])
    everywhere = (
        Goal("crashes", states.count(CRASHED), "=", 0),
        Goal("days refused", states.count(REFUSED), "=", 0),
        Goal("lost rows", parts["account"].total.missed, "=", 0),
    )
    if mode == "hostile":
        return everywhere
    found = (
        *everywhere,
        Goal("DLT recall", candidates.recall, ">=", 1, "%"),
        Goal("DLT candidates late", max(candidates.delays, default=0), "=", 0, "days"),
        Goal("DLT alerts missed", sum(t.missed for t in alarms), "=", 0),
        Goal("DLT alerts late", max((d for t in alarms for d in t.delays), default=0), "=", 0,
             "days"),
    )  # fmt: skip
    if mode == "none":
        return (
            *found,
            Goal("false DLT candidates", candidates.false, "=", 0),
            Goal("wrong verdicts", parts["verdicts"].total.missed, "=", 0),
        )
    return (
        *found,
        Goal("fault recall", parts["faults"].total.recall, ">=", LEAST_FAULTS, "%"),
        Goal("clean rows accused", _share(parts["clean"]), "<=", MOST_ACCUSED, "%"),
    )


def _dlt(alarms: Part) -> list[Tally]:
    return [t for t in alarms.tallies if t.name == "DLT"]


def _share(clean: Part) -> float | None:
    total = clean.total
    return total.false / total.expected if total.expected else None
