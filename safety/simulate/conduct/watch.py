"""What is measured and when: visits, samples and what of them is known on a day."""

from __future__ import annotations

from dataclasses import dataclass

from safety.simulate.calibration import Calibration
from safety.simulate.model import Day
from safety.simulate.physiology import Body

UNSCHEDULED, SCREENING = "UNSCHEDULED", "SCREENING"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A visit on a day with what was measured. urine: the 24-hour urine ended that day."""

    day: Day
    visit: str
    tests: tuple[str, ...]


class Watch:
    """Logs what is measured; answers with the newest result known."""

    def __init__(self, numbers: Calibration, body: Body) -> None:
        self._numbers, self._body = numbers, body
        self.drawn: list[Drawn] = []
        self._days: dict[str, list[Day]] = {}
        self._wanted: dict[Day, set[str]] = {}

    def tests(self, kind: str) -> tuple[str, ...]:
        """Return the tests of a kind of visit: full, week, count, or a panel's own name."""
        panels = self._numbers.panels
        chosen = {
            "full": ("count", "chemistry", "more", "urine", "vitals"),
            "week": ("count", "chemistry", "urine", "vitals"),
            "count": ("count", "vitals"),
        }.get(kind, (kind,))
        return tuple(test for panel in chosen for test in panels.get(panel, [panel]))

    def measure(self, day: Day, kind: str, visit: str = UNSCHEDULED) -> None:
        """Measure the tests of a kind; what was measured that day already is not again."""
        tests = tuple(t for t in self.tests(kind) if day not in self._days.get(t, []))
        if visit == UNSCHEDULED and not tests:
            return
        self.drawn.append(Drawn(day, visit, tests))
        for test in tests:
            self._days.setdefault(test, []).append(day)

    def want(self, day: Day, kind: str) -> None:
        """Ask for an unscheduled measurement on a later day."""
        self._wanted.setdefault(day, set()).add(kind)

    def wanted(self, day: Day) -> list[str]:
        return sorted(self._wanted.pop(day, set()))

    def last(self, test: str, before: Day) -> Day | None:
        """Return the last day before `before` on which a test was measured."""
        return next((d for d in reversed(self._days.get(test, [])) if d < before), None)

    def result(self, test: str, before: Day, *, since: Day | None = None) -> float | None:
        """Return the newest result of a test from before a day, not older than `since`."""
        day = self.last(test, before)
        if day is None or (since is not None and day < since):
            return None
        return self._body.value(test, day)
