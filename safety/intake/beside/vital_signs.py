"""Vital signs beside the other readings of the subject (faults 46 and 48)."""

from __future__ import annotations

import pandas as pd

from safety.intake import texts
from safety.intake.beside.samples import numbers_in
from safety.study.checks import CheckParameters

OCCASION = ["USUBJID", "DOMAIN", "PARAMCD", "VISITNUM", "VISIT", "TPT", "POS", "ADTMIN"]
PLACE = ["USUBJID", "DOMAIN", "VISITNUM", "VISIT", "TPT", "POS", "ADTC"]
PRESSURES = ("SYSBP", "DIABP")
WITHIN_SECONDS = 30 * 60  # readings of one occasion, as of one replicate set
POUND = 2.20462  # of a kilogram
NEAR_POUND = 0.08  # share: the weight itself may have changed
BODY = {"WEIGHT": "kg", "HEIGHT": "cm"}
HEIGHT_SHARE = 0.05  # by which a height may differ from the one before: how it was measured


def compared(frame: pd.DataFrame, limits: CheckParameters) -> pd.DataFrame:
    """Return the frame with comparisons.

    READAGAIN: a blood pressure that follows another of the same occasion. PRESSURE: systolic not
    above diastolic, said of both. BODYCHANGE: weight or height far from the reading before, or a
    height far from the first. POUNDS: a weight as far from those before as pounds from kilograms.
    """
    return frame.assign(
        READAGAIN=_read_again(frame),
        PRESSURE=_pressure(frame),
        BODYCHANGE=_body_change(frame, limits),
        POUNDS=_pounds(frame),
    )


def _read_again(frame: pd.DataFrame) -> pd.Series[str]:
    """Readings that say which of a set they are (REPNUM) are repeated on purpose."""
    judged = frame["PARAMCD"].isin(PRESSURES) & frame["AVAL"].notna() & frame["ADTMIN"].notna()
    if "REPNUM" in frame:
        judged &= frame["REPNUM"].isna()
    rows = frame[judged].sort_values("ATM", kind="stable", na_position="last")
    occasion = rows.groupby(OCCASION, dropna=False, sort=False).ngroup()
    seconds = pd.to_timedelta(rows["ATM"]).dt.total_seconds()
    apart = seconds - seconds.groupby(occasion).shift()
    later = rows.groupby(occasion).cumcount().gt(0) & ~apart.gt(WITHIN_SECONDS)
    wrong = later.reindex(frame.index, fill_value=False)
    said = [f"{code}: another reading of the occasion" for code in frame.loc[wrong, "PARAMCD"]]
    return texts.told(frame, judged, wrong, said)


def _pressure(frame: pd.DataFrame) -> pd.Series[str]:
    """Compare the systolic and diastolic pressure of one place and moment, in order."""
    rows = frame[frame["PARAMCD"].isin(PRESSURES) & frame["USUBJID"].notna()]
    rows = rows.assign(X=numbers_in(rows, "mm[Hg]")).dropna(subset=["X"])
    place = [*PLACE, "REPNUM"] if "REPNUM" in rows else PLACE
    rows["PLACE"] = rows.groupby(place, dropna=False, sort=False).ngroup()
    rows["NTH"] = rows.groupby(["PLACE", "PARAMCD"]).cumcount()
    high, low = (
        rows.loc[rows["PARAMCD"].eq(code), ["PLACE", "NTH", "X"]].reset_index(names="ROW")
        for code in PRESSURES
    )
    both = high.merge(low, on=["PLACE", "NTH"], suffixes=("HIGH", "LOW"), validate="one_to_one")
    said = pd.Series(
        [
            f"systolic {s:g} mm[Hg] is not above diastolic {d:g}" if s <= d else ""
            for s, d in zip(both["XHIGH"].round(1), both["XLOW"].round(1), strict=True)
        ],
        dtype="str",
    )
    column = texts.nothing(frame.index)
    for rows_ in (both["ROWHIGH"], both["ROWLOW"]):
        column[rows_] = said.to_numpy()
    return column


def _body_change(frame: pd.DataFrame, limits: CheckParameters) -> pd.Series[str]:
    """Compare each weight and height with the one before; body surface follows from both.

    A reading that goes back to what it was before a change is not a change.
    """
    column = texts.nothing(frame.index)
    shares = {"WEIGHT": limits.body_change_share, "HEIGHT": HEIGHT_SHARE}
    for code, unit in BODY.items():
        rows, share = _numbers(frame, code, unit), shares[code]
        by_subject = rows.groupby("USUBJID")["X"]
        value, before, earlier = rows["X"], by_subject.shift(1), by_subject.shift(2)
        changed = _apart(value, before, share)
        if code == "HEIGHT":  # small steps add up
            far = (value - by_subject.transform("first")).abs().gt(limits.height_change)
            changed |= far & ~far.groupby(rows["USUBJID"]).shift(fill_value=False)
        back = _apart(before, earlier, share) & ~_apart(value, earlier, share)
        column[rows.index[before.notna()]] = ""
        column[rows.index[changed & ~back]] = [
            f"{code} {x:g} {unit}, {b:g} {unit} before: check the unit, and doses by body surface"
            for x, b in zip(value[changed & ~back], before[changed & ~back], strict=True)
        ]
    return column


def _pounds(frame: pd.DataFrame) -> pd.Series[str]:
    """Compare each weight with the median of those before: it would be a toxicity of grade 3."""
    rows = _numbers(frame, "WEIGHT", "kg")
    usual = rows.groupby("USUBJID")["X"].transform(lambda x: x.expanding().median().shift())
    ratio = rows["X"] / usual
    wrong = (ratio / POUND - 1).abs().le(NEAR_POUND) | (ratio * POUND - 1).abs().le(NEAR_POUND)
    column = texts.nothing(frame.index)
    column[rows.index[usual.notna()]] = ""
    column[rows.index[wrong]] = [
        f"WEIGHT {x:g} kg, {u:g} kg before: kilograms and pounds seem mixed"
        for x, u in zip(rows["X"][wrong], usual[wrong], strict=True)
    ]
    return column


def _numbers(frame: pd.DataFrame, code: str, unit: str) -> pd.DataFrame:
    """Return the readings of a test with X, the value in a unit, by subject in order of time."""
    rows = frame[frame["PARAMCD"].eq(code) & frame["ADTSTATE"].eq("complete")]
    rows = rows.assign(X=numbers_in(rows, unit)).dropna(subset=["X", "USUBJID"])
    return rows[rows["X"].gt(0)].sort_values(["USUBJID", "ADTMIN", "ATM"], kind="stable")


def _apart(value: pd.Series[float], other: pd.Series[float], share: float) -> pd.Series[bool]:
    return (value / other - 1).abs().gt(share) & other.notna()
