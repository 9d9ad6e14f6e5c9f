"""Seriousness beside the grade: a life-threatening event is of grade 4, a fatal one of grade 5.

ICH E2A section II.B names the criteria; the general scale of CTCAE 5.0 says which grade they imply.
An event that puts someone in hospital is hardly mild, but may be: grade 1 is asked about.
"""

from __future__ import annotations

import pandas as pd

# criterion: the lowest grade that goes with it, what it says
IMPLIES = {
    "AESDTH": (5, "results in death"),
    "AESLIFE": (4, "life-threatening"),
    "AESHOSP": (2, "in hospital for it"),
}
FLAGS = ["AESER", "AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"]
MAX_SHOWN = 20  # characters of a flag


def grade_too_low(frame: pd.DataFrame, everyone: pd.DataFrame) -> pd.Series:
    """Say of events whose highest grade is lower than a criterion of seriousness implies.

    Rows of one AEGRPID are one event. One of which a grade is missing is not judged.
    """
    event = _event(everyone)
    grade = everyone["AETOXGRN"].groupby(event)
    highest, known = grade.max(), grade.count().eq(grade.size())
    own = _event(frame)
    reached = own.map(highest.where(known)).astype("float64")
    text = pd.Series("", index=frame.index, dtype="str")
    judged = pd.Series(False, index=frame.index)
    for criterion, (least, words) in IMPLIES.items():
        told = frame[criterion].eq("Y").fillna(False) & reached.notna()
        wrong = told & reached.lt(least) & text.eq("")
        said = f"{words} ({criterion}), but of grade " + reached.map("{:g}".format).astype("str")
        text, judged = text.mask(wrong, said), judged | told
    return text.where(judged)


def unknown_flags(frame: pd.DataFrame) -> pd.Series:
    """Say of events whose seriousness, or a criterion of it, is told as neither Y nor N."""
    text, told = pd.Series("", index=frame.index, dtype="str"), frame[FLAGS].notna().any(axis=1)
    for flag in FLAGS:
        odd = frame[flag].notna() & ~frame[flag].isin(["Y", "N"])
        said = f"{flag} is " + frame[flag].str.slice(0, MAX_SHOWN)
        text = text.mask(odd, text.where(text.eq(""), text + ", ") + said.fillna(""))
    return text.where(told)


def _event(events: pd.DataFrame) -> pd.Series:
    group = events["USUBJID"].fillna("") + "\x00" + events["GRPID"]
    return group.fillna(events["KEY"])
