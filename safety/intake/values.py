"""Results as received to numbers, bounds and UCUM units. Nothing is guessed."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd

from safety.ctcae.grading import UNITSTATE_MISSING, UNITSTATE_OK, UNITSTATE_UNKNOWN
from safety.ctcae.units import to_ucum

# Plain decimals only: decimal commas, thousands separators and words are text until a feed
# declares them (fault 25).
_RESULT = re.compile(
    r"(?P<sign><=|>=|<|>|≤|≥)?\s*(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)",
    re.ASCII,
)
_SIGNS = {"≤": "<=", "≥": ">="}


def parse_result(text: str) -> tuple[float, str, str]:
    """Return (number, comparator, state) of a result; state is number, bound or text."""
    match = _RESULT.fullmatch(text)
    if match is None or not math.isfinite(float(match["number"])):
        return float("nan"), "", "text"
    sign = _SIGNS.get(match["sign"], match["sign"] or "")
    return float(match["number"]), sign, "bound" if sign else "number"


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


def number(texts: pd.Series) -> pd.Series:
    """Return plain decimals as float, anything else as NaN."""
    parsed = {t: parse_result(t) for t in texts.dropna().unique()}
    plain = {t: value for t, (value, sign, _) in parsed.items() if not sign}
    return texts.map(plain).astype(np.float64)
