"""One sample told twice, and a reference range that changed within one laboratory (fault 22)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.ctcae.units import conversion
from safety.intake import texts
from safety.study.model import Study

SAMPLE = ["USUBJID", "PARAMCD", "SPEC", "METHOD", "TPT", "ADTC"]
LIMITS = ["ANRLO", "ANRHI"]
USED = ["AVAL", "COMPARATOR", "UCUM", "ADTSTATE", "ADTMIN", "ATM", "FEED", *LIMITS]


def compared(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the frame with comparisons of laboratory rows.

    TWORESULTS: a result of a sample (test, day and time) of which an earlier row has another
    number, or that another laboratory or feed told before. RANGECHANGED: limits that are not those
    of the subject's result before, of the same test, unit and laboratory.
    """
    lab = frame["DOMAIN"].eq("LB") & frame["USUBJID"].notna() & frame["PARAMCD"].notna()
    rows = frame.loc[lab, [*SAMPLE, *USED, *(c for c in ("LAB",) if c in frame)]]
    rows = rows.assign(FROM=_source(rows))
    two = _two_results(rows, study.checks.parameters.repeat_share)
    return frame.assign(
        TWORESULTS=two.reindex(frame.index), RANGECHANGED=_range_changed(rows).reindex(frame.index)
    )


def _source(rows: pd.DataFrame) -> pd.Series:
    """Return who told a row: the laboratory where the data name it, and the feed."""
    lab = rows["LAB"] if "LAB" in rows else pd.Series(np.nan, index=rows.index, dtype="str")
    return lab.fillna("").str.strip() + "\x00" + rows["FEED"]


def _two_results(rows: pd.DataFrame, share: float) -> pd.Series:
    """A day without a time may have several samples: then only another source is compared."""
    exact = rows["AVAL"].notna() & rows["COMPARATOR"].eq("") & rows["ADTSTATE"].eq("complete")
    text = texts.nothing(rows.index)
    again = rows[exact & rows.duplicated(SAMPLE, keep=False)]
    for _, of_sample in again.groupby(SAMPLE, dropna=False, sort=False):
        first = of_sample.iloc[0]
        text[of_sample.index[0]] = ""
        for row, other in of_sample.iloc[1:].iterrows():
            is_elsewhere = other["FROM"] != first["FROM"]
            if is_elsewhere or isinstance(first["ATM"], str):
                text[row] = _told(first, other, share, elsewhere=is_elsewhere)
    return text


def _told(first: pd.Series, other: pd.Series, share: float, *, elsewhere: bool) -> str:
    step = conversion(first["PARAMCD"], first["UCUM"], other["UCUM"])
    if step is None:
        return ""
    before = first["AVAL"] * step.factor + step.offset
    here, unit = other["AVAL"], other["UCUM"]
    if abs(here - before) > share * max(abs(here), abs(before)):
        where = " of another laboratory" if elsewhere else ""
        return f"{first['PARAMCD']} {here:g} {unit}; a result{where} of this sample is {before:g}"
    return "another laboratory or feed told this result too" if elsewhere else ""


def _range_changed(rows: pd.DataFrame) -> pd.Series:
    has = rows["UCUM"].ne("") & rows[LIMITS].notna().any(axis=1) & rows["ADTMIN"].notna()
    rows = rows[has].sort_values(["ADTMIN", "ATM"], kind="stable")
    same = rows.groupby(["USUBJID", "PARAMCD", "SPEC", "UCUM", "FROM"], sort=False)
    before = same[LIMITS].shift()
    follows = same.cumcount().gt(0)
    text = texts.nothing(rows.index)
    text[follows] = ""
    alike = (rows[LIMITS] == before) | (rows[LIMITS].isna() & before.isna())
    changed = follows & ~alike.all(axis=1)
    text[changed] = [
        f"{code} {low:g} to {high:g} {unit}, before {was_low:g} to {was_high:g}"
        for code, low, high, unit, was_low, was_high in zip(
            *(rows.loc[changed, c] for c in ("PARAMCD", *LIMITS, "UCUM")),
            *(before.loc[changed, c] for c in LIMITS),
            strict=True,
        )
    ]
    return text
