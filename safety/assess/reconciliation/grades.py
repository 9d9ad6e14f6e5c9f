"""Grades told beside grades computed: none told, a lower one, a higher one (faults 30 and 31)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.reconciliation import courses
from safety.assess.reconciliation.compared import results, said
from safety.assess.reconciliation.courses import DAY, SAME

SEVERE = 3
SPECIAL = 2  # of terms of special interest (fault 31)
ENTERED_WITHIN = 7  # days until a site has entered that a grade changed
MAY_BE = ", which may be of its time (its dates are not complete),"


def unreported(
    values: pd.DataFrame, told: pd.DataFrame, as_of: date, within: int, special: frozenset[str]
) -> pd.DataFrame:
    """Ask of every severe value that no event may have covered whether it was reported.

    told: all rows of `courses.reported`; special: terms of special interest, in small letters; of
    these grade 2 is severe. What was as bad before treatment is no news. Some days are left to the
    site. A value that may be severe or not neither begins nor ends a run of severe ones.
    """
    limit = np.where(values["TERM"].str.casefold().isin(special), SPECIAL, SEVERE)
    severe = values["LEAST"].ge(limit) & values["LEAST"].gt(values["BASE"])
    severe &= values["POSTFL"].eq("Y")
    decided = severe | values["KNOWN"]
    asked = courses.runs(values[decided], severe[decided]).rename(columns={"MKEY": "KEY"})
    asked = asked[asked["DAY"] + (within + 1) * DAY <= np.datetime64(as_of, "D")]
    pairs = asked.reset_index().merge(told[[*SAME, "EVENTMIN", "EVENTMAX"]], on=SAME)
    near = within * DAY
    covered = pairs["DAY"].between(pairs["EVENTMIN"] - near, pairs["EVENTMAX"] + near)
    missing = asked[~asked.index.isin(pairs.loc[covered, "index"])]
    texts = [
        f"{term} {grade} without an adverse event"
        for term, grade in zip(missing["TERM"], _grade_of(missing), strict=True)
    ]
    return said(asked, missing, texts)


def _grade_of(values: pd.DataFrame) -> list[str]:
    """Return the grade of values in words; that of one that may have several is the least."""
    either = zip(values["LEAST"], values["KNOWN"], strict=True)
    return [f"grade {least}" if known else f"grade {least} or more" for least, known in either]


def lower(
    values: pd.DataFrame, told: pd.DataFrame, as_of: date, within: int, measurements: pd.DataFrame
) -> pd.DataFrame:
    """Ask of a row of an event whether a value of its time has a higher grade.

    told: all rows of `courses.reported`; measurements: records that values refer to. A value is
    compared with the worst of the rows that may be of its time; of those that can be asked about
    the nearest is.
    """
    pairs = _of_its_time(values, told, as_of, within)
    pairs = pairs.assign(WORSTOF=pairs.groupby(["MKEY", "TERM"])["WORST"].transform("max"))
    pairs = pairs[pairs["SURE"]]
    nearest = pairs.groupby(["MKEY", "TERM"])["APART"].transform("min")
    wrong = pairs[pairs["LEAST"].gt(pairs["WORSTOF"]) & pairs["APART"].eq(nearest)]
    wrong = wrong.sort_values(["LEAST", "DAY"], ascending=[False, True]).drop_duplicates("KEY")
    shown = results(measurements[measurements["KEY"].isin(wrong["MKEY"])])
    parts = zip(wrong["WORST"], wrong["DAY"], wrong["APART"].le(within), _grade_of(wrong),
                wrong["MKEY"].map(shown), strict=True)  # fmt: skip
    texts = [
        f"reported grade {own}, but the value of {day:%Y-%m-%d}{'' if is_sure else MAY_BE} is "
        f"{grade}: {result}"
        for own, day, is_sure, grade, result in parts
    ]
    return said(pairs, wrong, texts)


def _of_its_time(
    values: pd.DataFrame, told: pd.DataFrame, as_of: date, within: int
) -> pd.DataFrame:
    """Return rows of events beside the values of the time they may have been.

    APART: days from the time a row surely was. From the end of a row on, another grade may follow,
    and while it goes on a milder one may: the site has some days to enter it. Inside a row that
    goes on a severe value counts at once.
    """
    compared = values[values["KNOWN"] | values["LEAST"].ge(1)]
    pairs = courses.pairs(told, compared, ["MKEY", "DAY", "LEAST", "KNOWN"])
    pairs = pairs.assign(APART=courses.surely_away(pairs))
    entered = pairs["DAY"] + ENTERED_WITHIN * DAY < np.datetime64(as_of, "D")
    inside = pairs["DAY"].lt(pairs["END"]) & (~pairs["OPEN"] | pairs["LEAST"].ge(SEVERE))
    inside &= pairs["APART"].le(within)
    return pairs[courses.away(pairs).le(within) & (inside | entered | ~pairs["SURE"])]


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
