"""Grades of measurements and of reported events, side by side in one form."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.analysis import grading_input
from safety.assess.baseline import SERIES
from safety.assess.replicates import single_readings
from safety.ctcae.grading import grade
from safety.ctcae.reasons import Reason, names
from safety.intake import dates
from safety.study.model import Study

EVERY_GRADE = (1, 2, 3, 4, 5)
SUPERSEDED = rf"(?:^|;){names(Reason.SUPERSEDED)}(?:;|$)"


def grade_measurements(analysis: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return one row a measurement that was done and CTCAE term; MKEY refers to the measurement.

    POSTFL is Y for a value taken after the first dose, TRTEMFL for one also within the study's
    treatment-emergent period; neither for a record that does not count (ANL01FL), which REASONS
    mark as superseded: a dipstick keeps its grade, a single reading of a replicate set has none.
    BTOXGR is the grade of the value's own baseline record.
    """
    done = analysis[analysis["VALUESTATE"].ne("not_done")].reset_index(drop=True)
    graded = grade(grading_input(done), study.ctcae, study.policy)
    positions = graded.pop("POS").to_numpy(np.int64)
    kept = ["KEY", *SERIES, "ADTMIN", "ADTMAX", "ADY", "ADYMIN", "ADYMAX", "ABLFL", "PREDOSE",
            "BASE", "BASESTATE"]  # fmt: skip
    _ungrade(graded, done["REASONS"].to_numpy()[positions], single_readings(done)[positions])
    rows = done.loc[positions, [*kept, "ANL01FL", "TRTSDT", "TRTEDT"]]
    table = pd.concat([rows.reset_index(drop=True), graded], axis=1)
    last = _end_of_treatment_emergent(table["TRTEDT"], study)
    within = last.isna() | table["ADTMIN"].le(last)
    after = ~table["PREDOSE"] & table["TRTSDT"].notna() & table["ANL01FL"].eq("Y")
    table["POSTFL"] = np.where(after, "Y", "")
    table["TRTEMFL"] = np.where(after & within, "Y", "")
    table["MKEY"] = table["KEY"]
    table["KEY"] = table["MKEY"] + "#" + table["TERM"] + "#" + table["DIRECTION"]
    table["BTOXGR"] = _baseline_grade(table)
    return table.drop(columns=["TRTSDT", "TRTEDT", "PREDOSE", "SPEC", "POS", "TPT", "ANL01FL"])


def _ungrade(graded: pd.DataFrame, flags: np.ndarray, which: np.ndarray) -> None:
    """Take the grade from some rows; of their reasons only what they are is left."""
    graded.loc[which, "ATOXGR"] = pd.NA
    graded.loc[which, ["POSSIBLE", "NUMPOSS", "CRITERION"]] = ""
    kept = flags[which] & np.uint64(Reason.SUPERSEDED | Reason.DERIVED)
    graded.loc[which, "REASONS"] = [names(int(f)) for f in kept]


def superseded(grades: pd.DataFrame) -> pd.Series:
    """Return which rows of `grade_measurements` do not count: another of the same day does."""
    return grades["REASONS"].str.contains(SUPERSEDED)


def combine_directions(low: pd.Series, high: pd.Series) -> pd.Series:
    """Return one grade (Int8) of a test graded in both directions, as ADaM's ATOXGR (D30).

    A low grade above 0 wins and is negative, then a high one above 0. 0 needs both to be 0: one
    missing and the other 0 is missing.
    """
    is_low, is_high = low.gt(0).fillna(False), high.gt(0).fillna(False)
    neither = (low.eq(0) & high.eq(0)).fillna(False)
    none = pd.Series(pd.NA, index=low.index, dtype="Int8")
    return none.mask(neither, 0).mask(is_high, high).mask(is_low, -low)


def _baseline_grade(table: pd.DataFrame) -> pd.Series:
    """Grade of each row's own baseline record: same test, position and time point."""
    series = [*SERIES, "TERM", "DIRECTION"]
    base = table.loc[table["ABLFL"].eq("Y"), [*series, "ATOXGR"]]
    found = table[series].merge(base, on=series, how="left", validate="many_to_one")
    return found["ATOXGR"].astype("Int8")


def grade_events(events: pd.DataFrame, exposure: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return one row an adverse event: ATOXGR (as reported), POSSIBLE, REL, ASTDY, TRTEMFL.

    A missing grade stays missing; POSSIBLE is what severity, outcome and seriousness allow.
    REL is Y, N or "" (missing: counts as related, fault 38). TRTEMFL is Y, N or U: the onset
    could lie on either side of the first dose.
    """
    frame = events.merge(
        exposure[["USUBJID", "TRTSDT", "TRTSDTMAX", "TRTEDT"]],
        on="USUBJID",
        how="left",
        validate="many_to_one",
    )
    frame["ATOXGR"] = frame["AETOXGRN"].astype("Int8")
    frame["POSSIBLE"] = possible_event_grades(frame, study)
    related, unrelated = study.attribution.related, study.attribution.unrelated
    frame["REL"] = np.select(
        [frame["AEREL"].isin(related), frame["AEREL"].isin(unrelated)], ["Y", "N"], ""
    )
    dates.add_study_days(frame, "STDT", "ASTDY")
    frame["TRTEMFL"] = _treatment_emergent(frame, study)
    return frame.drop(columns=["TRTSDT", "TRTSDTMAX", "TRTEDT"])


def possible_event_grades(events: pd.DataFrame, study: Study) -> pd.Series:
    """Return the grades each event may have, as `3|4`: reported, else by severity and outcome."""
    texts = ["|".join(str(g) for g in _possible(r, study)) for r in events.to_dict("records")]
    return pd.Series(texts, index=events.index, dtype="str")


def _possible(row: dict[str, object], study: Study) -> list[int]:
    reported, fatal = row["AETOXGRN"], row["AESDTH"] == "Y" or row["AEOUT"] == "FATAL"
    if isinstance(reported, float) and not np.isnan(reported):
        grade = int(reported)  # what contradicts it leaves the higher grade open
        told = {5} if fatal else {4} if row["AESLIFE"] == "Y" else set()
        return sorted({grade} | {g for g in told if g > grade})
    if fatal:
        return [5]
    if isinstance(row["AETOXGR"], str):  # there is a grade, but it cannot be read
        return list(EVERY_GRADE)
    scale = study.severity.values if study.severity else {}
    allowed = set(scale.get(str(row["AESEV"]), EVERY_GRADE))
    if row["AESLIFE"] == "Y":  # life-threatening is grade 4: narrow, or widen if they disagree
        allowed = allowed & {4} or allowed | {4}
    return sorted(allowed)


def _treatment_emergent(frame: pd.DataFrame, study: Study) -> np.ndarray:
    start = frame["TRTSDT"]
    last = _end_of_treatment_emergent(frame["TRTEDT"], study)
    surely = frame["TRTSDTMAX"]
    earliest, latest = frame["STDTMIN"], frame["STDTMAX"]
    unknown = earliest.isna()
    never = start.isna() | latest.lt(start) | (last.notna() & earliest.gt(last))
    always = earliest.ge(surely) & (last.isna() | latest.le(last))
    return np.select([never & ~unknown, start.isna(), always & ~unknown], ["N", "N", "Y"], "U")


def _end_of_treatment_emergent(last_dose: pd.Series, study: Study) -> pd.Series:
    """Last day of the period, missing while treatment may still go on."""
    days = dates.days(last_dose) + np.timedelta64(study.treatment_emergent.days_after_last_dose)
    text = pd.Series(np.datetime_as_string(days), index=last_dose.index, dtype="str")
    return text.where(text.ne("NaT"))


def highest(possible: pd.Series) -> pd.Series:
    """Highest grade of a `1|2` text, 0 for none."""
    return _ends(possible, -1)


def lowest(possible: pd.Series) -> pd.Series:
    """Lowest grade of a `1|2` text, 0 for none."""
    return _ends(possible, 0)


def _ends(possible: pd.Series, which: int) -> pd.Series:
    values = {p: int(p.split("|")[which]) if p else 0 for p in possible.fillna("").unique()}
    return possible.fillna("").map(values).astype(np.int64)
