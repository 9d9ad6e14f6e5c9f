"""Faults that show by themselves: a copy that is counted, a new version, a row taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from safety.simulate.score.converted import Readings
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, Span

DUPLICATE, CORRECTED, DELETED = 2, 28, 29


def due(fault: Row) -> str:
    """Return the day from which a fault can be seen: of a correction the day it came, or ""."""
    return str(fault["CORRECTED"] if int(fault["FAULT"]) == CORRECTED else fault["DAY"])


def ends(fault: Row) -> str:
    """Return the day on which a fault can no longer be seen."""
    return ALWAYS if int(fault["FAULT"]) == CORRECTED else fault["CORRECTED"] or ALWAYS


class Effects:
    """What became of the rows and files that such faults are in."""

    def __init__(self, truth: Truth, said: Published) -> None:
        self._said = said
        self._readings = Readings(truth, said)
        self._copies = truth.rows("faults", FAULT=str(DUPLICATE))
        self._came: dict[str, str] = {}
        for row in truth.rows("rows"):
            if row["CAME"] and row["DELETED"] != "Y":
                self._came[row["ROW"]] = min(row["CAME"], self._came.get(row["ROW"], ALWAYS))
        domains = [domain for domain, _ in {(r["DOMAIN"], r["FILE"])
                   for r in truth.rows("deliveries")}]  # fmt: skip
        # a file of changes is named by its day and has what is new; an extract has everything
        self._of_changes = {d for d in domains if domains.count(d) > 1}

    def shows(self, fault: Row) -> bool:
        """Whether a fault can be seen in what was run: not the deletion of what never came."""
        if int(fault["FAULT"]) == DELETED:
            return self._came.get(fault["ROW"], ALWAYS) < fault["DAY"] <= self._said.last
        return "" < due(fault) <= self._said.last

    def days(self, fault: Row, when: Span) -> Iterator[str]:
        """Yield the days on which a fault shows by itself."""
        number = int(fault["FAULT"])
        if number == DUPLICATE and self._counted(fault):
            yield when.first  # an account tells how a file stands in the end, not since when
        elif number == CORRECTED:
            yield from self._corrected(fault, when)
        elif number == DELETED:
            versions = self._said.records.get(fault["ROW"], [])
            last = max((v["SPAN"].last for v in versions), default=ALWAYS)
            if when.holds(last):
                yield last

    def _corrected(self, fault: Row, when: Span) -> Iterator[str]:
        """Yield days of a new version that means what the correction says."""
        versions = self._said.records.get(fault["ROW"], [])
        if any(v["SPAN"].first < when.first for v in versions):  # else nothing was corrected
            for version in versions:
                new = when.holds(version["SPAN"].first)
                if new and self._readings.of(version, fault["VALUE"], when).state == "right":
                    yield version["SPAN"].first

    def _counted(self, fault: Row) -> bool:
        """Whether all copies were counted that were planted in a file with this one."""
        domain = fault["DOMAIN"]
        counted: dict[str, int] = defaultdict(int)
        for file in self._said.files:
            if file["DOMAIN"] == domain:
                counted[file["DAY"]] += int(file["DUPLICATES"] or 0)
        copies = [f for f in self._copies if f["DOMAIN"] == domain]
        return any(
            self._is_in(fault, day) and number >= sum(self._is_in(f, day) for f in copies)
            for day, number in counted.items()
        )

    def _is_in(self, fault: Row, day: str) -> bool:
        """Whether a row with a fault is in the files of its domain of a day."""
        if fault["DOMAIN"] in self._of_changes:
            return bool(fault["DAY"] == day)
        return Span(fault["DAY"], ends(fault)).holds(day)
