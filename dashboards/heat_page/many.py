"""Of many subjects: how many of each level have which worst grade, and who they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components.parts import section
from dashboards.components.table import exports, table
from dashboards.events_page import folding
from dashboards.events_page.asked import denominator
from dashboards.heat_page import cells, found
from dashboards.heat_page.cells import Cell
from dashboards.heat_page.grid import MEASURED, REPORTED, events_href
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.heat import Heat
from safety.displays.heat_cells import GRADED, NOT_REPORTED

NAME, BEHIND = "subjects-terms-counts", "subjects-terms-behind"


def label(cell: Cell) -> str:
    """Return the column in which a cell is counted."""
    if cell["STATE"] == GRADED:
        return str(cell["TEXT"])
    if cell["STATE"] == NOT_REPORTED:
        return cells.DOT
    return "b" if cell["TEXT"] else cells.grade({**cell, "MAYBE": pd.NA})


def rank(text: str) -> tuple[int, str]:
    """Order of columns: grades from high to low, then what has none."""
    digits = [int(c) for c in text if c.isdigit()]
    return (-max(digits), text) if digits else (1, text)


def _labelled(of: Heat) -> pd.DataFrame:
    texts = [label(cell) for cell in of.cells.to_dict("records")]
    return of.cells.assign(LABEL=pd.Series(texts, index=of.cells.index, dtype="str"))


def part(view: View) -> Any:
    """Return a page of the counts."""
    told = counts(view)
    size = len(told.columns)
    begin = folding.first(view, len(told.rows), size)
    drawn = told.rows.iloc[begin : begin + folding.size(size)]
    return section(
        told.title, told.note, found.choices(view), folding.pages(view, len(told.rows), size),
        exports(NAME, view) if len(told.rows) else None, table(replace(told, rows=drawn)),
    )  # fmt: skip


@shown(NAME)
def counts(view: View) -> Shown:
    """Return the counts; each leads to the subjects that it counts."""
    of, chosen = found.found(view), view.population()
    told = _labelled(of)
    # grade 0 and what nobody reported fill most cells and are what is left of N
    labels = sorted(set(told["LABEL"]) - {"0", cells.DOT}, key=rank)
    wide = of.terms[["TERM", "SOC", "SUBJECTS"]].set_index("TERM")
    for n, level in enumerate(chosen.levels):
        for text in labels:
            here = told[told["LEVEL"].eq(level) & told["LABEL"].eq(text)]
            wide[f"{n}|{text}"] = here.groupby("TERM").size()
    rows = wide.fillna(0).reset_index()
    counted = [f"{n}|{text}" for n in range(len(chosen.levels)) for text in labels]
    columns = (
        Column("TERM", t("Term"), href=lambda row: events_href(view, row["TERM"])),
        Column("SOC", t("System organ class")),
        Column("SUBJECTS", t("Subjects"), "count", href=_href(view)),
        *(Column(f"{n}|{text}", text, "count", href=_href(view, of=level, label=text),
                 grade=int(text) if text in set("12345") else None)
          for n, level in enumerate(chosen.levels) for text in labels),
    )  # fmt: skip
    groups = [(f"{level} (N={size:,})", len(labels)) for level, size in chosen.sizes.items()]
    note = f"{denominator(chosen)} {_why(len(chosen))} {found.note(view, of)}"
    return Shown(t("Worst grade by term and level"), rows.astype(dict.fromkeys(counted, "int64")),
                 columns, note, t("Nobody has a grade of this choice."),
                 (("", 2), (t("All"), 1), *groups))  # fmt: skip


def _why(size: int) -> str:
    return t("{n} subjects are more than the {most} that have a column each: choose a level to see "
             "them one by one. What is left of N has grade 0 or no report.", n=f"{size:,}",
             most=found.WIDE)  # fmt: skip


def _href(view: View, **more: str) -> Any:
    def href(row: dict[str, Any]) -> str:
        return view.address.here(who=row["TERM"], **more)

    return href


@shown(BEHIND)
def behind(view: View) -> Shown:
    """Return the subjects whom a count counts: a term, a level and a worst grade."""
    get = view.address.get
    told = _labelled(found.found(view))
    own = told[told["TERM"].eq(get("who"))]
    here = own[own["LEVEL"].eq(get("of"))] if get("of") else own
    graded = here["HIGH"].ge(1).fillna(False)
    kept = here[here["LABEL"].eq(get("label"))] if get("label") else here[graded]
    records = kept.to_dict("records")
    rows = kept.assign(
        GRADE=[cells.text(cell) for cell in records],
        STATE=[t(cell["STATE"]) for cell in records],
        EVENTS=[t("events") if cell["SOURCE"] in REPORTED else "" for cell in records],
        VALUES=[t("values") if cell["SOURCE"] in MEASURED else "" for cell in records],
    )
    title = "; ".join(x for x in (get("who"), get("of"), get("label")) if x)
    note = t("{n} subjects.", n=f"{len(rows):,}")
    return Shown(title or t("Nobody"), rows.reset_index(drop=True), _columns(view), note,
                 t("Nobody."))  # fmt: skip


def _columns(view: View) -> tuple[Column, ...]:
    def events(row: dict[str, Any]) -> str:
        return events_href(view, row["TERM"], row["USUBJID"])

    def values(row: dict[str, Any]) -> str:
        return raw.href(view, "graded_value", term=row["TERM"],
                        subject=view.handle(row["USUBJID"]))  # fmt: skip

    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("GRADE", t("Worst grade"), "grade"),
        Column("STATE", t("State")), Column("SOURCE", t("Source")),
        Column("EVENTS", t("Reported"), href=events), Column("VALUES", t("Measured"), href=values),
    )  # fmt: skip
