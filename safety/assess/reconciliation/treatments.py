"""Medications and procedures that were given for a toxicity nobody reported."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.reconciliation.compared import said
from safety.assess.reconciliation.courses import DAY, SAME
from safety.assess.reconciliation.timing import Tolerance
from safety.ctcae import catalogue
from safety.intake import dates
from safety.study.model import Study


def untold(
    courses: pd.DataFrame, told: pd.DataFrame, exposure: pd.DataFrame, study: Study,
    as_of: date, tolerance: Tolerance,
) -> pd.DataFrame:  # fmt: skip
    """Ask of a treatment whose indication is a CTCAE term whether an event of the term is told.

    courses: canonical medications and procedures; told: all rows of `courses.reported`. Only what
    began after the first dose: before it is medical history. An event may have been some days
    around it.
    """
    rows = courses[["KEY", "USUBJID", "TRT", "INDC"]].assign(DAY=dates.days(courses["STDTMIN"]))
    names = {t: catalogue.by_name(t, study.ctcae) for t in rows["INDC"].dropna().unique()}
    rows = rows.assign(TERM=rows["INDC"].map({t: x.term for t, x in names.items() if x}))
    first = rows["USUBJID"].map(exposure.set_index("USUBJID")["TRTSDTMAX"])
    rows = rows.assign(TERM=rows["TERM"].astype("str"), FIRST=dates.days(first.astype("str")))
    rows = rows[rows["TERM"].notna() & rows["DAY"].notna()]
    entered = rows["DAY"] + tolerance.entered * DAY < np.datetime64(as_of, "D")
    rows = rows[rows["DAY"].gt(rows["FIRST"]) & entered]
    rows = rows.assign(EPISODE=rows["USUBJID"] + "|" + rows["TERM"] + "||" + rows["KEY"])
    near = tolerance.apart * DAY
    pairs = rows[[*SAME, "KEY", "DAY"]].merge(told[[*SAME, "EVENTMIN", "EVENTMAX"]], on=SAME)
    covered = pairs["DAY"].between(pairs["EVENTMIN"] - near, pairs["EVENTMAX"] + near)
    wrong = rows[~rows["KEY"].isin(pairs.loc[covered, "KEY"])]
    texts = [f"given for {term}, but no adverse event of that term" for term in wrong["TERM"]]
    return said(rows, wrong, texts)
