"""Worst treatment-emergent grade of each subject and term, measured and reported apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.grades import highest, lowest

KEYS = ["USUBJID", "TERM", "DIRECTION"]


def of_measurements(grades: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject, term and direction seen after the first dose.

    WORSTGR: highest grade known; BASEGR: grade of that value's baseline, <NA> if none. WORSTPOS:
    highest grade any unknown number still allows. TEGR: highest grade of a value that is worse
    than its own baseline, <NA> if none is. UNGRADED: values without a grade, counted
    beside every figure that leaves them out. TRTEMFL: Y if any value is worse than its baseline;
    where the baseline has no grade, any grade above 0 counts as worse.
    """
    after = grades[grades["TRTEMFL"].eq("Y")].assign(TOP=lambda f: highest(f["NUMPOSS"]))
    after["WORSE"] = after["ATOXGR"].gt(after["BTOXGR"].fillna(0)).fillna(False).astype(bool)
    # the worst value last; of equal ones that with the lowest baseline, so that change shows
    after = after.sort_values(
        [*KEYS, "ATOXGR", "BTOXGR", "KEY"], ascending=[True] * 4 + [False, True],
        na_position="first",
    )  # fmt: skip
    table = after.groupby(KEYS).agg(
        SOC=("SOC", "first"), WORSTGR=("ATOXGR", "max"), WORSTPOS=("TOP", "max"),
        VALUES=("ATOXGR", "size"), GRADED=("ATOXGR", "count"), WORSE=("WORSE", "max"),
    ).reset_index()  # fmt: skip
    base = after.drop_duplicates(KEYS, keep="last")[[*KEYS, "BTOXGR"]]
    table = table.merge(base, on=KEYS, validate="one_to_one").rename(columns={"BTOXGR": "BASEGR"})
    table["UNGRADED"] = table["VALUES"] - table["GRADED"]
    emergent = after[after["WORSE"]].groupby(KEYS)["ATOXGR"].max().rename("TEGR").reset_index()
    table = table.merge(emergent, on=KEYS, how="left", validate="one_to_one")
    table["TRTEMFL"] = np.where(table.pop("WORSE"), "Y", "")
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
