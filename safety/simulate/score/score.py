"""The score of a simulated trial: every comparison, the runs, and the goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safety.simulate.drive import CRASHED, REFUSED, Day, Step, drive, settings_of
from safety.simulate.score import accused, alerts, faults, grades, limiting, rows, triggers
from safety.simulate.score.goals import Goal, goals
from safety.simulate.score.read import Published, Truth, published, truth
from safety.simulate.score.tally import Line, Part, Tally

VERDICTS = "Verdicts at the end"


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
    limits = limiting.parts(known, said)
    by_goal = {
        "candidates": limits[0],
        "verdicts": next(p for p in limits if p.title == VERDICTS),
        "alerts": alerts.part(known, said),
        "faults": faults.part(known, said),
        "clean": accused.part(known, said),
        "account": rows.part(known, said),
    }
    parts = (
        *limits, triggers.part(known, said), by_goal["alerts"], *grades.parts(known, said),
        by_goal["faults"], by_goal["clean"], by_goal["account"], _runs(days),
    )  # fmt: skip
    return Score(known.trial, parts, tuple(days), goals(known.trial["faults"], by_goal, days))


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
