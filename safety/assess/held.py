"""Held rows still alarm: grade quarantined rows under every plausible reading (principle 3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.grades import highest, possible_event_grades
from safety.ctcae.clauses import BaselineState
from safety.ctcae.criteria import ladders_by_test
from safety.ctcae.grading import UNITSTATE_OK, UNITSTATE_UNKNOWN, grade
from safety.study.model import Study

COLUMNS = ["KEY", "USUBJID", "TERM", "GRADES", "VALUE", "REASON", "SRCFILE", "SRCROW"]


def measurements(held: pd.DataFrame, accepted: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return held measurements that some plausible reading puts at or above the alert grade.

    held: canonical measurements with REASON, as quarantined. A unit that nobody knows is read as
    each unit the study uses for that test (or CTCAE prints, where it uses none); a missing
    specimen as blood. Every reading is judged against the row's own range, without a baseline.
    """
    readings = _readings(held[held["AVAL"].notna()], accepted, study)
    if readings.empty:
        return pd.DataFrame(columns=COLUMNS)
    graded = grade(readings, study.ctcae, study.policy)
    high = graded[highest(graded["NUMPOSS"]).ge(study.alerts.grade)]
    rows = readings.iloc[high["POS"].to_numpy(np.int64)].reset_index(drop=True)
    found = rows.assign(TERM=high["TERM"].to_numpy(), GRADES=high["NUMPOSS"].to_numpy())
    found["VALUE"] = found["AVALC"] + " " + found["AVALU"].fillna("(no unit)")
    return _one_a_row(found)


def events(held: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return held adverse events that may be at or above the alert grade."""
    found = held.assign(
        TERM=held["AEDECOD"].fillna(held["AETERM"]).fillna("(no term)"),
        GRADES=possible_event_grades(held, study),
        VALUE="grade " + held["AETOXGR"].fillna("not given")
        + ", severity " + held["AESEV"].fillna("not given"),
    )  # fmt: skip
    return _one_a_row(found[highest(found["GRADES"]).ge(study.alerts.grade)])


def _one_a_row(found: pd.DataFrame) -> pd.DataFrame:
    named = found.assign(USUBJID=found["USUBJID"].fillna("(no subject id)"))
    return named.sort_values(["KEY", "GRADES"]).drop_duplicates("KEY", keep="last")[COLUMNS]


def _readings(held: pd.DataFrame, accepted: pd.DataFrame, study: Study) -> pd.DataFrame:
    ladders = ladders_by_test(study.ctcae)
    used = accepted[accepted["UCUM"].ne("")].groupby("PARAMCD")["UCUM"].unique().to_dict()
    rows = []
    for row in held.to_dict("records"):
        specimen = row["SPEC"] or ("BLOOD" if row["DOMAIN"] == "LB" else "")
        found = ladders.get((row["PARAMCD"], specimen), ())
        printed = {unit for ladder in found for unit in ladder.printed_units()}
        units = [row["UCUM"]]
        if row["UNITSTATE"] == UNITSTATE_UNKNOWN:
            units = sorted(used.get(row["PARAMCD"], printed)) or [""]
        rows += [row | {"SPEC": specimen, "UCUM": unit} for unit in units if found]
    frame = pd.DataFrame(rows)
    return frame.assign(
        UNITSTATE=UNITSTATE_OK,
        BASE=np.nan,
        BASESTATE=BaselineState.MISSING,
        AGE=np.nan,
        REASONS=np.uint32(0),
    )
