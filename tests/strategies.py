"""Hypothesis strategies: values, dates and rows, valid and broken."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from safety.ctcae.clauses import BaselineState
from safety.ctcae.criteria import ladders
from tests.build import NAN

# (test code, specimen, unit) of every ladder, with a unit CTCAE prints for it where it prints one
TESTS = sorted(
    {(x.testcd, x.specimen, u) for x in ladders() for u in (x.printed_units() or ["U/L"])}
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


# ISO 8601 dates of which a part is missing, with the text of what is known
years, months, days = st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 28)
texts = st.text(alphabet="0123456789-T:.<>=≤eE+ n", max_size=20)
