"""Hypothesis strategies: values, dates and rows, valid and broken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from safety.ctcae.criteria import Ladder, ladders
from safety.ctcae.scales import BaselineState
from tests.build import NAN

# (test code, specimen, unit) of every ladder `grade` climbs (no diagnoses, D46; a test of its own),
# with a unit the criteria are stated in where there is one
TESTS = sorted(
    {
        (x.testcd, x.specimen, unit)
        for x in ladders()
        if x.testcd and x.assign != "diagnosis"
        for unit in (x.stated_units() or ["U/L"])
    }
)
values = st.floats(0, 1e6) | st.sampled_from([0.0, 25.0, 75.0, 40.0, 120.0, 1e-9])
limits = st.just(NAN) | st.floats(0.001, 1000) | st.sampled_from([0.0, -1.0, 40.0, 150.0])
signs = st.sampled_from(["", "", "", "<", "<=", ">", ">="])
policies = st.sampled_from(["number_only", "worst_case"])


@st.composite
def lab_rows(draw: Any, sign: Any = signs) -> dict[str, Any]:
    """A row of what `grade` takes; the baseline state agrees with the baseline value."""
    testcd, specimen, unit = draw(st.sampled_from(TESTS))
    base = draw(st.just(NAN) | st.floats(0.001, 1e5))
    missing = math.isnan(base)
    states = (
        [BaselineState.MISSING, BaselineState.HIGH_WITHOUT_VALUE, BaselineState.NOT_APPLICABLE]
        if missing
        else [BaselineState.NORMAL, BaselineState.ABNORMAL, BaselineState.RANGE_MISSING]
    )
    return {
        "PARAMCD": testcd, "SPEC": specimen, "AVAL": draw(values | st.just(NAN)),
        "COMPARATOR": draw(sign), "UCUM": draw(st.sampled_from([unit, unit, unit, "", "kat"])),
        "UNITSTATE": draw(st.sampled_from([0, 0, 0, 1, 2])), "ANRLO": draw(limits),
        "ANRHI": draw(limits), "BASE": base, "BASESTATE": draw(st.sampled_from(states)),
        "AGE": draw(st.sampled_from([50.0, 18.0, 10.0, NAN])), "REASONS": 0,
    }  # fmt: skip


class Target(NamedTuple):
    """A term, direction and test that `grade_table` grades, in a unit its criteria are stated in.

    size: the greatest number the criteria print in the unit, 40 if they print none.
    """

    term: str
    direction: str
    testcd: str
    unit: str
    size: float


def _target(ladder: Ladder, unit: str) -> Target:
    bounds = [b for c in ladder.in_unit(unit) for b in (c.lower, c.upper) if b is not None]
    printed = [abs(b.factor) for b in bounds if b.ref == "ABS"]
    size = max(printed, default=0) or 40.0
    return Target(ladder.term, ladder.direction, ladder.testcd, unit, size)


TARGETS = sorted({_target(x, unit) for x in ladders() for unit in (x.stated_units() or ["U/L"])})


SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 20.0)


def table_row(rng: Random, target: Target) -> dict[str, Any]:
    """A complete row of what `grade_table` takes, with numbers about and at the printed limits."""
    low, high = sorted(rng.choices([0.3, 0.6, 0.9, 1.0, 1.2, 2.0], k=2))
    return {
        "testcd": target.testcd,
        "ctcae_term": target.term,
        "direction": target.direction,
        "value": target.size * rng.choice([*SHARES, rng.uniform(0, 2), rng.uniform(0, 25)]),
        "unit": target.unit,
        "lln": target.size * low,
        "uln": target.size * high,
        "base": target.size * rng.choice(SHARES[1:]),
        "bnrind": rng.choice(["NORMAL", "HIGH", "LOW"]),
        "age": rng.choice([50.0, 50.0, 18.0, 15.0, 10.0, 0.5]),
        "on_anticoagulation": rng.choice(["Y", "N"]),
        "symptomatic": rng.choice(["Y", "N"]),
    }


def without_some(rng: Random, row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The row with some of the named columns missing."""
    return row | dict.fromkeys(rng.sample(names, rng.randint(0, len(names))))


# ISO 8601 dates of which a part is missing, with the text of what is known
years, months, days = st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 28)
texts = st.text(alphabet="0123456789-T:.<>=≤eE+ n", max_size=20)
