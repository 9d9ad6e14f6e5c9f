"""One event told twice (fault 4), and rows of one event that follow each other (fault 15)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake import dates
from safety.intake.outcomes import RESOLVED
from safety.intake.texts import said

SAME = ["USUBJID", "TERM"]
# What of an event develops while it lasts: sites write a new row when one of them changes.
DEVELOPS = ["GRADE", "AESEV", "AEOUT", "AESER"]
_OPEN = np.datetime64("9999-12-31", "D")  # ends of rows that go on, for ordering
COMPARED = 30  # rows of one term and subject before a row: no feed may make this quadratic


def duplicates(frame: pd.DataFrame, everyone: pd.DataFrame) -> pd.Series:
    """Return a comparison: the row entered later of two events of one term that overlap.

    everyone: the events of all files. Rows of one AEGRPID are one event, and so are rows that
    follow each other; a copy of a row inside its group is told twice all the same. Without groups,
    rows of one start that differ in grade, severity, outcome or seriousness are how one event
    developed. Only what surely overlaps counts: of a partial date, the narrowest reading.
    """
    found = _pairs(_rows(everyone))
    text = "same term at the same time as " + found["OTHER"]
    texts = pd.Series(text.to_numpy(), index=found["KEY"], dtype="str")
    texts = texts[~texts.index.duplicated()]
    is_dated = frame["STDTMAX"].notna() & _term(frame).ne("")
    return frame["KEY"].map(texts).astype("str").fillna("").where(is_dated)


def is_followed(frame: pd.DataFrame, everyone: pd.DataFrame) -> pd.Series:
    """Return which rows another row of the event follows: it begins as this ends or the day after.

    Such a row ends because the grade changed, not because the event was over.
    """
    return frame["KEY"].isin(set(_followed(everyone)["KEY"]))


def is_resolved_later(frame: pd.DataFrame, everyone: pd.DataFrame) -> pd.Series:
    """Return which rows another row of the event tells again, as resolved, with the same dates.

    Sites without AEGRPID write a new row when the outcome changes: the older one only stands.
    """
    rows, dated = _rows(everyone), [*SAME, "START", "END"]
    over = pd.MultiIndex.from_frame(rows.loc[rows["AEOUT"].isin(RESOLVED), dated])
    again = pd.MultiIndex.from_frame(rows[dated]).isin(over) & ~rows["AEOUT"].isin(RESOLVED)
    return frame["KEY"].isin(set(rows.loc[again & rows["GRPID"].eq(""), "KEY"]))


def over_but_goes_on(frame: pd.DataFrame, everyone: pd.DataFrame) -> pd.Series:
    """Say of rows told as resolved that the event went on: its next row overlaps or is alike.

    Rows of one AEGRPID are one event. That a row ends as one of another grade begins is how grades
    are told.
    """
    rows = _rows(everyone)
    rows = rows[rows["GRPID"].ne("")].sort_values(["USUBJID", "GRPID", "START", "END", "ORDER"])
    following = rows.groupby(["USUBJID", "GRPID"])[["START", "END", "GRADE"]].shift(-1)
    overlaps = following["START"].lt(rows["END"]) & following["END"].gt(rows["END"])
    touches = following["START"].le(rows["END"] + np.timedelta64(1, "D"))
    alike = following["START"].ge(rows["END"]) & following["GRADE"].eq(rows["GRADE"])
    goes_on = rows["END"].ne(_OPEN) & (overlaps | (touches & alike))
    return said(
        frame["KEY"].isin(set(rows.loc[goes_on, "KEY"])),
        "is told as resolved, but its next row goes on",
        where=frame["AEOUT"].isin(RESOLVED) & frame["GRPID"].notna() & frame["ENDTC"].notna(),
    )


def _followed(everyone: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of rows of a term of which the second begins as the first ends or a day later.

    Columns of the first, and ORDER_NEXT of the second.
    """
    rows = _rows(everyone)
    ends = rows[rows["END"].ne(_OPEN)]
    found = []
    for later in (0, 1):
        begins = rows[[*SAME, "ORDER", "START"]]
        at = ends.assign(START=ends["END"] + np.timedelta64(later, "D"))
        both = at.merge(begins, on=[*SAME, "START"], suffixes=("", "_NEXT"))
        found.append(both[both["ORDER"].ne(both["ORDER_NEXT"])])
    return pd.concat(found)


def _term(frame: pd.DataFrame) -> pd.Series:
    return frame["AEDECOD"].fillna(frame["AETERM"]).fillna("").str.strip().str.casefold()


def _rows(events: pd.DataFrame) -> pd.DataFrame:
    """Return rows with START and END as days, in the order in which they were entered."""
    start, end = dates.days(events["STDTMAX"]), dates.days(events["ENDTMIN"])
    number = pd.to_numeric(events["AESEQ"], errors="coerce").fillna(np.inf)
    rows = pd.DataFrame(
        {
            "KEY": events["KEY"].to_numpy(), "USUBJID": events["USUBJID"].to_numpy(),
            "TERM": _term(events).to_numpy(), "GRADE": events["AETOXGR"].fillna("").to_numpy(),
            "GRPID": events["GRPID"].fillna("").to_numpy(),
            **{c: events[c].fillna("").to_numpy() for c in DEVELOPS[1:]},
            "START": start, "END": np.where(np.isnat(end), _OPEN, end), "NUMBER": number.to_numpy(),
        }
    ).sort_values("NUMBER", kind="stable", ignore_index=True)  # fmt: skip
    rows["ORDER"] = np.arange(len(rows))
    known = rows["START"].notna() & rows["USUBJID"].notna() & rows["TERM"].ne("")
    return rows[known]


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return KEY and OTHER of rows that overlap: the one entered later, and the earlier.

    By start, each row is compared with those before it, up to COMPARED.
    """
    rows = rows.sort_values([*SAME, "START", "END", "ORDER"], ignore_index=True)
    place = rows.groupby(SAME, sort=False).cumcount().to_numpy()
    found = []
    for back in range(1, min(int(place.max(initial=0)), COMPARED) + 1):
        here = np.flatnonzero(place >= back)
        a, b = (rows.iloc[at].reset_index(drop=True) for at in (here - back, here))
        wrong = _overlap(a, b).to_numpy(bool)
        a, b = a[wrong], b[wrong]
        a_later = a["ORDER"] > b["ORDER"]
        later, earlier = a["KEY"].where(a_later, b["KEY"]), b["KEY"].where(a_later, a["KEY"])
        found.append(pd.DataFrame({"KEY": later, "OTHER": earlier}))
    return pd.concat(found) if found else pd.DataFrame({"KEY": [], "OTHER": []}, dtype="str")


def _overlap(a: pd.DataFrame, b: pd.DataFrame) -> pd.Series:
    """Return where two rows of a term, a not after b, are two events that surely overlap."""
    twice = a["START"].eq(b["START"]) & a["END"].eq(b["END"])
    follows = b["START"].ge(a["END"])
    alike = ((a[DEVELOPS] == b[DEVELOPS]) | a[DEVELOPS].eq("") | b[DEVELOPS].eq("")).all(axis=1)
    has_group = a["GRPID"].ne("") | b["GRPID"].ne("")
    one_event = has_group & a["GRPID"].eq(b["GRPID"]) & ~(twice & alike)
    # without groups: a row without an end, and another grade from a later day, may be one event
    # whose end was not entered
    changed = a["END"].eq(_OPEN) & a["START"].lt(b["START"]) & a["GRADE"].ne(b["GRADE"])
    developed = a["START"].eq(b["START"]) & ~alike
    return (twice | ~follows) & ~one_event & ~((changed | developed) & ~has_group)
