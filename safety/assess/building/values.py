"""Graded values and samples of one subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from math import inf, isnan, nan
from typing import NamedTuple

from safety.assess.building.rows import Notes, source, when
from safety.assess.facts import Observation, Sample
from safety.ctcae.units import conversion
from safety.study.model import Study

ANY_GRADE = (0, 4)  # of a value: no number is grade 5


class Measured(NamedTuple):
    """A row of `analysis_measurements`."""

    USUBJID: str
    KEY: str
    PARAMCD: str
    SPEC: str
    POS: str
    TPT: str
    AVALC: str
    AVALU: str
    AVAL: float
    COMPARATOR: str
    UCUM: str
    ANRLO: float
    ANRHI: float
    BASE: float
    PREDOSE: bool
    ABLFL: str
    CLSIG: str
    ADTC: str
    VISIT: str
    SRCFILE: str
    SRCROW: int

    @property
    def test(self) -> str:
        return f"{self.PARAMCD}/URINE" if self.SPEC == "URINE" else self.PARAMCD

    @property
    def text(self) -> str:
        said = f"{self.AVALC} {self.AVALU}" if self.AVALC and self.AVALU else self.AVALC
        return f"{self.test} {said or 'without a result'}"

    @property
    def series(self) -> tuple[str, ...]:
        return (self.PARAMCD, self.SPEC, self.POS, self.TPT)


class Graded(NamedTuple):
    """A row of `grade_measurements`."""

    USUBJID: str
    MKEY: str
    TERM: str
    SOC: str
    ATOXGR: float
    POSSIBLE: str
    NUMPOSS: str
    REASONS: str
    ABLFL: str
    POSTFL: str


class CycleVisits:
    """Which visits are day 1 of a cycle: their samples are taken before that day's dose."""

    def __init__(self, study: Study) -> None:
        visit = study.treatment.cycle_start_visit.upper() if study.treatment else ""
        self._before, _, self._after = visit.partition("{CYCLE}")
        self._is_used = bool(visit)
        self._known: dict[str, int | None] = {}

    def cycle(self, visit: str) -> int | None:
        """Return the cycle that a visit is day 1 of."""
        if visit not in self._known:
            self._known[visit] = self._read(visit.upper())
        return self._known[visit]

    def _read(self, visit: str) -> int | None:
        number = visit.removeprefix(self._before).removesuffix(self._after)
        is_one = visit == f"{self._before}{number}{self._after}"
        return int(number) if self._is_used and is_one and number.isdecimal() else None


def observations(
    graded: Iterable[Graded], measured: Mapping[str, Measured], visits: CycleVisits, notes: Notes
) -> tuple[Observation, ...]:
    """Return every graded value after the first dose that counts, by time.

    measured: by KEY. What another record of the day supersedes and what was taken before the
    first dose is left out. A value that cannot be graded may have any grade.
    """
    found = []
    for row in graded:
        if row.POSTFL != "Y":
            continue
        value = measured[row.MKEY]
        at = when(value.ADTC)
        if at is None:
            notes.add(value.KEY, f"{value.text} has no date that can be read; it is not used")
            continue
        lowest, highest = _grades(row.NUMPOSS or row.POSSIBLE)
        text = f"{value.text} ({_in_words(lowest, highest)})"
        found.append(
            Observation(
                row.TERM, row.SOC, at, lowest, highest, value.UCUM,
                False if value.CLSIG == "N" else None, visits.cycle(value.VISIT), row.REASONS,
                source(text, value.ADTC, value.KEY, value.SRCFILE, value.SRCROW),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda o: (o.when, o.term, o.source)))


@cache
def _grades(possible: str) -> tuple[int, int]:
    if not possible:
        return ANY_GRADE
    grades = possible.split("|")
    return int(grades[0]), int(grades[-1])


def _in_words(lowest: int, highest: int) -> str:
    if lowest == highest:
        return f"grade {lowest}"
    return "cannot be graded" if (lowest, highest) == ANY_GRADE else f"grade {lowest}-{highest}"


def baseline_grades(graded: Iterable[Graded]) -> dict[str, int]:
    """Return the worst grade of the baseline records by term; one that is not known counts as 0."""
    worst: dict[str, int] = {}
    for row in graded:
        if row.ABLFL == "Y":
            grade = 0 if isnan(row.ATOXGR) else int(row.ATOXGR)
            worst[row.TERM] = max(grade, worst.get(row.TERM, 0))
    return worst


def samples(measured: Iterable[Measured], visits: CycleVisits) -> tuple[Sample, ...]:
    """Return every value that is a number or a bound and has a date, by time."""
    rows = list(measured)
    baselines = {r.series: r for r in rows if r.ABLFL == "Y"}
    found = []
    for row in rows:
        at = None if isnan(row.AVAL) else when(row.ADTC)
        if at is None:
            continue
        low, high = _interval(row)
        lln, uln = _range(row)
        found.append(
            Sample(
                row.test, at, low, high, row.COMPARATOR == ">", row.COMPARATOR == "<", row.UCUM,
                lln, uln, row.BASE, _base_uln(row, baselines.get(row.series)),
                row.ABLFL == "Y", bool(row.PREDOSE), visits.cycle(row.VISIT),
                source(row.text, row.ADTC, row.KEY, row.SRCFILE, row.SRCROW),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda s: (s.when, s.test, s.source)))


def _interval(row: Measured) -> tuple[float, float]:
    return (
        -inf if row.COMPARATOR.startswith("<") else row.AVAL,
        inf if row.COMPARATOR.startswith(">") else row.AVAL,
    )


def _range(row: Measured) -> tuple[float, float]:
    """Return LLN and ULN; a range that is swapped or has no upper end above 0 is none (D38)."""
    if row.ANRLO > row.ANRHI:
        return nan, nan
    return row.ANRLO, row.ANRHI if row.ANRHI > 0 else nan


def _base_uln(row: Measured, base: Measured | None) -> float:
    """Return the ULN of the baseline record in the unit of the row."""
    if base is None:
        return nan
    uln = _range(base)[1]
    if base.AVALU == row.AVALU or base.UCUM == row.UCUM:
        return uln
    return uln * _factor(row.PARAMCD, base.UCUM, row.UCUM)


@cache
def _factor(test: str, there: str, here: str) -> float:
    found = conversion(test, there, here) if there and here else None
    return found.factor if found is not None and found.offset == 0 else nan
