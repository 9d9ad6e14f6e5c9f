"""The state of review of rows: a pure function of the rows, the marks, and how rows stood before.

reviewed: the newest mark is of the row as it is. changed: the row was reviewed and is another now,
or nobody reviewed it and it was another at the meeting before. new: nobody reviewed it, and it was
not there at the meeting before. unreviewed: every other row. A mark that was taken back counts as
none. Without a meeting before, nothing is new.
"""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

Review = Literal["new", "changed", "reviewed", "unreviewed"]
STATES: tuple[Review, ...] = get_args(Review)
MARKS = ("KEY", "ROW_HASH", "STATE", "ACTOR", "AT")


def judge(rows: pd.DataFrame, marks: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return KEY, REVIEW, REVIEWER, REVIEWED_AT of rows, in their order.

    rows: KEY, ROW_HASH. marks: the newest of each key (MARKS). before: KEY, ROW_HASH at the
    meeting before, None if there was none. REVIEWER and REVIEWED_AT are of the newest mark, "" if
    there is none; of a row that has changed they tell who reviewed it as it was.
    """
    held = marks[marks["STATE"].eq("reviewed")].set_index("KEY")
    keys = rows["KEY"]
    marked, same = keys.isin(held.index), keys.map(held["ROW_HASH"]).eq(rows["ROW_HASH"])
    there, moved = _since(rows, before)
    review = pd.Series("unreviewed", index=rows.index, dtype="str")
    review = review.mask(moved, "changed").mask(~there, "new")
    review = review.mask(marked, "changed").mask(marked & same, "reviewed")
    return pd.DataFrame({
        "KEY": keys, "REVIEW": review, "REVIEWER": keys.map(held["ACTOR"]).astype("str").fillna(""),
        "REVIEWED_AT": keys.map(held["AT"]).astype("str").fillna(""),
    })  # fmt: skip


def _since(rows: pd.DataFrame, before: pd.DataFrame | None) -> tuple[pd.Series, pd.Series]:
    """Return which rows were there at the meeting before, and which of them were others."""
    if before is None:
        yes = pd.Series(True, index=rows.index)
        return yes, ~yes
    was = rows["KEY"].map(before.set_index("KEY")["ROW_HASH"])
    return was.notna(), was.notna() & was.ne(rows["ROW_HASH"])
