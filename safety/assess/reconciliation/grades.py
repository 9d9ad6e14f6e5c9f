"""Grades told beside grades computed: none told, a lower one, a higher one (faults 30 and 31)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.reconciliation import courses
from safety.assess.reconciliation.compared import said
from safety.assess.reconciliation.courses import DAY, SAME

SEVERE = 3
SPECIAL = 2  # of terms of special interest (fault 31)
ENTERED_WITHIN = 7  # days until a site has entered that a grade changed


def unreported(
    values: pd.DataFrame, events: pd.DataFrame, as_of: date, within: int, special: frozenset[str]
) -> pd.DataFrame:
    """Ask of the first value of a run of severe ones whether it was reported.

    special: terms of special interest, in small letters; of these grade 2 is severe. What was as
    bad before treatment is no news. Some days are left to the site.
    """
    known = values[values["KNOWN"]]
    limit = np.where(known["TERM"].str.casefold().isin(special), SPECIAL, SEVERE)
    first = courses.begins(known, known["GRADE"].ge(limit))
    waited = known["DAY"] + (within + 1) * DAY <= np.datetime64(as_of, "D")
    news = known["POSTFL"].eq("Y") & known["GRADE"].gt(known["BASE"])
    asked = known[first & news & waited].rename(columns={"MKEY": "KEY"})
    pairs = asked.reset_index().merge(events[[*SAME, "BEGAN", "ENDED"]], on=SAME)
    near = within * DAY
    told = pairs[(pairs["BEGAN"] - near <= pairs["DAY"]) & (pairs["DAY"] <= pairs["ENDED"] + near)]
    missing = asked[~asked.index.isin(told["index"])]
    texts = [
        f"{term} grade {grade} without an adverse event"
        for term, grade in zip(missing["TERM"], missing["GRADE"], strict=True)
    ]
    return said(asked, missing, texts)


def lower(values: pd.DataFrame, events: pd.DataFrame, as_of: date, within: int) -> pd.DataFrame:
    """Ask of a row of an event whether a value of its time has a higher grade.

    A value is compared with the worst of the rows of its time; the row nearest to it is asked.
    From the end of a row on, another grade may follow, and while it goes on a milder one may: the
    site has some days to enter it. Inside a row that goes on a severe value is asked about at once.
    """
    pairs = courses.pairs(events, values[values["KNOWN"]], ["MKEY", "DAY", "GRADE"])
    pairs = pairs.assign(AWAY=courses.away(pairs))
    entered = pairs["DAY"] + ENTERED_WITHIN * DAY < np.datetime64(as_of, "D")
    inside = pairs["DAY"].lt(pairs["END"]) & (~pairs["OPEN"] | pairs["GRADE"].ge(SEVERE))
    pairs = pairs[pairs["AWAY"].le(within) & (inside | entered)]
    of_value = pairs.groupby(["MKEY", "TERM"])
    worst, nearest = of_value["WORST"].transform("max"), of_value["AWAY"].transform("min")
    wrong = pairs[pairs["GRADE"].gt(worst) & pairs["AWAY"].eq(nearest)]
    wrong = wrong.sort_values(["GRADE", "DAY"], ascending=[False, True]).drop_duplicates("KEY")
    texts = [
        f"reported grade {told}, but the value of {day:%Y-%m-%d} is grade {grade}"
        for told, day, grade in zip(wrong["WORST"], wrong["DAY"], wrong["GRADE"], strict=True)
    ]
    return said(pairs, wrong, texts)


def higher(values: pd.DataFrame, events: pd.DataFrame, as_of: date, within: int) -> pd.DataFrame:
    """Ask of the worst row of an event whether any value of its time may have its grade.

    Only where values of the row's own time have a grade, and some days after it was entered: the
    sample that shows the grade may come later.
    """
    settled = events["START"] + (within + ENTERED_WITHIN) * DAY < np.datetime64(as_of, "D")
    pairs = courses.pairs(events[settled], values, ["DAY", "HIGH", "KNOWN"])
    pairs = pairs[courses.away(pairs).le(within)]
    rows = pairs.groupby("KEY").agg(
        TOP=("HIGH", "max"), SEEN=("KNOWN", "any"), LOWEST=("LOWEST", "first"),
        TERM=("TERM", "first"), EPISODE=("EPISODE", "first"),
    ).reset_index()  # fmt: skip
    rows = rows[rows["SEEN"]]
    wrong = rows[rows["LOWEST"].gt(rows["TOP"])]
    texts = [
        f"reported grade {told}, but no value of its time is above grade {top}"
        for told, top in zip(wrong["LOWEST"], wrong["TOP"], strict=True)
    ]
    return said(rows, wrong, texts)
