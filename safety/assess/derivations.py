"""Derived analysis records (ADaM: rows with DTYPE), appended so that all else takes them alike.

A study names the derivations it wants. A record is derived only from exact numbers in known units
of one sample, and only where the sample has no such result of its own. It keeps the source's
subject, time and place in the file; its KEY is the source's with `~` and the name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from safety.ctcae import derive
from safety.ctcae.grading import UNITSTATE_OK
from safety.ctcae.reasons import Reason
from safety.ctcae.units import conversion
from safety.intake import dates
from safety.study.model import Study

Numbers = npt.NDArray[np.float64]

SAMPLE = ["USUBJID", "DOMAIN", "SPEC", "POS", "TPT", "VISITNUM", "VISIT", "ADTC", "REPNUM"]
# One's own result may stand under another specimen: what is calculated often has none.
OWN_RESULT = ["USUBJID", "TPT", "VISITNUM", "ADTC", "REPNUM"]
# CDISC codes of means over beats and of single beats, and the codes of older data.
QT, RR, RATE = ("QTAG", "QTSB", "QT"), ("RRAG", "RRSB", "RR"), ("EGHRMN", "EGHRSB", "HR")
QTCF = ("QTCFAG", "QTCFSB")
BEATS = ("{beats}/min", "/min")
RR_AGREES_WITHIN = 0.1  # of RR by the heart rate: else one is wrong, and QTcF with it
NAMES = {
    "QTCFAG": "QTcF Interval, Aggregate",
    "NEUT": "Neutrophils",
    "CRTCLRE": "Creatinine Clearance, Estimated",
    "GFRBSCRT": "GFR from Creatinine Adjusted for BSA",
}
NO_TEXT = ("ANRLOC", "ANRHIC", "NRIND", "STAT")  # a derived value has no range of its own


class Calculated(NamedTuple):
    """Source rows, a value each (NaN: none) and the tests that make a derivation needless."""

    source: pd.DataFrame
    value: Numbers
    own: tuple[str, ...]


def add_derived(frame: pd.DataFrame, subjects: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the records followed by those the study derives from them; AVERAGE is `replicates`.

    frame: measurements with AGE, REASONS and REPNUM; subjects: USUBJID and SEX.
    """
    parts = [
        _new_records(frame, name, calculate(frame, subjects))
        for name, calculate in _CALCULATIONS.items()
        if name in study.derivations
    ]
    return append(frame, parts)


def append(frame: pd.DataFrame, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of a frame followed by others, numbered anew."""
    return pd.concat([frame, *(p for p in parts if len(p))], ignore_index=True)


def records(source: pd.DataFrame, name: str, value: Numbers) -> pd.DataFrame:
    """Return derived records of source rows (one value each), where there is a value."""
    known = ~np.isnan(value)
    rows, number = source[known], value[known]
    return rows.assign(
        KEY=rows["KEY"] + "~" + name,
        AVAL=number,
        AVALC=pd.array([f"{x:.6g}" for x in number], dtype="str"),
        COMPARATOR="",
        VALUESTATE="number",
        DTYPE=name,
        REASONS=rows["REASONS"] | np.uint64(Reason.DERIVED),
    )


def exact(frame: pd.DataFrame, tests: tuple[str, ...], unit: str = "") -> pd.DataFrame:
    """Return the rows of some tests with an exact number of a complete date; X is it in `unit`.

    Rows whose unit is unknown or does not convert are left out. Without `unit` X is AVAL.
    """
    rows = frame[frame["PARAMCD"].isin(tests)]
    rows = rows[
        rows["AVAL"].notna()
        & rows["COMPARATOR"].eq("")
        & rows["UCUM"].ne("")
        & rows["ADTSTATE"].eq("complete")
    ]
    if not unit:
        return rows.assign(X=rows["AVAL"])
    return rows.assign(X=in_unit(rows, unit)).dropna(subset=["X"])


def in_unit(rows: pd.DataFrame, unit: str) -> pd.Series:
    """Return AVAL in a UCUM unit, NaN where no factor leads there."""
    factor = pd.Series(np.nan, index=rows.index)
    for (test, ucum), same in rows[rows["UCUM"].ne("")].groupby(["PARAMCD", "UCUM"]):
        step = conversion(test, ucum, unit)
        if step is not None and step.offset == 0:
            factor[same.index] = step.factor
    return rows["AVAL"] * factor


def _only(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that are the only one of their sample: which of two belongs to it is not guessed."""
    return rows.drop_duplicates(SAMPLE, keep=False)


def _of_sample(rows: pd.DataFrame, others: pd.DataFrame) -> Numbers:
    """X of the one record among `others` that is of the same sample as each row, else NaN."""
    found = rows[SAMPLE].merge(
        _only(others)[[*SAMPLE, "X"]], on=SAMPLE, how="left", validate="many_to_one"
    )
    return found["X"].to_numpy(np.float64)


def _among(rows: pd.DataFrame, others: pd.DataFrame, keys: list[str]) -> npt.NDArray[np.bool_]:
    """Whether each row agrees with any of `others` in the keys."""
    mark = others[keys].drop_duplicates().assign(FOUND=True)
    found = rows[keys].merge(mark, on=keys, how="left", validate="many_to_one")
    return found["FOUND"].notna().to_numpy()


def _new_records(frame: pd.DataFrame, name: str, found: Calculated) -> pd.DataFrame:
    given = frame["PARAMCD"].isin(found.own) & ~frame["VALUESTATE"].isin(["missing", "not_done"])
    has_own = _among(found.source, frame[given], OWN_RESULT)
    what = derive.DERIVATIONS[name]
    rows = records(found.source, name, np.where(has_own, np.nan, found.value))
    nothing = {c: pd.array([None] * len(rows), dtype="str") for c in NO_TEXT}
    rows = rows.assign(
        PARAMCD=what.paramcd, PARAM=NAMES[what.paramcd], ANRLO=np.nan, ANRHI=np.nan, **nothing
    )
    if what.unit:
        rows = rows.assign(AVALU=what.unit, UCUM=what.unit, UNITSTATE=np.int8(UNITSTATE_OK))
    return rows.drop(columns="X")


def _qtcf(frame: pd.DataFrame, _: pd.DataFrame) -> Calculated:
    qt = _only(exact(frame, QT, "ms"))
    rate = exact(frame, RATE)
    beats = _of_sample(qt, rate[rate["UCUM"].isin(BEATS)])
    by_rate, interval = derive.rr_from_rate(beats), _of_sample(qt, exact(frame, RR, "s"))
    rr = np.where(np.isnan(interval), by_rate, interval)
    with np.errstate(invalid="ignore"):  # where only one is there nothing can disagree
        rr[np.abs(interval - by_rate) > RR_AGREES_WITHIN * by_rate] = np.nan
    return Calculated(qt, derive.qtcf(qt["X"].to_numpy(np.float64), rr), QTCF)


def _anc(frame: pd.DataFrame, _: pd.DataFrame) -> Calculated:
    blood = frame[frame["SPEC"].eq("BLOOD")]
    wbc = _only(exact(blood, ("WBC",)))
    percent = _of_sample(wbc, exact(blood, ("NEUTLE",), "%"))
    bands = _of_sample(wbc, exact(blood, ("NEUTBLE",), "%"))
    reported = blood["PARAMCD"].eq("NEUTBLE") & ~blood["VALUESTATE"].isin(["missing", "not_done"])
    unreadable = _among(wbc, blood[reported], SAMPLE) & np.isnan(bands)
    value = derive.neutrophils(wbc["X"].to_numpy(np.float64), percent, bands)
    return Calculated(wbc, np.where(unreadable, np.nan, value), ("NEUT",))


def _creatinine(frame: pd.DataFrame) -> pd.DataFrame:
    return exact(frame[frame["SPEC"].eq("BLOOD")], ("CREAT",), "mg/dL")


def _sex(rows: pd.DataFrame, subjects: pd.DataFrame) -> npt.NDArray[np.object_]:
    sex = rows["USUBJID"].map(subjects.set_index("USUBJID")["SEX"])
    return sex.astype("str").str.upper().fillna("").to_numpy(object)


def _egfr(frame: pd.DataFrame, subjects: pd.DataFrame) -> Calculated:
    rows = _creatinine(frame)
    value = derive.egfr_ckdepi_2021(
        rows["X"].to_numpy(np.float64), rows["AGE"].to_numpy(np.float64), _sex(rows, subjects)
    )
    return Calculated(rows, value, ("GFRBSCRT",))


def _clearance(frame: pd.DataFrame, subjects: pd.DataFrame) -> Calculated:
    rows = _creatinine(frame)
    value = derive.creatinine_clearance_cg(
        rows["X"].to_numpy(np.float64),
        rows["AGE"].to_numpy(np.float64),
        _last_weight(frame, rows),
        _sex(rows, subjects),
    )
    return Calculated(rows, value, ("CRTCLRE",))


def _last_weight(frame: pd.DataFrame, rows: pd.DataFrame) -> Numbers:
    """Weight (kg) of the last day on or before each row's with a weight; its last value."""
    weights = exact(frame, ("WEIGHT",), "kg").sort_values(
        ["ADTMAX", "ATM", "KEY"], na_position="first"
    )
    weights = weights.drop_duplicates(["USUBJID", "ADTMAX"], keep="last")
    known = pd.DataFrame({
        "USUBJID": weights["USUBJID"], "DAY": _days(weights["ADTMAX"]),
        "KG": weights["X"],
    })  # fmt: skip
    wanted = pd.DataFrame({
        "USUBJID": rows["USUBJID"], "DAY": _days(rows["ADTMIN"]),
        "AT": np.arange(len(rows)),
    }).sort_values("DAY", kind="stable")  # fmt: skip
    found = pd.merge_asof(wanted, known, on="DAY", by="USUBJID")
    return found.sort_values("AT")["KG"].to_numpy(np.float64)


def _days(texts: pd.Series) -> npt.NDArray[np.datetime64]:
    return dates.days(texts).astype("datetime64[s]")  # the coarsest unit pandas has


_CALCULATIONS: dict[str, Callable[[pd.DataFrame, pd.DataFrame], Calculated]] = {
    "QTCF": _qtcf,
    "ANC": _anc,
    "CRCL_CG": _clearance,
    "EGFR_CKDEPI_2021": _egfr,
}
