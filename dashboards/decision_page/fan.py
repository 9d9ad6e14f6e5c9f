"""The fan: what the design would say for every way that open subjects can turn out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.decision_page import advised, words
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.escalation.fan import Branch, Range

GRID, BRANCHES, OPEN = "decision-grid", "decision-branches", "decision-open"

MOST = 12  # columns of the grid; a fan that is wider tells its branches only


@shown(GRID)
def grid(view: View) -> Shown:
    """Return the grid of the current level: DLTs down, not evaluable across."""
    found = advised.of(view)
    squares = found.found.fan.grid if found else ()
    across = sorted({square.excluded for square in squares})
    rows = [_line(found.trial.levels, squares, dlt) for dlt in sorted({s.dlt for s in squares})
            ] if found and len(across) <= MOST else []  # fmt: skip
    columns = (
        Column("DLT", t("With a DLT"), "number"),
        *(Column(str(n), t("{n} not evaluable", n=n), wide=len(across) < 5) for n in across),
    )
    level = found.found.current if found else ""
    return Shown(
        t("What can still come at {level}", level=level),
        pd.DataFrame(rows, columns=[c.name for c in columns]), columns,
        t("Down: how many of those who are open at {level} turn out with a DLT. Across: how many "
          "turn out not evaluable. The others have no DLT.", level=level),
        t("Nobody is open at {level}, or more than fits: see the ways below.", level=level),
    )  # fmt: skip


def _line(levels: tuple[str, ...], squares: tuple[Any, ...], dlt: int) -> dict[str, Any]:
    every = {str(s.excluded): t("cannot be") for s in squares}
    told = {str(s.excluded): words.turns(levels, s) for s in squares if s.dlt == dlt}
    return {"DLT": dlt} | every | told


@shown(BRANCHES)
def branches(view: View) -> Shown:
    """Return what the design can still say, and in which ways."""
    found = advised.of(view)
    names = found.trial.levels if found else ()
    fan = found.found.fan if found else None
    rows = [_branch(names, each) for each in fan.branches] if fan and fan.open else []
    columns = (
        Column("SAYS", t("The design says")), Column("WAYS", t("Ways"), "number"),
        Column("WHEN", t("When"), wide=True), Column("WHY", t("Why, with the fewest DLTs")),
    )  # fmt: skip
    note = t("{n} ways, counted by numbers of subjects.", n=f"{fan.ways:,}") if fan else ""
    return Shown(t("Every way that open subjects can turn out"),
                 pd.DataFrame(rows, columns=[c.name for c in columns]), columns, note,
                 t("Nobody is open: there is one way."))  # fmt: skip


def _branch(levels: tuple[str, ...], branch: Branch) -> dict[str, Any]:
    return {
        "SAYS": words.verb(branch.action, words.named(levels, branch.level)),
        "WAYS": branch.ways,
        "WHEN": "; ".join(_range(levels, each) for each in branch.when),
        "WHY": branch.why,
    }


def _range(levels: tuple[str, ...], each: Range) -> str:
    return t(
        "{dlt} with DLT and {excluded} not evaluable of {n} open at {level}",
        dlt=words.span(each.dlt), excluded=words.span(each.excluded), n=each.open,
        level=levels[each.level],
    )  # fmt: skip


@shown(OPEN)
def open_(view: View) -> Shown:
    """Return who is open, why, until when, and whether it matters."""
    found = advised.of(view)
    rows = [
        {
            "USUBJID": s.usubjid, "LEVEL": found.trial.levels[s.level],
            "CAN": words.can_be(s.can_be), "BY": words.by_day(s.settles),
            "WHY": "; ".join(s.open_for),
            "MATTERS": t("yes") if s.level in found.found.fan.mattering else t("no"),
        }
        for s in found.found.fan.open
    ] if found else []  # fmt: skip
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("CAN", t("Can still be")),
        Column("BY", t("Settled by")), Column("WHY", t("Why"), wide=True),
        Column("MATTERS", t("Can change what the design says")),
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    return Shown(t("Who is open"), frame, columns,
                 t("{n} subjects, those who settle first come first.", n=len(frame)),
                 t("Nobody is open."))  # fmt: skip
