"""Doses beside the other doses of the subject, the schedule and the level (faults 43 and 45)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake import dates
from safety.intake.beside import diary, interruptions, levels
from safety.intake.beside.ends import ended
from safety.intake.beside.links import Frames, days_of, given
from safety.intake.texts import nothing, said
from safety.study.model import Study
from safety.study.treatment import INTAKES_A_DAY

BY_TREATMENT = (
    "OFFLADDER", "ABOVELEVEL", "OTHERLEVEL", "CAPSULE", "DOSETWICE", "OVERLAP", "DIARYGAP",
    "UNKNOWNDRUG", "NOREASON", "LOWERED",
)  # fmt: skip
AFTER = np.timedelta64(1, "D")  # on the day after it, a dose may still be in hand


def doses(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.DataFrame:
    """Return the frame with comparisons; most are missing without a treatment to compare with.

    UNKNOWNDRUG: a name that no drug of the study has. OFFLADDER, ABOVELEVEL, OTHERLEVEL, CAPSULE:
    amounts (`levels`). DOSETWICE: with the rows before it, more intakes on one day than the
    schedule has. OVERLAP: a row of days that are told of by rows before it. DIARYGAP, NOREASON,
    LOWERED: what is missing, and what was not taken without a reason (`diary`, `interruptions`).
    AFTERSTOP: taken after the disposition by which treatment ended.
    """
    frame = frame.assign(AFTERSTOP=_after_stop(frame, frames, study))
    if study.treatment is None:
        return frame.assign(**{c: nothing(frame.index) for c in BY_TREATMENT})
    named = {n: study.treatment.drug_named(n) for n in frame["TRT"].dropna().unique()}
    drug = frame["TRT"].map({n: d for n, d in named.items() if d}).astype("str")
    unknown = said(drug.isna(), "no drug of the study has this name", where=frame["TRT"].notna())
    known = drug.notna() & frame["USUBJID"].notna() & frame["STDTSTATE"].eq("complete")
    rows = _with_days(frame[known].assign(DRUG=drug[known]))
    found = {
        **levels.compared(rows, frames, study),
        "DOSETWICE": _twice(rows, study),
        "OVERLAP": _overlap(rows, study),
        "DIARYGAP": diary.gaps(rows, study),
        **interruptions.compared(rows, frames, study),
    }
    told = {name: text.reindex(frame.index) for name, text in found.items()}
    return frame.assign(UNKNOWNDRUG=unknown, **told)


def _with_days(rows: pd.DataFrame) -> pd.DataFrame:
    """Add START and END as days (END is START where it is not known or before it), ADAY and TAKEN.

    ADAY: intakes a day that the row tells, 0 of one that was not taken.
    """
    start, end = dates.days(rows["STDTMIN"]), dates.days(rows["ENDTMAX"])
    end = np.where(np.isnat(end) | (end < start), start, end)
    a_day = rows["DOSFRQ"].str.upper().map(INTAKES_A_DAY).fillna(1.0).astype(np.float64)
    taken = rows["OCCUR"].fillna("Y").ne("N") & rows["DOSE"].ne(0)
    return rows.assign(
        START=start.astype("datetime64[s]"), END=end.astype("datetime64[s]"), TAKEN=taken,
        ADAY=a_day.where(taken, 0.0),
    )  # fmt: skip


def _daily(rows: pd.DataFrame, study: Study) -> pd.Series:
    drugs = study.treatment.drugs if study.treatment else {}
    intakes = {d: x.schedule.intakes_a_day for d, x in drugs.items()}
    return rows["DRUG"].map(intakes).astype(np.float64)


def _twice(rows: pd.DataFrame, study: Study) -> pd.Series:
    so_far = rows["ADAY"].groupby([rows["USUBJID"], rows["DRUG"], rows["START"]]).cumsum()
    return said(
        rows["TAKEN"] & so_far.gt(_daily(rows, study)),
        "with the rows before it more intakes of this day than the schedule has",
        where=rows["START"].notna(),
    )


def _overlap(rows: pd.DataFrame, study: Study) -> pd.Series:
    """Count the intakes of each row's first day: its own and those of earlier rows that go on."""
    begin = rows.assign(DAY=rows["START"], CHANGE=rows["ADAY"], ROW=rows.index)
    over = rows.assign(DAY=rows["END"] + pd.Timedelta(days=1), CHANGE=-rows["ADAY"], ROW=-1)
    moves = pd.concat([over, begin])[["USUBJID", "DRUG", "DAY", "CHANGE", "ROW"]]
    moves = moves.sort_values(["USUBJID", "DRUG", "DAY"], kind="stable")  # ends before begins
    load = moves.assign(LOAD=moves.groupby(["USUBJID", "DRUG"])["CHANGE"].cumsum())
    at = load[load["ROW"].ne(-1)].set_index("ROW")["LOAD"].reindex(rows.index)
    before = rows["ADAY"].groupby([rows["USUBJID"], rows["DRUG"], rows["START"]]).cumsum()
    # what rows of the same first day add is said by DOSETWICE
    wrong = rows["TAKEN"] & at.gt(_daily(rows, study)) & at.gt(before)
    text = "its first day is told of by a row that began before it"
    return said(wrong, text, where=rows["START"].notna())


def _after_stop(frame: pd.DataFrame, frames: Frames, study: Study) -> pd.Series:
    limits = study.dose_limiting
    stop = ended(frames, {*limits.treatment_ends, *limits.follow_up_ends} - {"DEATH"})
    taken = given(frame, study)
    day, end = dates.days(frame["STDTMIN"]), days_of(frame["USUBJID"], _as_days(stop["DAY"]))
    name = frame["USUBJID"].map(stop["NAME"]).astype("str")
    text = ("taken after the end of treatment: " + name).fillna("")
    judged = taken["TAKEN"] & ~np.isnat(day) & ~np.isnat(end)
    wrong = pd.Series((day - end) / AFTER > 1, index=frame.index)
    return text.where(wrong, "").where(judged)


def _as_days(texts: pd.Series) -> pd.Series:
    return pd.Series(dates.days(texts).astype("datetime64[s]"), index=texts.index)
