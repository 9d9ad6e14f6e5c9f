"""A table as HTML: read by screen readers, printed whole, each number a link to its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dashboards.components import grades
from dashboards.components.parts import labelled, nothing, section
from dashboards.i18n import t
from dashboards.shown import SOURCES, Column, Shown
from dashboards.view import View

WHOLE = re.compile(r"\S{1,32}")  # a date, an id: never broken over two lines
MOST = 500  # rows of one table on a page; a part that is cut says so, an export has all


def part(name: str, view: View, *, lead: Any = None) -> Any:
    """Return a part of a page: title, note, ways to export, and the table of a name."""
    found = SOURCES[name].make(view)
    return section(
        found.title,
        found.note,
        lead,
        exports(name, view) if len(found.rows) else None,
        table(found),
    )


def exports(name: str, view: View) -> html.Div:
    """Return the links by which a table leaves, as it is shown."""
    links = [
        html.A(kind.upper(), href=export_href(name, kind, view), className="toxwatch-export",
               **labelled(t("Download {name} as {kind}", name=name, kind=kind.upper())))
        for kind in ("csv", "xlsx")
    ]  # fmt: skip
    return html.Div([html.Span(t("Download"), className="toxwatch-label"), *links],
                    className="toxwatch-exports")  # fmt: skip


def export_href(name: str, kind: str, view: View) -> str:
    """Return the address of an export: that of the page, with the snapshot that it shows."""
    query = view.address.here().partition("?")[2]
    at = f"at={view.shot.snapshot_id}"
    kept = "&".join(p for p in query.split("&") if p and not p.startswith("at="))
    study = "" if "study=" in kept else f"&study={view.shot.study}"
    return f"/export/{name}.{kind}?{kept}{'&' if kept else ''}{at}{study}"


def table(found: Shown) -> Any:
    """Return a table; one without rows says that it was looked at."""
    if found.rows.empty:
        return nothing(found.none or t("No rows."))
    rows = found.rows.head(MOST).astype("object")
    rows = rows.where(rows.notna(), None)
    body = [[_cell(c, row) for c in found.columns] for row in rows.to_dict("records")]
    head = [[c.header, _class(c)] for c in found.columns]
    cut = len(found.rows) > MOST
    return html.Div(
        [
            drawn(found.title, head, body, found.groups),
            dmc.Text(t("{shown:,} of {all:,} rows are shown; a download has all.", shown=MOST,
                       all=len(found.rows)), size="sm") if cut else None,
        ],
    )  # fmt: skip


def drawn(
    caption: str, head: list[Any], body: list[list[Any]],
    groups: Sequence[tuple[str, int]] = (), *, rowheads: bool = False, kind: str = "",
) -> html.Div:  # fmt: skip
    """Return a table that the browser draws by itself (assets/table.js): components are slow.

    A cell is its text, or [text, class, address, title]; in place of the text it may have parts,
    each [text, address, class]. groups: header and width above columns. rowheads: the first cell
    of a row names it. kind: a class of the table.
    """
    told = {
        "caption": caption,
        "groups": groups,
        "head": head,
        "body": body,
        "rows": rowheads,
        "kind": kind,
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)
    named = labelled(caption) | {"data-table": text}
    return html.Div(className="toxwatch-scroll", tabIndex=0, role="region", **named)


def _class(column: Column) -> str:
    right = column.kind in {"number", "count"}
    return " ".join(
        name for name, on in (("toxwatch-number", right), ("toxwatch-wide", column.wide)) if on
    )


def _cell(column: Column, row: dict[str, Any]) -> str | list[str]:
    value = row.get(column.name)
    text = said(value, column)
    href = column.href(row) if column.href and text not in {"", "0"} else ""
    whole = "toxwatch-whole" if WHOLE.fullmatch(text) else ""
    kinds = " ".join(x for x in (_class(column), whole, _grade(column, value)) if x)
    if href:
        return [text, kinds, href]
    return [text, kinds] if kinds else text


def said(value: Any, column: Column) -> str:
    """Return a cell as text; "" for a missing one."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, (int, float)) and column.kind in {"number", "count"}:
        return f"{value:,}" if float(value).is_integer() is False else f"{int(value):,}"
    return str(value)


def _grade(column: Column, value: Any) -> str:
    """Return the class of a cell that has a grade, or counts one."""
    if column.kind == "grade" and str(value) in {"1", "2", "3", "4", "5"}:
        return f"toxwatch-g{value}"
    if column.kind == "grade" and value == grades.NOT_GRADABLE_MARK:
        return "toxwatch-ng"
    if column.kind == "count" and not value:
        return "toxwatch-zero"
    if column.kind == "count" and column.grade is not None:
        return f"toxwatch-g{column.grade}"
    return ""
