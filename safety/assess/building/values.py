"""Measured values of one subject, and its samples."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import inf, isnan, nan
from typing import NamedTuple

from safety.assess.building.rows import source, when
from safety.assess.facts import Sample
from safety.ctcae.criteria import Ladder
from safety.ctcae.units import conversion
from safety.intake.specimens import ladders_of_unknown
from safety.study.model import Study


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
    DTYPE: str
    VALUESTATE: str
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
    def is_unreadable(self) -> bool:
        """Whether the result is a number that cannot be read (`18,5`), not words (`clotted`)."""
        return self.VALUESTATE == "text" and any(c.isdecimal() for c in self.AVALC)

    @property
    def says_something(self) -> bool:
        """Whether something was measured, or should have been and is not told."""
        return self.is_unreadable or self.VALUESTATE not in ("text", "not_done")

    def ladders_of_unknown(self, version: str) -> tuple[Ladder, ...]:
        """Return the criteria it may be graded by, if its specimen does not tell; else none."""
        if self.DTYPE:  # derived here: of a known one
            return ()
        return ladders_of_unknown(self.PARAMCD, self.SPEC, version)

    @property
    def series(self) -> tuple[str, ...]:
        return (self.PARAMCD, self.SPEC, self.POS, self.TPT)


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


def samples(measured: Iterable[Measured], visits: CycleVisits, version: str) -> tuple[Sample, ...]:
    """Return every value that is a number or a bound and has a date, by time.

    One of an unknown specimen is none: nobody knows what was measured.
    """
    rows = [m for m in measured if not m.ladders_of_unknown(version)]
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
