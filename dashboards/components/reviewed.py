"""Which rows of a listing somebody has looked at: in words, and as a choice of rows.

A mark is of a row as it was: of a row that has changed since, the listing says so.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.i18n import mark, t
from dashboards.shown import Column
from dashboards.view import View
from safety.displays.population import texts
from safety.meetings import read as meetings
from safety.meetings.read import Last
from safety.review.judge import STATES, Review
from safety.review.states import states
from safety.rows import page as rows
from safety.rows.asked import Asked, Condition

NAME = "REVIEW"  # the column
ASKED = "review"  # what the address asks, by name
OPEN = "open"  # every state but reviewed
WANTED = {OPEN, *STATES}
MOST = 10_000  # rows whose state is looked at one by one: a condition takes no more keys
WORDS: dict[Review, str] = {
    "new": mark("new since the last meeting"), "changed": mark("changed"),
    "reviewed": mark("reviewed"), "unreviewed": mark("not reviewed"),
}  # fmt: skip


def column() -> Column:
    """Return the column that says the state of a row."""
    return Column(NAME, t("Review"))


def last(view: View) -> Last | None:
    """Return the last closed meeting, None if there is none or it looked at later data."""
    with view.connection() as connection:
        found = meetings.last(connection, view.shot.study)
    return found if found and found.seq <= view.shot.seq else None


def told(view: View, table: str, got: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a table (KEY, ROW_HASH) with the state of each in words as NAME."""
    return got.assign(**{NAME: [_said(row) for row in _states(view, table, got).itertuples()]})


def _states(view: View, table: str, got: pd.DataFrame) -> pd.DataFrame:
    before = last(view)
    with view.connection() as connection:
        return states(connection, view.shot.cut, table, got, before.seq if before else None)


def _said(row: Any) -> str:
    when = {"who": row.REVIEWER, "at": row.REVIEWED_AT[:16].replace("T", " ")}
    if row.REVIEW == "reviewed":
        return t("reviewed by {who}, {at} UTC", **when)
    if row.REVIEW == "changed" and row.REVIEWER:
        return t("changed since {who} reviewed it, {at} UTC", **when)
    if row.REVIEW == "changed":
        return t("changed since the last meeting")
    return t(WORDS[row.REVIEW])


def judged(view: View, asked: Asked) -> pd.DataFrame:
    """Return KEY, ROW_HASH and REVIEW (a state) of all rows that are asked for.

    Raises WrongUseError for more than MOST rows.
    """
    with view.connection(asked.table) as connection:
        chunks = list(rows.every(connection, asked, MOST))
    got = texts(pd.concat(chunks, ignore_index=True)[["KEY", "ROW_HASH"]])
    return got.assign(REVIEW=_states(view, asked.table, got)["REVIEW"].to_numpy())


def listed(view: View, asked: Asked) -> pd.DataFrame:
    """Return those of `judged` in the state that the address asks for; all if it asks for none."""
    found, wanted = judged(view, asked), view.address.get(ASKED)
    if wanted not in WANTED:
        return found
    done = found["REVIEW"].eq("reviewed")
    return found[~done if wanted == OPEN else found["REVIEW"].eq(wanted)]


def condition(view: View, asked: Asked) -> tuple[Condition, ...]:
    """Return what chooses the rows in the state that the address asks for; none if it asks none."""
    if view.address.get(ASKED) not in WANTED:
        return ()
    return (Condition("KEY", "in", tuple(listed(view, asked)["KEY"])),)
