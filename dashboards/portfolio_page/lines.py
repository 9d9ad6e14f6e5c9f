"""The table of the portfolio: a row a study, each number a link to its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboards.address import Address
from dashboards.decision_page import words
from dashboards.i18n import mark, t
from dashboards.portfolio_page.read import Of
from dashboards.shown import Column, Href, Shown
from safety.report.portfolio import TIERS

MEETINGS = {
    "planned": mark("a meeting is planned for {day}"), "open": mark("a meeting is open ({day})"),
}  # fmt: skip
VERDICTS = {
    "DLT": mark("DLT"), "PENDING": mark("Pending"), "INDETERMINATE": mark("Cannot be judged"),
}  # fmt: skip


def shown(found: Sequence[Of]) -> Shown:
    """Return the table of the studies."""
    rows = [_row(each) for each in sorted(found, key=_asks)]
    columns = _columns()
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    note = t("{n} studies. Counts of subjects are of the newest snapshot; alerts, queries, held "
             "rows and decisions are as they stand now. What asks for somebody most comes first.",
             n=len(rows))  # fmt: skip
    return Shown(t("Your studies"), frame, columns, note, groups=_groups())


def _asks(each: Of) -> tuple[int, int, int, str]:
    """Return by what studies stand in order: what asks for the committee most comes first."""
    line = each.line
    return -line.in_question, -line.overdue, -line.alerts["P1"], line.newest.study


def _row(each: Of) -> dict[str, Any]:
    line, newest = each.line, each.line.newest
    verdicts = newest.summary.get("verdicts", {})
    return {
        "STUDY": newest.study, "TITLE": _title(newest.header), "AS_OF": _age(each),
        "FEEDS": _feeds(each), "TREATED": newest.summary.get("treated", 0),
        **{name: verdicts.get(name, 0) for name in VERDICTS},
        **line.alerts, "OVERDUE": line.overdue, "QUERIES": line.queries, "HELD": line.held_rows,
        "QUESTION": line.in_question, "SAYS": _says(each), "DUE": "; ".join(_due(each)),
    }  # fmt: skip


def _title(header: Mapping[str, Any]) -> str:
    phase, title = header.get("phase", ""), header.get("title", "")
    return f"{phase}: {title}" if phase else str(title)


def _age(each: Of) -> str:
    told = t("{day}, {n} days ago", day=each.line.newest.as_of, n=f"{each.age:,}")
    if each.is_closed:
        return t("{told} (closed)", told=told)
    return t("{told}: LATE", told=told) if each.is_old else told


def _feeds(each: Of) -> str:
    said = []
    if each.line.held:
        said.append(t("HELD: {feeds}", feeds=", ".join(each.line.held)))
    if each.late:
        said.append(t("LATE: {feeds}", feeds=", ".join(each.late)))
    return "; ".join(said) or t("complete")


def _says(each: Of) -> str:
    """Return what the design says; that nothing was asked of it looks like neither."""
    if each.is_left:
        return t("not worked out here: open the page")
    if each.is_unread:
        return t("cannot be worked out: this version cannot read the study")
    if each.advised is None:
        return t("no dose escalation")
    found = each.advised.found
    if found.action is None:
        return t(words.NOTHING[found.status])
    return f"{words.verb(found.action, found.level)} ({found.status})"


def _due(each: Of) -> list[str]:
    said = []
    if each.line.proposals:
        said.append(t("{n} proposals wait for a second person", n=each.line.proposals))
    if each.advised and each.advised.found.status == "paused":
        said.append(t("the committee must sign before anybody is enrolled"))
    if each.advised and each.advised.found.action is not None:
        said.append(t("a recommendation can be decided on"))
    return said + [t(MEETINGS[state], day=day) for state, day in each.line.meetings]


def _to(path: str, **asked: str) -> Href:
    """Return what makes the link of a row to a page of its study."""
    return lambda row: Address(path, str(row["STUDY"]), asked=asked).here()


def _columns() -> tuple[Column, ...]:
    return (
        Column("STUDY", t("Study"), href=_to("/decision")),
        Column("AS_OF", t("Data as of"), href=_to("/changes")),
        Column("FEEDS", t("Feeds"), href=_to("/data")),
        Column("SAYS", t("The design says"), href=_to("/decision")),
        Column("DUE", t("Decision due"), href=_to("/meeting")),
        Column("QUESTION", t("Decisions in question"), "count", href=_to("/decision")),
        *(Column(tier, tier, "count", href=_to("/alerts", state="current", tier=tier))
          for tier in TIERS),
        Column("OVERDUE", t("Overdue"), "count", href=_to("/alerts", state="overdue")),
        Column("TREATED", t("Treated"), "count", href=_to("/decision")),
        *(Column(name, t(word), "count", href=_to("/rows", table="verdict", verdict=name))
          for name, word in VERDICTS.items()),
        Column("QUERIES", t("Open queries"), "count", href=_to("/data")),
        Column("HELD", t("Held rows"), "count", href=_to("/data")),
        Column("TITLE", t("Phase and title"), wide=True),
    )  # fmt: skip


def _groups() -> tuple[tuple[str, int], ...]:
    """Return the headers above columns, with how many each stands over."""
    alerts, subjects = len(TIERS) + 1, len(VERDICTS) + 1
    return (("", 6), (t("Alerts that are not resolved"), alerts), (t("Subjects"), subjects),
            (t("Data"), 2), ("", 1))  # fmt: skip
