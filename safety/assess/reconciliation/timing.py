"""When an event was, and whether it is over, beside the days on which values were of a grade.

Samples are days apart, so a true onset or end lies between two of them. What is said here is only
what no day between them can explain. Values count against an event only on days that no other
event of the term covers, and once the site has had time to enter a change.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from safety.assess.reconciliation.compared import said
from safety.assess.reconciliation.courses import DAY, SAME
from safety.intake.outcomes import ONGOING, RESOLVED

UNRESOLVED = 2  # a value of this grade says that an event is not over
ENOUGH = 2  # normal results before an event that goes on is asked about


class Tolerance(NamedTuple):
    """Days: how far dates may lie apart, and how long a site has to enter a change."""

    apart: int
    entered: int


def of_events(events: pd.DataFrame) -> pd.DataFrame:
    """Return one row an event: its first row's KEY, grade and dates, its last row's end.

    FIRST and LAST are the keys of those rows, FIRSTNAME and LASTNAME their EPISODE; ONDATE,
    OFFDATE: begin and end are complete dates.
    """
    ordered = events.sort_values(["EVENT", "START", "END", "KEY"])
    event = ordered.groupby("EVENT", sort=True)
    found = event.agg(
        USUBJID=("USUBJID", "first"), TERM=("TERM", "first"), FIRST=("KEY", "first"),
        LAST=("KEY", "last"), FIRSTNAME=("EPISODE", "first"), LASTNAME=("EPISODE", "last"),
        BEGAN=("BEGAN", "first"), ENDED=("ENDED", "first"),
        GOESON=("GOESON", "first"), ONDATE=("ONDATE", "first"), OFFDATE=("OFFDATE", "last"),
        AT_FIRST=("LOWEST", "first"), AT_LAST=("LOWEST", "last"), OUTCOME=("OUTCOME", "last"),
    )  # fmt: skip
    return found.reset_index()


def dates_apart(
    values: pd.DataFrame, events: pd.DataFrame, as_of: date, tolerance: Tolerance
) -> pd.DataFrame:
    """Ask of the first row of an event whether its dates can be those of its values."""
    pairs, compared = _compared(values, events, as_of, tolerance)
    compared = compared.rename(columns={"FIRST": "KEY", "FIRSTNAME": "EPISODE"})
    found = [
        *_texts(
            _began_late(pairs, tolerance),
            "told to begin {told}, but values are of grade {grade} from {day} on",
        ),
        *_texts(
            _began_early(pairs, tolerance), "told to begin {told}, but a value is normal on {day}"
        ),
        *_texts(
            _ended_late(pairs, tolerance), "told to end {told}, but values are normal from {day} on"
        ),
    ]
    return _said(compared, found)


def outcome_apart(
    values: pd.DataFrame, events: pd.DataFrame, as_of: date, tolerance: Tolerance
) -> pd.DataFrame:
    """Ask of the last row of an event whether its outcome is what values show."""
    pairs, compared = _compared(values, events, as_of, tolerance)
    compared = compared.rename(columns={"LAST": "KEY", "LASTNAME": "EPISODE"})
    found = [
        *_texts(
            _not_over(pairs, tolerance),
            "told to be resolved on {told}, but a value is of grade {grade} on {day}",
        ),
        *_texts(_over(pairs, tolerance), "told to go on, but values are normal from {day} on"),
    ]
    return _said(compared, found)


def _compared(
    values: pd.DataFrame, events: pd.DataFrame, as_of: date, tolerance: Tolerance
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return values beside the events they are compared with, and those events."""
    told = of_events(events)
    pairs = _beside(told, values, as_of, tolerance)
    return pairs, told[told["EVENT"].isin(pairs["EVENT"])]


def _said(compared: pd.DataFrame, found: list[tuple[str, str]]) -> pd.DataFrame:
    texts: dict[str, list[str]] = {}
    for event, text in found:
        texts.setdefault(event, []).append(text)
    wrong = compared[compared["EVENT"].isin(texts)]
    return said(compared, wrong, ["; ".join(texts[e]) for e in wrong["EVENT"]])


def _beside(
    told: pd.DataFrame, values: pd.DataFrame, as_of: date, tolerance: Tolerance
) -> pd.DataFrame:
    """Return events beside the days of their values that the site has had time to react to.

    GRADE: the worst of the day. ELSEWHERE: another event of the term covers the day, or nearly.
    """
    known = values[values["KNOWN"] & values["POSTFL"].eq("Y")]
    last = np.datetime64(as_of, "D") - tolerance.entered * DAY
    daily = known[known["DAY"].le(last)].groupby([*SAME, "DAY"], as_index=False)
    days = daily.agg(GRADE=("GRADE", "max"), BASE=("BASE", "max"))
    pairs = told.merge(days, on=SAME).sort_values(["EVENT", "DAY"], ignore_index=True)
    others = told[[*SAME, "EVENT", "BEGAN", "ENDED"]].rename(
        columns={"EVENT": "OTHER", "BEGAN": "OTHERBEGAN", "ENDED": "OTHERENDED"}
    )
    both = pairs.reset_index().merge(others, on=SAME)
    near = tolerance.apart * DAY
    covers = both["OTHER"].ne(both["EVENT"]) & both["DAY"].between(
        both["OTHERBEGAN"] - near, both["OTHERENDED"] + near
    )
    elsewhere = set(both.loc[covers, "index"])
    return pairs.assign(ELSEWHERE=pairs.index.isin(elsewhere))


def _texts(rows: pd.DataFrame, template: str) -> list[tuple[str, str]]:
    return [
        (r["EVENT"], template.format(told=_day(r["TOLD"]), day=_day(r["DAY"]), grade=r["GRADE"]))
        for r in rows.to_dict("records")
    ]


def _day(moment: pd.Timestamp) -> str:
    return moment.strftime("%Y-%m-%d")


def _began_late(pairs: pd.DataFrame, tolerance: Tolerance) -> pd.DataFrame:
    """Values of the event's first grade well before it, with no lower one up to its begin."""
    before = pairs[pairs["ONDATE"] & pairs["DAY"].lt(pairs["BEGAN"])]
    bad = before["GRADE"].ge(before["AT_FIRST"]) & before["GRADE"].gt(before["BASE"])
    bad &= ~before["ELSEWHERE"]
    # from the back: how many of the values up to the begin were bad without a break
    back = before[::-1]
    unbroken = bad[::-1].groupby(back["EVENT"]).cummin().astype(bool)
    run = back[unbroken][::-1].groupby("EVENT", as_index=False).first()
    return run[run["DAY"] < run["BEGAN"] - tolerance.apart * DAY].assign(TOLD=lambda r: r["BEGAN"])


def _began_early(pairs: pd.DataFrame, tolerance: Tolerance) -> pd.DataFrame:
    """A normal value well after the begin, before any that is not normal."""
    after = pairs[pairs["ONDATE"] & pairs["DAY"].ge(pairs["BEGAN"])]
    after = after[after["DAY"].le(after["ENDED"])]
    so_far = after["GRADE"].eq(0).groupby(after["EVENT"]).cummin().astype(bool)
    normal = after[so_far].groupby("EVENT", as_index=False).last()
    has_grade = after.loc[after["GRADE"].ge(1), "EVENT"]
    normal = normal[normal["EVENT"].isin(has_grade)]
    late = normal["DAY"] > normal["BEGAN"] + tolerance.apart * DAY
    return normal[late].assign(TOLD=lambda r: r["BEGAN"])


def _ended_late(pairs: pd.DataFrame, tolerance: Tolerance) -> pd.DataFrame:
    """Normal values up to the end, the first of them well before it."""
    over = pairs[pairs["OFFDATE"] & ~pairs["GOESON"]]
    normal = _normal_at_last(over[over["DAY"].between(over["BEGAN"], over["ENDED"])])
    late = normal["DAY"] < normal["ENDED"] - tolerance.apart * DAY
    return normal[late].assign(TOLD=lambda r: r["ENDED"])


def _over(pairs: pd.DataFrame, tolerance: Tolerance) -> pd.DataFrame:
    """An event that goes on, of which the newest values are normal and have been for long."""
    on = pairs[pairs["GOESON"] & pairs["OUTCOME"].isin(ONGOING) & pairs["DAY"].ge(pairs["BEGAN"])]
    normal = _normal_at_last(on)
    long = normal["LASTDAY"] >= normal["DAY"] + tolerance.apart * DAY
    return normal[long & normal["TIMES"].ge(ENOUGH)].assign(TOLD=lambda r: r["BEGAN"])


def _normal_at_last(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the first of the normal values with which the rows of an event end.

    Only after a value that was not normal. TIMES: how many there are; LASTDAY: of the last.
    """
    back = rows[::-1]
    at_last = back["GRADE"].eq(0).groupby(back["EVENT"]).cummin().astype(bool)
    normal = back[at_last][::-1]
    found = normal.groupby("EVENT", as_index=False).first()
    of = normal.groupby("EVENT")["DAY"].agg(TIMES="size", LASTDAY="max").reset_index()
    seen = set(rows.loc[rows["GRADE"].ge(1), "EVENT"])
    return found[found["EVENT"].isin(seen)].merge(of, on="EVENT")


def _not_over(pairs: pd.DataFrame, tolerance: Tolerance) -> pd.DataFrame:
    """A value that is not resolved well after the end, with no better one between."""
    over = pairs[pairs["OUTCOME"].isin(RESOLVED) & pairs["OFFDATE"] & ~pairs["GOESON"]]
    # values shortly before the end count too: one that was better then is the end
    after = over[over["DAY"].ge(over["ENDED"] - tolerance.apart * DAY)]
    bad = after["GRADE"].ge(UNRESOLVED) & after["GRADE"].gt(after["BASE"]) & ~after["ELSEWHERE"]
    unbroken = bad.groupby(after["EVENT"]).cummin().astype(bool)
    last = after[unbroken].groupby("EVENT", as_index=False).last()
    return last[last["DAY"] > last["ENDED"] + tolerance.apart * DAY].assign(
        TOLD=lambda r: r["ENDED"]
    )
