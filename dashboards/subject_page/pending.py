"""What is still open of the subject, with the dates by which it decides itself or is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import verdicts
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.subject_page import evidence, whose
from dashboards.view import View
from safety.worklist.items import items
from safety.worklist.life import Item, Kind

Known = Mapping[tuple[Kind, str], Item]
NAME = "subject-pending"
COLUMNS = ["BY", "SINCE", "KIND", "WHAT", "RULES", "STATE", "HREF"]
RULE, ASSESSMENT = mark("question of a rule"), mark("assessment")
QUERY, HELD = mark("query"), mark("held row")
WAITING = {"due": mark("due"), "not_due": mark("not due yet"), "late": mark("late"),
           "missed": mark("missed")}  # fmt: skip


@shown(NAME)
def pending(view: View) -> Shown:
    """Return what is open, by date."""
    usubjid = whose.subject(view)
    known = {(i.kind, i.key): i for i in _items(view, usubjid)}
    rows = [
        *_rules(view, usubjid), *_assessments(view, usubjid), *_queries(view, usubjid, known),
        *_held(view, usubjid, known),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    late = frame.assign(LAST=frame["BY"].where(frame["BY"].ne(""), "9999"))
    return Shown(
        t("Pending"),
        late.sort_values(["LAST", "SINCE", "KIND", "WHAT"]).drop(columns="LAST"),
        (
            Column("BY", t("By")), Column("SINCE", t("Since")), Column("KIND", t("Kind")),
            Column("WHAT", t("What is open"), href=lambda row: str(row["HREF"]), wide=True),
            Column("RULES", t("Rule or check")), Column("STATE", t("State")),
        ),
        note=t("open questions, assessments, queries and held rows; the states of queries and "
               "held rows are those of now"),
        none=t("Nothing is open."),
    )  # fmt: skip


def _items(view: View, usubjid: str) -> list[Item]:
    with view.connection("work_item") as connection:
        return [i for i in items(connection, view.shot.study) if i.usubjid == usubjid]


def _rules(view: View, usubjid: str) -> list[dict[str, Any]]:
    """Return what rules wait for or lack, a line for what decides several of them."""
    asked: dict[tuple[str, str], list[str]] = {}
    for row in view.frame("rule_result", usubjid=usubjid).to_dict("records"):
        by = verdicts.given(row["SETTLESBY"])
        by = by if by >= view.shot.as_of else ""
        if row["STATE"] == "not_evaluable":
            what = "; ".join(verdicts.items(row["MISSING"]))
            asked.setdefault((by, what), []).append(row["RULE"])
    href = raw.href(view, "rule_result", subject=view.handle(usubjid), state="not_evaluable")
    return [
        {"BY": by, "SINCE": "", "KIND": t(RULE), "WHAT": what, "RULES": ", ".join(rules),
         "STATE": t("open") if by else t("undecided: no date settles it"), "HREF": href}
        for (by, what), rules in asked.items()
    ]  # fmt: skip


def _assessments(view: View, usubjid: str) -> list[dict[str, Any]]:
    told = view.frame("surveillance", usubjid=usubjid)
    href = raw.href(view, "measurement", subject=view.handle(usubjid))
    return [
        {"BY": verdicts.given(r.DUEBY), "SINCE": "", "KIND": t(ASSESSMENT),
         "WHAT": f"{r.ASSESSMENT}, {r.DUEWINDOW}", "RULES": "",
         "STATE": t(WAITING.get(r.STATUS, r.STATUS)), "HREF": href}
        for r in told[told["STATUS"].ne("done")].itertuples(index=False)
    ]  # fmt: skip


def _queries(view: View, usubjid: str, known: Known) -> list[dict[str, Any]]:
    of = evidence.records(view, usubjid)
    return [
        _worked(known.get(("query", row["KEY"])), view)
        | {"KIND": t(QUERY), "RULES": row["CHECKID"], "HREF": of.href(evidence.first(row)),
           "WHAT": _asked(row["TEXT"], row)}
        for row in view.frame("query", usubjid=usubjid).to_dict("records")
    ]  # fmt: skip


def _asked(text: str, row: dict[str, Any]) -> str:
    """Return what a query asks: its first line, what it lists, and where the first of it stands."""
    first, *others = text.splitlines() or [""]
    listed = "; ".join(line.removeprefix("- ") for line in others if line.startswith("- "))
    found = verdicts.evidence(row)
    place = f"({evidence.said_place(found[0])})" if found else ""
    return " ".join(part for part in (first, listed, place) if part)


def _held(view: View, usubjid: str, known: Known) -> list[dict[str, Any]]:
    told = view.frame("quarantine", usubjid=usubjid)
    return [
        _worked(known.get(("held_row", row["KEY"])), view)
        | {"KIND": t(HELD), "RULES": row["CHECKS"], "HREF": "",
           "WHAT": f"{row['DOMAIN']}: {row['REASON']} "
                   f"({t('{file}, row {row}', file=row['SRCFILE'], row=row['SRCROW'])})"}
        for row in told.to_dict("records")
    ]  # fmt: skip


def _worked(item: Item | None, view: View) -> dict[str, str]:
    """Return since when an item is there, and what people have done with it."""
    if item is None:
        return {"BY": "", "SINCE": "", "STATE": t("not in the work list")}
    days = (date.fromisoformat(view.shot.as_of) - date.fromisoformat(item.first_as_of)).days
    whom = f", {item.owner}" if item.owner else ""
    age = t("{n} days", n=max(days, 0))
    return {"BY": "", "SINCE": item.first_as_of, "STATE": f"{item.state}, {age}{whom}"}
