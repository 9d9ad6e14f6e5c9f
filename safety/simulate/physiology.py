"""The body of one subject: the value of every test on every day, with excursions by toxicities.

A value is what a sample of that day shows. Noise of every day is drawn before the first, so that
what a toxicity adds later changes no earlier day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from safety.simulate.calibration import Calibration, Limit
from safety.simulate.chance import Chance, autocorrelated, sigma_of
from safety.simulate.marrow import Line
from safety.simulate.model import Curve, Day

LINES = ("NEUT", "PLAT")
DERIVED = ("WBC", "PROTDIP")
QUIET = 2.3  # standard deviations of a healthy test from the ends of its range
OTHER_CELLS = 0.2  # 10^9/L: white cells that are neither neutrophils nor lymphocytes, at least


@dataclass(frozen=True, slots=True)
class Person:
    """Who a subject is. weight in kg, height in cm, as measured at screening."""

    sex: Literal["F", "M"]
    age: int
    weight: float
    height: float


@dataclass(frozen=True, slots=True)
class Excursion:
    """A test is drawn to `peak`: it gets there in `rise` days, stays, and goes back in `fall`.

    start: the last day before it. With rise 2 and stay 3 the peak is on days start+2 to start+4.
    """

    test: str
    start: Day
    rise: int
    stay: int
    fall: int
    peak: float

    @property
    def end(self) -> Day:
        """The last day on which the value is drawn away."""
        return self.start + self.rise + self.stay + self.fall - 2

    def weight(self, day: Day) -> float:
        """Return how far the value is drawn to the peak, 0 to 1."""
        since = day - self.start
        if since <= 0:
            return 0.0
        if since < self.rise:
            return since / self.rise
        if since < self.rise + self.stay:
            return 1.0
        return max(0.0, 1.0 - (since - self.rise - self.stay + 1) / self.fall)


class Body:
    """The tests of one subject from `first` to `last`, both included."""

    def __init__(
        self, chance: Chance, person: Person, numbers: Calibration, first: Day, last: Day
    ) -> None:
        """A longer life of the same stream begins with the same days."""
        self._numbers, self.person, self.first, self.last = numbers, person, first, last
        self.excursions: dict[str, list[Excursion]] = {}
        days = last - first + 1
        self._limits: dict[tuple[str, Limit], float] = {}
        self._usual: dict[str, float] = {}
        self._noise: dict[str, list[float]] = {}
        for test, measure in numbers.tests.items():
            if test in LINES:
                daily, spread = numbers.marrow.residual_daily, sigma_of(numbers.marrow.residual)
                self._usual[test] = 1.0
            else:
                daily, spread = numbers.within_daily, measure.within
                self._usual[test] = self._baseline(chance, test)
            own = Chance(chance.whole(0, 2**40), test)
            self._noise[test] = [spread * z for z in autocorrelated(own, days, daily)]
        self.lines = {test: self._line(chance, test) for test in LINES}
        self._slopes = {test: self._slope(chance) for test in (*LINES, "LYM")}
        self._cells: dict[str, list[float]] = {test: [] for test in LINES}
        self._lymphocytes: list[float] = []
        self._lost = 0.0  # of the logarithm of lymphocytes

    def clearance(self, creatinine: float) -> float:
        """Return creatinine clearance in mL/min (Cockcroft and Gault 1976) from umol/L."""
        return cockcroft_gault(self.person, creatinine)

    def range_of(self, test: str) -> tuple[float | None, float | None]:
        """Return lower and upper limit of the reference range."""
        return self._numbers.tests[test].range_of(self.person.sex)

    def limit(self, test: str, limit: Limit) -> float:
        """Return a limit of the calibration as a number: `LLN` and `3x` are of this subject."""
        if (test, limit) not in self._limits:
            self._limits[test, limit] = self._limit(test, limit)
        return self._limits[test, limit]

    def _limit(self, test: str, limit: Limit) -> float:
        if isinstance(limit, str):
            low, high = self.range_of(test)
            return (low or 0.0) if limit == "LLN" else float(limit.removesuffix("x")) * (high or 0)
        return limit

    def begin_at(self, test: str, usual: float) -> None:
        """Give the subject an unusual value from the start."""
        self._usual[test] = usual

    def add(self, excursion: Excursion) -> None:
        self.excursions.setdefault(excursion.test, []).append(excursion)

    def live(self, effects: dict[str, list[float]], lymphocytes: float) -> None:
        """Go on by a day. effects: by cell line, what each drug takes off growth that day."""
        for test, line in self.lines.items():
            self._cells[test].append(line.circulating)
            slopes = self._slopes[test]
            line.day(sum(e * slopes[i % len(slopes)] for i, e in enumerate(effects[test])))
        self._lymphocytes.append(math.exp(-self._lost))
        recovery = self._numbers.marrow.lymphocytes.recovery
        self._lost = self._lost * (1 - recovery) + lymphocytes * self._slopes["LYM"][0]

    def value(self, test: str, day: Day) -> float:
        """Return the value a sample of a day would show, rounded as reported."""
        if test == "WBC":
            parts = self.value("NEUT", day) + self.value("LYM", day)
            return rounded(parts + max(OTHER_CELLS, self._raw("WBC", day)), 1)
        if test == "PROTDIP":
            amount = self.value("PROT24", day)
            return float(sum(amount >= limit for limit in self._numbers.dipstick))
        if test == "HEIGHT":
            return self.person.height
        value = self._raw(test, day)
        if test == "NEUT" and value < 1:
            return rounded(value, 2)
        return rounded(value, self._numbers.tests[test].digits)

    def curves(self, last: Day) -> dict[str, Curve]:
        """Return the curve of every test up to a day."""
        tests = [*self._numbers.tests, "PROTDIP", "HEIGHT"]
        days = range(self.first, last + 1)
        found = {}
        for test in tests:
            measure = self._numbers.tests.get(test)
            low, high = measure.range_of(self.person.sex) if measure else (None, None)
            unit = measure.unit if measure else ("cm" if test == "HEIGHT" else "")
            values = tuple(self.value(test, day) for day in days)
            found[test] = Curve(test, unit, low, high, self.first, values)
        return found

    def _raw(self, test: str, day: Day) -> float:
        at = day - self.first
        usual = self._usual[test]
        if test in LINES:
            usual = self._cells[test][at] if at < len(self._cells[test]) else self._now(test)
        elif test == "LYM":
            known = self._lymphocytes
            usual *= known[at] if at < len(known) else math.exp(-self._lost)
        drawn = self.excursions.get(test)
        if not drawn:
            return usual * math.exp(self._noise[test][at])
        weight, peak = max((e.weight(day), e.peak) for e in drawn)
        own = math.log(usual) + self._noise[test][at]
        return math.exp((1 - weight) * own + weight * math.log(peak))

    def _now(self, test: str) -> float:
        return self.lines[test].circulating

    def _baseline(self, chance: Chance, test: str) -> float:
        """Return the usual value of this subject, inside the range and away from its ends."""
        measure = self._numbers.tests[test]
        value = chance.lognormal(measure.usual_of(self.person.sex), measure.between)
        if test == "WEIGHT":
            return self.person.weight
        low, high = measure.range_of(self.person.sex)
        if test == "CREAT":
            enough = self._numbers.subjects.clearance
            most = cockcroft_gault(self.person, 1.0) / enough
            high = min(high or most, most)
        if test == "WBC" or low is None or high is None:
            return value
        margin = math.exp(QUIET * measure.within)
        return min(max(value, low * margin), high / margin)

    def _line(self, chance: Chance, test: str) -> Line:
        marrow = self._numbers.marrow
        numbers = marrow.NEUT if test == "NEUT" else marrow.PLAT
        start = chance.lognormal(numbers.start, sigma_of(numbers.cv))
        transit = chance.lognormal(numbers.transit, sigma_of(numbers.transit_cv))
        return Line(min(max(start, numbers.low), numbers.high), transit, numbers.feedback)

    def _slope(self, chance: Chance) -> list[float]:
        """Return the sensitivity to each drug, in the order of the regimen (it repeats after 8)."""
        marrow = self._numbers.marrow
        women = marrow.women if self.person.sex == "F" else 1.0
        return [chance.lognormal(women, sigma_of(marrow.slope_cv)) for _ in range(8)]


def rounded(value: float, digits: int) -> float:
    """Round half up, as analysers do; floats that print as written."""
    scale = 10**digits
    return math.floor(value * scale + 0.5 + 1e-9) / scale


def cockcroft_gault(person: Person, creatinine: float) -> float:
    """Return creatinine clearance in mL/min (Cockcroft and Gault 1976) from umol/L."""
    sex = 0.85 if person.sex == "F" else 1.0
    return (140 - person.age) * person.weight * sex / (72 * creatinine / 88.42)
