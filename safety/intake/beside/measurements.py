"""Measurements beside their subject and the other measurements of the subject."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from safety.ctcae.criteria import BASELINE_REFS, Ladder, ladders_by_test
from safety.ctcae.grading import UNITSTATE_OK
from safety.intake import dates, plausibility, texts
from safety.intake.beside import laboratory_errors, repeated, samples, unusual, vital_signs
from safety.intake.beside.links import Frames
from safety.study.model import Study

DAY = np.timedelta64(1, "D")
COMPARISONS = (
    "IMPLAUSIBLE", "RANGEFAULT", "TOOEARLY", "NOBASELINE", "LABERROR",
    "ABOVEWBC", "PERCENT", "RANGEDIFFERS", "OTHERUNIT", "TWORESULTS", "RANGECHANGED",
    "READAGAIN", "PRESSURE", "BODYCHANGE", "POUNDS", "ODDTEMP", "HIGHONCE", "BODYMASS",
)  # fmt: skip


def measurements(frame: pd.DataFrame, _: Frames, study: Study) -> pd.DataFrame:
    """Return the frame with comparisons; a range that is wrong is taken out of ANRLO and ANRHI.

    IMPLAUSIBLE: a result nobody can have in its unit. RANGEFAULT: a range that is swapped or in
    another unit than its value. TOOEARLY: a sample from before consent or long before treatment.
    NOBASELINE: a first result after the first dose that nothing before it compares with. LABERROR:
    a result with a sign of an error of the sample. And those of `samples`, `repeated`,
    `vital_signs` and `unusual`. A file of changes may well have no rows.
    """
    if frame.empty:
        return frame.assign(**{column: texts.nothing(frame.index) for column in COMPARISONS})
    frame = frame.assign(
        IMPLAUSIBLE=plausibility.implausible(frame), RANGEFAULT=plausibility.wrong_range(frame)
    )
    wrong = frame["RANGEFAULT"].fillna("").ne("")
    frame[["ANRLO", "ANRHI"]] = frame[["ANRLO", "ANRHI"]].mask(wrong)
    limits = study.checks.parameters
    frame["TOOEARLY"] = _too_early(frame, limits.screening_days)
    frame["NOBASELINE"] = _without_baseline(frame, study.ctcae)
    frame["LABERROR"] = laboratory_errors.suspicious(frame)
    frame = repeated.compared(samples.compared(frame), study)
    return unusual.compared(vital_signs.compared(frame, limits))


def _too_early(frame: pd.DataFrame, screening: int) -> pd.Series[str]:
    latest, consent, dose = frame["ADTMAX"], frame["CONSENT"], frame["FIRSTDOSE"]
    judged = frame["DOMAIN"].eq("LB") & latest.notna() & (consent.notna() | dose.notna())
    unconsented = latest.lt(consent).fillna(False)
    gap = pd.Series((dates.days(dose) - dates.days(latest)) / DAY, index=frame.index)
    wrong = judged & (unconsented | gap.gt(screening))
    said = np.where(
        unconsented[wrong],
        "before consent",
        f"more than {screening} days before the first dose",
    )
    return texts.told(frame, judged, wrong, said)


def _without_baseline(frame: pd.DataFrame, version: str) -> pd.Series[str]:
    """Judge the first result of every subject and test that came after the first dose.

    A result of the day of the first dose may be from before it and counts as a baseline.
    """
    of_test = ["USUBJID", "PARAMCD", "SPEC"]
    compares = pd.MultiIndex.from_frame(frame[["PARAMCD", "SPEC"]]).isin(_compared(version))
    known = compares & frame["FIRSTDOSE"].notna() & frame["AVAL"].notna()
    rows = frame[known]
    after = rows[rows["ADTMIN"].gt(rows["FIRSTDOSE"]).fillna(False)]
    first = after.sort_values(["ADTMIN", "ATM"], kind="stable").drop_duplicates(of_test)
    usable = rows["COMPARATOR"].eq("") & rows["IMPLAUSIBLE"].fillna("").eq("")
    usable &= rows["UNITSTATE"].eq(UNITSTATE_OK)
    before = rows[usable & rows["ADTMIN"].le(rows["FIRSTDOSE"]).fillna(False)]
    found = pd.MultiIndex.from_frame(first[of_test]).isin(
        pd.MultiIndex.from_frame(before[of_test].drop_duplicates())
    )
    judged = pd.Series(frame.index.isin(first.index), index=frame.index)
    wrong = pd.Series(frame.index.isin(first.index[~found]), index=frame.index)
    said = [f"{code}: no result up to the first dose" for code in frame.loc[wrong, "PARAMCD"]]
    return texts.told(frame, judged, wrong, said)


@cache
def _compared(version: str) -> list[tuple[str, str]]:
    """Return the tests, with specimen, that CTCAE compares with their baseline."""
    tests = ladders_by_test(version).items()
    return [test for test, ladders in tests if test[0] and any(map(_compares, ladders))]


def _compares(ladder: Ladder) -> bool:
    numeric = (c for c in ladder.clauses if c.numeric)
    return any(c.refs & BASELINE_REFS or c.baseline.startswith("baseline_") for c in numeric)
