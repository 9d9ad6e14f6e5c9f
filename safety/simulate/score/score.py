"""The score of a simulated trial: every comparison, the runs, and the goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from safety.simulate.drive import CRASHED, REFUSED, Day, Step, drive, settings_of
from safety.simulate.score import accused, alerts, faults, grades, limiting, rows, triggers
from safety.simulate.score.read import Published, Truth, published, truth
from safety.simulate.score.tally import Line, Part, Tally

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


@dataclass(frozen=True, slots=True)
class Score:
    """What came out. trial: studyid, seed, scenario, faults, ... as truth/trial.json has it."""

    trial: dict[str, Any]
    parts: tuple[Part, ...]
    days: tuple[Day, ...]
    goals: tuple[Goal, ...]

    @property
    def is_met(self) -> bool:
        return all(g.met is not False for g in self.goals)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return {
            "trial": self.trial,
            "goals_met": self.is_met,
            "goals": [asdict(g) | {"met": g.met} for g in self.goals],
            "parts": [asdict(p) for p in self.parts],
            "days": [asdict(d) for d in self.days],
        }


def score(folder: Path, home: Path, step: Step = lambda *_: None) -> Score:
    """Run a simulated trial in `home` and compare what was published with its truth.

    Raises WrongUseError for a folder that is no simulated trial.
    """
    known = truth(folder)
    settings = settings_of(home)
    days = drive(folder, settings, step)
    driven = tuple(d.day for d in days)
    return compare(known, published(settings.db_url, known.trial["studyid"], driven), days)


def compare(known: Truth, said: Published, days: Sequence[Day]) -> Score:
    """Compare what was published with the truth."""
    limits, alarms = limiting.parts(known, said), alerts.part(known, said)
    by_fault, clean, account = (
        faults.part(known, said), accused.part(known, said), rows.part(known, said)
    )  # fmt: skip
    parts = (
        *limits, triggers.part(known, said), alarms, *grades.parts(known, said), by_fault, clean,
        account, _runs(days),
    )  # fmt: skip
    goals = _goals(known.trial["faults"], limits[0], alarms, by_fault, clean, account, days)
    return Score(known.trial, parts, tuple(days), tuple(goals))


def _runs(days: Sequence[Day]) -> Part:
    bad = [d for d in days if d.state in {CRASHED, REFUSED}]
    lines = tuple(
        Line("crash" if d.state == CRASHED else "miss", d.state, "", "run", d.day, d.reason)
        for d in bad
    )
    crashed = sum(d.state == CRASHED for d in bad)
    seconds = sum(d.seconds for d in days) / len(days) if days else 0.0
    note = f"{seconds:.1f} seconds a day. Wrong: crashed; missed: refused by toxwatch itself."
    done = len(days) - len(bad)
    tally = Tally("days", len(days), done, len(bad) - crashed, wrong=crashed)
    return Part("Runs", (tally,), lines, note)


def _goals(
    mode: str, met: Part, alarms: Part, by_fault: Part, clean: Part, account: Part,
    days: Sequence[Day],
) -> list[Goal]:  # fmt: skip
    """Return the goals that hold for a trial with such faults: none, realistic or hostile."""
    crashed = sum(d.state == CRASHED for d in days)
    found = [
        Goal("crashes", crashed, "=", 0),
        Goal("lost rows", account.total.missed, "=", 0),
    ]
    if mode == "hostile":
        return found
    found += [
        Goal("DLT recall", met.total.recall, ">=", 1, "%"),
        Goal("DLT candidates late", max(met.total.delays, default=0), "=", 0, "days"),
        Goal("DLT alerts late", _late(alarms), "=", 0, "days"),
    ]
    if mode == "none":
        return [*found, Goal("false DLT candidates", met.total.false, "=", 0)]
    return [
        *found,
        Goal("fault recall", by_fault.total.recall, ">=", LEAST_FAULTS, "%"),
        Goal("clean rows accused", _share(clean), "<=", MOST_ACCUSED, "%"),
    ]


def _late(alarms: Part) -> int:
    return max((d for t in alarms.tallies if t.name == "DLT" for d in t.delays), default=0)


def _share(clean: Part) -> float | None:
    total = clean.total
    return total.false / total.expected if total.expected else None
