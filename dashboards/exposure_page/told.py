"""The swimmer plot as tables: all that is drawn, who is drawn, and what has no day."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import table
from dashboards.exposure_page.lanes import KINDS, STATES, Lanes, lanes
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.dosing import NOT_TAKEN, TAKEN
from safety.displays.swimmer import DLT


def parts(view: View) -> list[Any]:
    """Return who is drawn, and what has no day where there is any."""
    missing = len(lanes(view).found.unplaced) > 0
    return [
        table.part("exposure-subjects", view),
        table.part("exposure-unplaced", view) if missing else None,
    ]


def note(view: View, found: Lanes) -> str:
    """Return who is drawn, what has no place, and of what nothing was received."""
    first = found.first if found.size else 0
    said = [t("Subjects {a} to {b} of {n}, by level and first dose", a=first, b=found.last,
              n=found.size)]  # fmt: skip
    if hidden := found.size - len(found.bars):
        said.append(t("{n} are not drawn here: choose a level, or the next page", n=hidden))
    if without := len(found.found.unplaced):
        said.append(t("{n} without a day are listed below", n=without))
    if unended := int(found.found.segments["OPEN"].sum()):
        said.append(t("{n} doses without an end are drawn up to {day}", n=unended,
                      day=view.shot.as_of))  # fmt: skip
    if view.frame("disposition").empty:
        said.append(t("no disposition was received, so nobody can say whose treatment has ended"))
    said += [t("{n} events of all chosen left out: {why}", n=n, why=t(why))
             for why, n in found.found.left_out.items()]  # fmt: skip
    return "; ".join(said) + "."


@shown("exposure-lanes")
def drawn(view: View) -> Shown:
    """Return everything that the figure draws, a row a thing."""
    found = lanes(view)
    doses = found.found.segments.assign(
        WHAT=found.found.segments["DRUG"], TEXT=[_dose(r) for r in
                                                 found.found.segments.to_dict("records")],
    )[["USUBJID", "WHAT", "START", "END", "TEXT"]]  # fmt: skip
    marks = found.found.marks.assign(WHAT=[t(KINDS[k]) for k in found.found.marks["KIND"]])
    marks = marks.rename(columns={"DAYMIN": "START", "DAYMAX": "END"})
    held = found.found.holds.assign(
        WHAT=[t("hold: {drug}", drug=d) for d in found.found.holds["DRUG"]],
        TEXT=[_hold(r) for r in found.found.holds.to_dict("records")],
    )
    every = [doses, held[doses.columns], marks[doses.columns]]
    rows = pd.concat(every, ignore_index=True)
    rank = {who: i for i, who in enumerate(found.bars["USUBJID"])}
    rows = rows.assign(RANK=rows["USUBJID"].map(rank)).sort_values(["RANK", "START", "WHAT"])
    columns = (
        Column("USUBJID", t("Subject")), Column("WHAT", t("What")),
        Column("START", t("From day"), "number"), Column("END", t("To day"), "number"),
        Column("TEXT", t("In words"), wide=True),
    )  # fmt: skip
    return Shown(t("Dosing and what happened, by subject"), rows, columns, note(view, found),
                 t("No subject of the choice was treated."))  # fmt: skip


def _dose(row: dict[str, Any]) -> str:
    state = "" if row["STATE"] in (TAKEN, NOT_TAKEN) else f", {t(STATES[row['STATE']])}"
    end = t(", no end recorded") if row["OPEN"] else ""
    return f"{row['TEXT']}{state}{end}"


def _hold(row: dict[str, Any]) -> str:
    said = t("rule {rule} asks for it", rule=row["RULE"])
    doubt = t("; it may have fired") if row["STATE"] != "met" else ""
    return said + doubt + (t("; not seen to end") if row["OPEN"] else "")


@shown("exposure-subjects")
def subjects(view: View) -> Shown:
    """Return who is drawn: last dose, last day, and whether an end is recorded."""
    found = lanes(view)
    dlt = found.found.marks[found.found.marks["KIND"].eq(DLT)]
    days = dict(zip(dlt["USUBJID"], dlt["DAYMIN"], strict=True))
    rows = found.bars.assign(
        DLT=[days.get(who) for who in found.bars["USUBJID"]],
        GOES=[t("none recorded") if x else t("recorded") for x in found.bars["ONGOING"]],
        DOSES=t("doses"), EVENTS=t("events"),
    )  # fmt: skip
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("LASTDOSE", t("Last dose, day"), "number"),
        Column("LAST", t("Last day anything is told"), "number"),
        Column("WINDOWEND", t("DLT window closes, day"), "number"),
        Column("DLT", t("DLT proposed, day"), "number"), Column("GOES", t("End of treatment")),
        Column("DOSES", t("As recorded"), href=_rows(view, "dose")),
        Column("EVENTS", t("As reported"), href=_rows(view, "event")),
    )  # fmt: skip
    return Shown(t("Who is drawn"), rows, columns, note(view, found))


def _rows(view: View, table: str) -> Any:
    return lambda row: raw.href(view, table, subject=view.handle(row["USUBJID"]))


@shown("exposure-unplaced")
def unplaced(view: View) -> Shown:
    """Return what is known of the drawn subjects without a day."""
    found = lanes(view)
    words = KINDS | {"dose": mark("dose")}
    rows = found.found.unplaced.assign(SAID=[t(words[k]) for k in found.found.unplaced["KIND"]])
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("SAID", t("What")), Column("TEXT", t("In words"), wide=True),
    )  # fmt: skip
    return Shown(t("Without a day"), rows, columns, t("Not drawn: the day is missing or partial."),
                 t("Everything has a day."))  # fmt: skip
