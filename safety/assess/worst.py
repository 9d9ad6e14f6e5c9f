"""Worst treatment-emergent grade of each subject and term, measured and reported apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.grades import highest, lowest

KEYS = ["USUBJID", "TERM", "DIRECTION"]


def baseline_grades(grades: pd.DataFrame) -> pd.DataFrame:
    """Return BASEGR, the grade of the baseline record, by subject, term and direction.

    Where several time points have a baseline of their own, the worst counts.
    """
    base = grades[grades["ABLFL"].eq("Y")].groupby(KEYS)["ATOXGR"].max()
    return base.rename("BASEGR").reset_index()


def of_measurements(grades: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject, term and direction seen after the first dose.

    BASEGR: grade of the baseline record, <NA> if none. WORSTGR: highest grade known. WORSTPOS:
    highest grade any unknown number still allows. UNGRADED: values without a grade, counted
    beside every figure that leaves them out. TRTEMFL: Y if worse than baseline; where the
    baseline has no grade, any grade counts as worse.
    """
    after = grades[grades["TRTEMFL"].eq("Y")].assign(TOP=lambda f: highest(f["NUMPOSS"]))
    table = after.groupby(KEYS).agg(
        SOC=("SOC", "first"), WORSTGR=("ATOXGR", "max"), WORSTPOS=("TOP", "max"),
        VALUES=("ATOXGR", "size"), GRADED=("ATOXGR", "count"),
    ).reset_index()  # fmt: skip
    table["UNGRADED"] = table["VALUES"] - table["GRADED"]
    table = table.merge(baseline_grades(grades), on=KEYS, how="left", validate="one_to_one")
    table["BASEGR"] = table["BASEGR"].astype("Int8")
    worse = table["WORSTGR"].gt(table["BASEGR"].fillna(0)).fillna(False)
    table["TRTEMFL"] = np.where(worse, "Y", "")
    return table


def of_events(events: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject and reported term: the worst treatment-emergent event.

    events: rows of `grade_events`. WORST is the possible grades of the worst event as text
    (`3|4`), MAXGR and MINGR its bounds; RELATED is Y if any event is related or unattributed.
    """
    during = events[events["TRTEMFL"].ne("N")].assign(
        TERM=lambda f: f["AEDECOD"].fillna(f["AETERM"]),
        SOC=lambda f: f["AEBODSYS"].fillna("(no system organ class)"),
        MAXGR=lambda f: highest(f["POSSIBLE"]),
        MINGR=lambda f: lowest(f["POSSIBLE"]),
        RELATED=lambda f: np.where(f["REL"].eq("N"), "", "Y"),
        SERIOUS=lambda f: f["AESER"].fillna(""),
    )
    keys = ["USUBJID", "SOC", "TERM"]
    ordered = during.sort_values([*keys, "MAXGR", "MINGR", "KEY"])
    table = ordered.groupby(keys).agg(
        WORST=("POSSIBLE", "last"), MAXGR=("MAXGR", "last"), MINGR=("MINGR", "last"),
        RELATED=("RELATED", "max"), SERIOUS=("SERIOUS", "max"), EVENTS=("KEY", "size"),
    )  # fmt: skip
    return table.reset_index()
