"""Results as received to numbers, bounds and UCUM units. Nothing is guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.ctcae.grading import UNITSTATE_MISSING, UNITSTATE_OK, UNITSTATE_UNKNOWN
from safety.ctcae.results import DIPSTICK_TESTS, PLUS, parse_dipstick, parse_result
from safety.ctcae.units import to_ucum


def add_values(frame: pd.DataFrame) -> None:
    """Add AVAL, COMPARATOR and VALUESTATE (number, bound, text, missing, not_done) from AVALC."""
    parsed = {t: parse_result(t) for t in frame["AVALC"].dropna().unique()}
    frame["AVAL"] = frame["AVALC"].map({t: p[0] for t, p in parsed.items()}).astype(np.float64)
    frame["COMPARATOR"] = (
        frame["AVALC"].map({t: p[1] for t, p in parsed.items()}).astype("str").fillna("")
    )
    state = frame["AVALC"].map({t: p[2] for t, p in parsed.items()}).astype("str")
    absent = np.where(frame["STAT"].eq("NOT DONE"), "not_done", "missing")
    frame["VALUESTATE"] = state.where(state.notna(), absent)


def add_units(frame: pd.DataFrame) -> None:
    """Add UCUM (or "") and UNITSTATE from AVALU."""
    known = {u: to_ucum(u) for u in frame["AVALU"].dropna().unique()}
    frame["UCUM"] = frame["AVALU"].map({u: c for u, c in known.items() if c}).astype("str")
    frame["UCUM"] = frame["UCUM"].fillna("")
    unknown = frame["AVALU"].isin([u for u, c in known.items() if c is None])
    frame["UNITSTATE"] = np.select(
        [frame["AVALU"].isna(), unknown], [UNITSTATE_MISSING, UNITSTATE_UNKNOWN], UNITSTATE_OK
    ).astype(np.int8)


def add_dipsticks(frame: pd.DataFrame) -> None:
    """Read urine results told in plusses (`2+`, `NEGATIVE`) as numbers of the unit {plus}.

    The frame carries PARAMCD, SPEC and what `add_values` and `add_units` add. A plain number keeps
    its unit; `+2` without one is two plusses.
    """
    urine = frame["PARAMCD"].isin(DIPSTICK_TESTS) & frame["SPEC"].eq("URINE")
    open_ = frame["VALUESTATE"].eq("text") | frame["UNITSTATE"].eq(UNITSTATE_MISSING)
    texts = frame.loc[urine & open_, "AVALC"].dropna()
    found = {t: r for t in texts.unique() if (r := parse_dipstick(t)) is not None}
    texts = texts[texts.isin(list(found))]
    if texts.empty:
        return
    rows = texts.index
    frame.loc[rows, "AVAL"] = [found[t].number for t in texts]
    frame.loc[rows, "COMPARATOR"] = [found[t].comparator for t in texts]
    frame.loc[rows, "VALUESTATE"] = [found[t].state for t in texts]
    frame.loc[rows, "UCUM"] = PLUS
    frame.loc[rows, "UNITSTATE"] = UNITSTATE_OK


def number(texts: pd.Series) -> pd.Series:
    """Return plain decimals as float, anything else as NaN."""
    parsed = {t: parse_result(t) for t in texts.dropna().unique()}
    plain = {t: value for t, (value, sign, _) in parsed.items() if not sign}
    return texts.map(plain).astype(np.float64)
