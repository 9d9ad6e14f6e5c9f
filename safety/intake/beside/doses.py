"""Doses beside the other doses of the subject and the schedule (faults 43 and 45)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from safety.intake.dates import days
from safety.intake.texts import nothing, said
from safety.study.feeds import RecordKind
from safety.study.model import Study
from safety.study.treatment import INTAKES_A_DAY, Treatment

LONGEST_GAP = 7  # days: what is longer is a hold or a delay, and told as that
SETTLED_DAYS = 3  # a diary is entered late: a gap counts once later days have come in
DAY = np.timedelta64(1, "D")


def doses(frame: pd.DataFrame, _: Mapping[RecordKind, pd.DataFrame], study: Study) -> pd.DataFrame:
    """Return the frame with comparisons; missing without a treatment to compare with.

    OFFLADDER: mg per intake that neither a dose level nor a step of the ladder has.
    DOSETWICE: with the rows before it, more intakes on one day than the schedule has.
    DIARYGAP: no row, taken or not, of some days right after it that lie inside a course.
    """
    if study.treatment is None:
        return frame.assign(
            **{c: nothing(frame.index) for c in ("OFFLADDER", "DOSETWICE", "DIARYGAP")}
        )
    named = {n: study.treatment.drug_named(n) for n in frame["TRT"].dropna().unique()}
    drug = frame["TRT"].map({n: d for n, d in named.items() if d}).astype("str")
    known = drug.notna() & frame["USUBJID"].notna() & frame["STDTSTATE"].eq("complete")
    rows = frame[known].assign(DRUG=drug[known])
    return frame.assign(
        OFFLADDER=_off_ladder(rows, study.treatment).reindex(frame.index),
        DOSETWICE=_twice(rows, study.treatment).reindex(frame.index),
        DIARYGAP=_gaps(rows, study.treatment).reindex(frame.index),
    )


def _off_ladder(rows: pd.DataFrame, treatment: Treatment) -> pd.Series:
    allowed = {drug: _amounts(treatment, drug) for drug in treatment.drugs}
    drugs = {d: rows["DRUG"].eq(d) & ~rows["DOSE"].isin(mg) for d, mg in allowed.items() if mg}
    judged = rows["DRUG"].isin(list(drugs)) & rows["DOSE"].gt(0) & rows["DOSU"].str.lower().eq("mg")
    wrong = pd.DataFrame(drugs).any(axis=1) if drugs else judged
    return said(wrong, "no dose of a level or of the ladder", where=judged)


def _amounts(treatment: Treatment, drug: str) -> set[float]:
    """Return every mg per intake that may be given, none where it goes by body surface freely."""
    found = set(treatment.drugs[drug].steps)
    for level in treatment.levels:
        rule = level.doses[drug]
        if rule.per_m2 is not None:
            return set()
        found |= {rule.fixed} if rule.fixed is not None else {b.mg for b in rule.bsa_bands}
    return found


def _twice(rows: pd.DataFrame, treatment: Treatment) -> pd.Series:
    daily = rows["DRUG"].map({d: x.schedule.intakes_a_day for d, x in treatment.drugs.items()})
    a_day = rows["DOSFRQ"].str.upper().map(INTAKES_A_DAY).fillna(1.0).astype(np.float64)
    was_taken = rows["OCCUR"].fillna("Y").ne("N") & rows["DOSE"].ne(0)
    so_far = a_day.where(was_taken, 0.0).groupby([rows["USUBJID"], rows["DRUG"], rows["STDTMIN"]])
    return said(
        was_taken & so_far.cumsum().gt(daily.astype(np.float64)),
        "with the rows before it more intakes of this day than the schedule has",
        where=rows["STDTMIN"].notna(),
    )


def _gaps(rows: pd.DataFrame, treatment: Treatment) -> pd.Series:
    ordered = rows.sort_values(["USUBJID", "DRUG", "STDTMIN", "ENDTMAX"], kind="stable")
    of_drug = [ordered["USUBJID"], ordered["DRUG"]]
    start = pd.Series(days(ordered["STDTMIN"]).astype("datetime64[s]"), index=ordered.index)
    end = pd.Series(days(ordered["ENDTMAX"]).astype("datetime64[s]"), index=ordered.index)
    covered = end.groupby(of_drug).cummax()
    following = start.groupby(of_drug).shift(-1)
    missing = ((following - covered) / DAY - 1).to_numpy(np.float64)
    is_settled = (following + SETTLED_DAYS * DAY <= start.max()).to_numpy(bool)
    off = ordered["DRUG"].map({d: _days_off(treatment, d) for d in treatment.drugs}).to_numpy()
    shortest_pause = np.where(off == 0, LONGEST_GAP + 1, off)
    is_gap = (missing >= 1) & (missing < shortest_pause) & is_settled
    return said(
        pd.Series(is_gap, index=ordered.index),
        "no row of the days between it and the next one of the drug",
        where=following.notna() & end.notna(),  # without an end it goes on to the next row
    )


def _days_off(treatment: Treatment, drug: str) -> int:
    """Return how many days of a cycle have no dose of a drug."""
    schedule = treatment.drugs[drug].schedule.days
    return treatment.cycle_length.whole_days - (schedule.last - schedule.first + 1)
