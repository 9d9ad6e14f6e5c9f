"""Laboratory results beside those of the same sample and of the same test of the subject."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from safety.ctcae.units import conversion
from safety.intake import texts, white_cells

KIND = ["PARAMCD", "SPEC", "UCUM"]
TEST = ["USUBJID", "PARAMCD", "SPEC"]
CELLS = ("NEUT", "LYM", "EOS", "MONO", "BASO")  # kinds of white blood cells
COUNT = "10*9/L"
# Both counts are rounded: to one decimal, or to the digits an analyser shows.
HALF_DIGIT = 0.05  # 10*9/L
NEARLY = 0.01  # share
EXACT = 1e-9  # what decimals lose as binary fractions
# Kinds of which laboratories report shares; from how much above the white cells it may be one.
SHARED = ("NEUT", "LYM")
FAR_ABOVE = 1.1
LEAST_SHARE = 1.0  # %; and as a count so few cells are grave already, and must stay in the analysis
ROUNDED = 0.05  # share by which limits differ that were rounded in two units
DIGITS = 6


def compared(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with comparisons.

    ABOVEWBC: more cells of a kind than white cells in one sample (else day). PERCENT: so many more
    that the number may be a share of them. RANGEDIFFERS: another range than the subject's other
    results of the test. OTHERUNIT: converted from another unit than most results of the test have.
    """
    return _beside_white_cells(frame).assign(
        RANGEDIFFERS=_other_range(frame), OTHERUNIT=_other_unit(frame)
    )


def numbers_in(frame: pd.DataFrame, unit: str, column: str = "AVAL") -> npt.NDArray[np.float64]:
    """Return a column (n,) told in another UCUM unit; NaN where it cannot be, or is a bound."""
    kinds = frame[["PARAMCD", "UCUM"]].drop_duplicates().dropna()
    steps = {
        (code, ucum): conversion(code, ucum, unit)
        for code, ucum in kinds.itertuples(index=False)
        if ucum
    }
    pairs = list(zip(frame["PARAMCD"], frame["UCUM"], strict=True))
    used = [steps.get(pair) for pair in pairs]
    factor = np.array([np.nan if s is None else s.factor for s in used], np.float64)
    offset = np.array([np.nan if s is None else s.offset for s in used], np.float64)
    exact = frame["COMPARATOR"].eq("").to_numpy()
    values = frame[column].to_numpy(np.float64) * factor + offset
    return np.where(exact, values, np.nan)


def _beside_white_cells(frame: pd.DataFrame) -> pd.DataFrame:
    codes = frame["PARAMCD"]
    blood = frame["SPEC"].eq("BLOOD") & frame["ADTC"].notna() & frame["USUBJID"].notna()
    rows = frame[blood & (codes.isin(CELLS) | codes.eq("WBC"))]
    rows = rows.assign(X=numbers_in(rows, COUNT)).dropna(subset=["X"])
    is_white = rows["PARAMCD"].eq("WBC")
    white = white_cells.beside(rows[~is_white], rows[is_white], "max")
    cells = rows[~is_white].assign(WBC=white).dropna(subset=["WBC"])
    above, share = _above(cells), _may_be_share(cells)
    said = [
        f"{code} {x:g} {COUNT} with white cells of {w:g}"
        for code, x, w in zip(cells["PARAMCD"], cells["X"], cells["WBC"], strict=True)
    ]
    plain = pd.Series(said, index=cells.index, dtype="str")
    return frame.assign(
        ABOVEWBC=plain.where(above & ~share, "").reindex(frame.index),
        PERCENT=(plain + ": may be a percentage").where(share, "").reindex(frame.index),
    )


def _above(cells: pd.DataFrame) -> pd.Series[bool]:
    """Whether there are more cells of a kind than white cells, and not by rounding."""
    slack = (NEARLY * cells["WBC"]).clip(lower=HALF_DIGIT)
    return cells["X"].gt(cells["WBC"] + slack + EXACT)


def _may_be_share(cells: pd.DataFrame) -> pd.Series[bool]:
    """Whether a count is a percentage by its size: one told per microlitre (7000) is none."""
    far = cells["X"].gt(cells["WBC"] * FAR_ABOVE + EXACT) & _above(cells)
    near = cells["AVAL"].le(100) & cells["X"].between(LEAST_SHARE, 100)
    return far & near & cells["PARAMCD"].isin(SHARED)


def _other_range(frame: pd.DataFrame) -> pd.Series[str]:
    """Judge ranges by the most frequent one of the subject and test; per-row ranges still count."""
    low, high = frame["ANRLO"], frame["ANRHI"]
    has = frame["DOMAIN"].eq("LB") & frame["UCUM"].ne("") & (low.notna() | high.notna())
    rows = frame.loc[has & frame["USUBJID"].notna(), [*TEST, "UCUM", "ADTMIN", "ANRLO", "ANRHI"]]
    if rows.empty:  # pandas cannot join columns of text without any row
        return texts.nothing(frame.index)
    usual = _most_frequent(rows, [*TEST, "UCUM", "ANRLO", "ANRHI"]).set_index(TEST)
    beside = rows.join(usual.add_prefix("USUAL"), on=TEST)
    differs = _differs(beside, "ANRLO") | _differs(beside, "ANRHI")
    said = [
        f"{code} {_range(lo, hi)} {unit}; most results of the subject have "
        f"{_range(usual_lo, usual_hi)} {usual_unit}"
        for code, lo, hi, unit, usual_lo, usual_hi, usual_unit in beside.loc[
            differs,
            ["PARAMCD", "ANRLO", "ANRHI", "UCUM", "USUALANRLO", "USUALANRHI", "USUALUCUM"],
        ].itertuples(index=False)
    ]
    judged = pd.Series(frame.index.isin(rows.index), index=frame.index)
    return texts.told(frame, judged, differs.reindex(frame.index, fill_value=False), said)


def _range(low: float, high: float) -> str:
    return f"{low:g} to {high:g}"


def _most_frequent(rows: pd.DataFrame, what: list[str]) -> pd.DataFrame:
    """Return what is most frequent of each subject and test; of two as frequent the earlier."""
    groups = rows.groupby(what, dropna=False, sort=False)
    counts = groups["ADTMIN"].agg(N="size", FIRST="min").reset_index()
    ordered = counts.sort_values(["N", "FIRST"], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates(TEST).drop(columns=["N", "FIRST"])


def _differs(beside: pd.DataFrame, column: str) -> pd.Series[bool]:
    """Whether a limit is another one; limits in two units may differ by how they were rounded."""
    here, usual = beside[column], beside[f"USUAL{column}"]
    same_unit = beside["UCUM"].eq(beside["USUALUCUM"])
    kinds = beside.loc[~same_unit, ["PARAMCD", "USUALUCUM", "UCUM"]].drop_duplicates()
    steps = {tuple(k): conversion(*k) for k in kinds.itertuples(index=False)}
    keys = zip(beside["PARAMCD"], beside["USUALUCUM"], beside["UCUM"], strict=True)
    used = [steps.get(k) for k in keys]
    factor = np.array([1.0 if s is None else s.factor for s in used])
    comparable = same_unit | pd.Series([s is not None for s in used], index=beside.index)
    slack = np.where(same_unit, 10.0**-DIGITS, ROUNDED)
    apart = (here - usual * factor).abs() > slack * here.abs().clip(lower=10.0**-DIGITS)
    one_missing = here.isna() ^ usual.isna()
    return comparable & (apart | (one_missing & same_unit))


def _other_unit(frame: pd.DataFrame) -> pd.Series[str]:
    """Judge units by the most frequent one of the test in the file (faults 18 and 47)."""
    has = frame["AVAL"].notna() & frame["UCUM"].ne("") & frame["PARAMCD"].notna()
    rows = frame.loc[has, KIND]
    if rows.empty:
        return texts.nothing(frame.index)
    kinds = rows.value_counts().rename("N").reset_index()
    kinds = kinds.sort_values(["N", "UCUM"], ascending=[False, True])
    usual = kinds.drop_duplicates(["PARAMCD", "SPEC"]).set_index(["PARAMCD", "SPEC"])["UCUM"]
    beside = rows.join(usual.rename("USUAL"), on=["PARAMCD", "SPEC"])
    odd = beside[beside["UCUM"].ne(beside["USUAL"])]
    said = {
        tuple(k): f"{k[0]} in {k[1]}, converted; most results of the test are in {k[2]}"
        for k in odd[["PARAMCD", "UCUM", "USUAL"]].drop_duplicates().itertuples(index=False)
        if conversion(*k) is not None
    }
    keys = zip(odd["PARAMCD"], odd["UCUM"], odd["USUAL"], strict=True)
    column = texts.nothing(frame.index)
    column[has] = ""
    column[odd.index] = [said.get(k, "") for k in keys]
    return column
