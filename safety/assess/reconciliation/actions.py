"""What was done for an event beside the doses: told to be interrupted or reduced, but taken alike.

That a withdrawn drug goes on is fault 42 and asked before grading (`safety.intake.beside`).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.reconciliation.compared import said
from safety.assess.reconciliation.courses import DAY
from safety.assess.reconciliation.timing import Tolerance
from safety.intake import dates
from safety.intake.beside.links import given, linked, qualifiers
from safety.study.model import Study

INTERRUPTED, REDUCED = "DRUG INTERRUPTED", "DOSE REDUCED"


def not_done(
    told: pd.DataFrame, doses: pd.DataFrame, study: Study, as_of: date, tolerance: Tolerance
) -> pd.DataFrame:
    """Ask of a row of an event whether its action can be seen in the doses of the drug.

    told: rows of `told`. Judged where doses of the drug are known long enough after the row began:
    some days for an interruption, a cycle for a reduction.
    """
    days = _days(doses, study)
    if told.empty or days.empty:
        return said(told[:0], told[:0], [])
    pairs = told.merge(days, on=["USUBJID", "DRUG"])
    found = pd.concat(
        [_not_interrupted(pairs, as_of, tolerance), _not_reduced(pairs, study, tolerance)]
    )
    first = found.drop_duplicates(["KEY", "DRUG"])
    wrong = first[first["SAYS"].ne("")].groupby(["KEY", "EPISODE", "TERM"], as_index=False)
    texts = wrong.agg(SAYS=("SAYS", "; ".join))
    return said(first, texts, texts["SAYS"].tolist())


def told(
    events: pd.DataFrame, supplements: pd.DataFrame, study: Study, canonical: pd.DataFrame
) -> pd.DataFrame:
    """Return rows of events by which a DRUG was interrupted or reduced (ACTION).

    events: rows of `courses.sure`; canonical: the events that supplements refer to. Of each drug
    its own word counts, else that for all. An end that is not complete is the latest it may mean.
    """
    rows = events.drop(columns="ACTION").assign(ALL=events["ACTION"], END=events["LATEST"])
    named = qualifiers(study, "action")
    refs = linked(supplements, canonical)
    parts = []
    for drug in study.treatment.drugs if study.treatment else ():
        own = refs[refs["QNAM"].eq(named.get(drug, "\0"))].drop_duplicates("EVENT")
        said_of = own.set_index("EVENT")["QVAL"].str.strip().str.upper()
        says = rows["KEY"].map(said_of).astype("str")
        parts.append(rows.assign(DRUG=drug, ACTION=says.fillna(rows["ALL"])))
    found = pd.concat(parts) if parts else rows.assign(DRUG="", ACTION="").iloc[:0]
    return found[found["ACTION"].isin([INTERRUPTED, REDUCED]) & found["ONDATE"]]


def _days(doses: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return dose records of study drugs with their days: USUBJID, DRUG, DAY, UNTIL, TAKEN, DOSE.

    A record without an end is of one day; what it covers beyond is not known.
    """
    rows = given(doses, study).assign(
        UNTIL=dates.days(doses["ENDTMAX"].fillna(doses["STDTMAX"])), DOSE=doses["DOSE"]
    )
    return rows[rows["DAY"].notna() & rows["DRUG"].fillna("").ne("")]


def _not_interrupted(pairs: pd.DataFrame, as_of: date, tolerance: Tolerance) -> pd.DataFrame:
    """Say where every day of the drug near a row's time has a dose, and days after it too."""
    rows = pairs[pairs["ACTION"].eq(INTERRUPTED)]
    near = tolerance.apart * DAY
    last = rows.groupby(["KEY", "DRUG"])["UNTIL"].transform("max")
    known = last > rows["END"] + near
    known &= rows["END"] + tolerance.entered * DAY < np.datetime64(as_of, "D")
    rows = rows[known & rows["UNTIL"].ge(rows["START"] - near) & rows["DAY"].le(rows["END"] + near)]
    rows = rows.sort_values(["KEY", "DRUG", "DAY", "UNTIL"])
    of = rows.groupby(["KEY", "DRUG"])
    reached = of["UNTIL"].transform("cummax").groupby([rows["KEY"], rows["DRUG"]]).shift()
    gap = (rows["DAY"] - reached > DAY).fillna(False)
    paused = (gap | ~rows["TAKEN"]).groupby([rows["KEY"], rows["DRUG"]]).transform("any")
    text = "told to be interrupted: " + rows["DRUG"] + ", but its doses have no break"
    return rows.assign(SAYS=text.where(~paused, ""))


def _not_reduced(pairs: pd.DataFrame, study: Study, tolerance: Tolerance) -> pd.DataFrame:
    """Say where no dose after a cycle from a row's begin is lower than the largest before it."""
    rows = pairs[pairs["ACTION"].eq(REDUCED) & pairs["TAKEN"] & pairs["DOSE"].notna()]
    cycle = study.treatment.cycle_length.whole_days if study.treatment else 0
    near = tolerance.apart * DAY
    before = rows["DOSE"].where(rows["DAY"].le(rows["START"]))
    after = rows["DOSE"].where(rows["DAY"].gt(rows["START"]))
    settled = rows["DAY"].gt(rows["START"] + cycle * DAY + near)
    of = [rows["KEY"], rows["DRUG"]]
    known = settled.groupby(of).transform("any") & before.groupby(of).transform("count").gt(0)
    least, most = after.groupby(of).transform("min"), before.groupby(of).transform("max")
    text = "told to be reduced: " + rows["DRUG"] + ", but its doses are as large as before"
    return rows[known].assign(SAYS=text.where(least.ge(most), "")[known])
