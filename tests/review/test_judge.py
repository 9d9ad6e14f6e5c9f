"""What the state of review of a row is: each state where it holds, and where it does not."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.review.judge import MARKS, judge

MARK = ("A", "h2", "reviewed", "lee", "2024-04-03T09:00:00+00:00")
WHO = ("lee", "2024-04-03T09:00:00+00:00")
NOBODY = ("", "")


def judged(mark: tuple[str, ...] | None, before: str | None, *, meeting: bool = True):
    """The state of row A, whose hash is h2; before: its hash at the meeting before."""
    marks = pd.DataFrame([mark] if mark else [], columns=list(MARKS), dtype="str")
    rows = pd.DataFrame({"KEY": ["A"], "ROW_HASH": ["h2"]})
    then = [("A", before)] if before else []
    was = pd.DataFrame(then, columns=["KEY", "ROW_HASH"], dtype="str") if meeting else None
    [told] = judge(rows, marks, was).itertuples(index=False, name=None)
    return told[1:]


@pytest.mark.parametrize(
    ("mark", "before", "expected"),
    [
        (None, None, ("new", *NOBODY)),
        (None, "h1", ("changed", *NOBODY)),
        (None, "h2", ("unreviewed", *NOBODY)),
        (MARK, None, ("reviewed", *WHO)),
        (MARK, "h1", ("reviewed", *WHO)),
        (("A", "h1", *MARK[2:]), "h2", ("changed", *WHO)),
        (("A", "h1", *MARK[2:]), None, ("changed", *WHO)),
        (("A", "h2", "unreviewed", *MARK[3:]), "h2", ("unreviewed", *NOBODY)),
        (("A", "h2", "unreviewed", *MARK[3:]), None, ("new", *NOBODY)),
        (("B", "h2", *MARK[2:]), "h2", ("unreviewed", *NOBODY)),
    ],
)
def test_a_row_is_in_one_state(mark, before, expected) -> None:
    assert judged(mark, before) == expected


def test_without_a_meeting_before_nothing_is_new() -> None:
    assert judged(None, None, meeting=False) == ("unreviewed", *NOBODY)
    assert judged(MARK, None, meeting=False) == ("reviewed", *WHO)


def test_no_rows_have_no_states() -> None:
    none = pd.DataFrame(columns=["KEY", "ROW_HASH"], dtype="str")
    marks = pd.DataFrame(columns=list(MARKS), dtype="str")
    assert judge(none, marks, none).columns.tolist() == ["KEY", "REVIEW", "REVIEWER", "REVIEWED_AT"]
