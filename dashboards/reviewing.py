"""Marking rows as reviewed: those that somebody selected, or all that are listed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboards.acts import Doing, act
from dashboards.components import listing, reviewed
from dashboards.i18n import t
from dashboards.page import COMMITTEE, MONITORS, Roles
from dashboards.view import View
from safety.errors import WrongUseError
from safety.review import mark as review
from safety.review.mark import MAX_MARKED, State

MARKERS: Roles = COMMITTEE | MONITORS
SELECTED, LISTED = "review", "review-listed"  # the acts
Rows = Sequence[tuple[str, str]]  # key and hash


def selected(rows: Any) -> str:
    """Return what a grid says is selected as a field of the act: JSON of keys and hashes.

    Raises WrongUseError for none, and for what is no row.
    """
    given = rows if isinstance(rows, list) else []
    pairs = [(row.get("KEY"), row.get("ROW_HASH")) for row in given if isinstance(row, dict)]
    if not pairs:
        raise WrongUseError("no row is selected: tick the rows that you have looked at.")
    if len(pairs) > MAX_MARKED or not all(isinstance(x, str) for pair in pairs for x in pair):
        raise WrongUseError(f"select 1 to {MAX_MARKED:,} rows of the listing.")
    return json.dumps(pairs)


@act(SELECTED, MARKERS)
def mark_selected(doing: Doing) -> str:
    """Mark the selected rows as reviewed, or take their marks back (field `to`)."""
    rows = [(str(key), str(row_hash)) for key, row_hash in json.loads(doing.value("rows") or "[]")]
    to: State = "unreviewed" if doing.value("to") == "unreviewed" else "reviewed"
    return _mark(doing, rows, to)


@act(LISTED, MARKERS)
def mark_listed(doing: Doing) -> str:
    """Mark all rows that are listed, and are not reviewed as they are, as reviewed.

    The snapshot and the number of rows that somebody looked at come with the form: where either is
    another by now, nothing is marked.
    """
    rows = open_rows(doing.view, doing.of)
    snapshot_id = doing.view.shot.snapshot_id
    if doing.value("snapshot") != snapshot_id or doing.value("rows") != str(len(rows)):
        raise WrongUseError(
            "the rows are others than when the page was opened: open it again and look at them. "
            "Nothing was marked."
        )
    pairs = zip(rows["KEY"], rows["ROW_HASH"], strict=True)
    return _mark(doing, [(str(key), str(row_hash)) for key, row_hash in pairs], "reviewed")


def open_rows(view: View, name: str) -> pd.DataFrame:
    """Return KEY and ROW_HASH of the rows that are listed and are not reviewed as they are."""
    found = reviewed.listed(view, listing.asked(_listing(name), view))
    return found[found["REVIEW"].ne("reviewed")]


def _mark(doing: Doing, rows: Rows, to: State) -> str:
    view: View = doing.view
    done = review.mark(
        view.settings, view.shot.study, _listing(doing.of).table, rows, view.person.account.name,
        doing.now, view.shot.snapshot_id, to,
    )  # fmt: skip
    if to == "unreviewed":
        return t("The mark of {n} rows is taken back.", n=f"{done:,}")
    return t("{n} rows are marked as reviewed.", n=f"{done:,}")


def _listing(name: str) -> listing.Listing:
    found = listing.LISTINGS.get(name)
    if found is None or not found.reviewed:
        raise WrongUseError("this listing has no state of review.")
    return found
