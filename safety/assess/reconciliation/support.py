"""Events of laboratory terms beside results: none supports it, none is as grave (fault 32)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from safety.assess.reconciliation import courses
from safety.assess.reconciliation.compared import said
from safety.assess.reconciliation.courses import DAY, SAME
from safety.ctcae.criteria import ladders_by_test

SUPPORTED_WITHIN = 7  # days between a laboratory result and the event reported of it (fault 32)
GRAVE = 3  # a result below this is not life-threatening by itself


def unsupported(
    values: pd.DataFrame, events: pd.DataFrame, as_of: date, within: int, version: str
) -> pd.DataFrame:
    """Ask of an event of a laboratory term whether a result of its time supports it.

    Asked once an event, of its first row. A result that could be of a grade supports it, on any
    day that the event may have been.
    """
    first = events[events["TERM"].isin(laboratory_terms(version))].drop_duplicates("EVENT")
    first = first[first["BEGAN"] + within * DAY < np.datetime64(as_of, "D")]
    near = SUPPORTED_WITHIN * DAY
    pairs = first.merge(values.loc[values["HIGH"].ge(1), [*SAME, "DAY"]], on=SAME)
    supports = pairs["DAY"].between(pairs["EVENTMIN"] - near, pairs["EVENTMAX"] + near)
    lacking = first[~first["KEY"].isin(pairs.loc[supports, "KEY"])]
    text = f"no result within {SUPPORTED_WITHIN} days supports it"
    return said(first, lacking, [text] * len(lacking))


def not_grave(
    values: pd.DataFrame, events: pd.DataFrame, within: int, version: str
) -> pd.DataFrame:
    """Ask of a row that is told life-threatening whether a result of its time can be so grave."""
    told = events[events["LIFE"] & events["TERM"].isin(laboratory_terms(version))]
    pairs = courses.pairs(told, values, ["DAY", "HIGH"])
    pairs = pairs[courses.away(pairs).le(within)]
    worst = pairs.groupby("KEY")["HIGH"].max()
    compared = told[told["KEY"].isin(worst.index)]
    top = compared["KEY"].map(worst)
    wrong = compared[top.lt(GRAVE)]
    texts = [f"told life-threatening, but no result of its time is above grade {g}"
             for g in top[top.lt(GRAVE)]]  # fmt: skip
    return said(compared, wrong, texts)


def laboratory_terms(version: str) -> frozenset[str]:
    """Return the CTCAE terms that are graded by laboratory results and by nothing else."""
    ladders = [(spec, x) for (_, spec), of in ladders_by_test(version).items() for x in of]
    others = {x.term for spec, x in ladders if not spec or x.assign != "grade"}
    return frozenset({x.term for _, x in ladders} - others)
