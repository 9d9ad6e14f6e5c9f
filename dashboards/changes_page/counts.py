"""How much changed, table by table, and what came in between."""

from __future__ import annotations

import pandas as pd

from dashboards.changes_page import between, moved
from dashboards.i18n import mark, t
from dashboards.shown import Column, Href, Shown, shown
from dashboards.view import View
from safety.snapshots.change import GROUPS

COUNTS, INPUTS = "changes-counts", "changes-inputs"
INPUT_NAMES = {
    "delivery": mark("Delivery"), "rules": mark("Rules"), "code": mark("Code"),
    "as_of": mark("Data as of"), "release": mark("Held row that was let in"),
}  # fmt: skip


@shown(COUNTS)
def counts(view: View) -> Shown:
    """Return how many rows of each table are new, changed and gone, important tables first."""
    found = between.difference(view, between.span(view))
    tables = [name for names in GROUPS.values() for name in names]
    known = pd.Series([(c.table, c.what) for c in found.changes], dtype="object").value_counts()
    rows = [
        {"CODE": name, "TABLE": t(moved.NAMES[name]),
         **{what: int(known.get((name, what), 0)) for what in moved.WHATS}}
        for name in tables if any((name, what) in known for what in moved.WHATS)
    ]  # fmt: skip
    columns = (
        Column("TABLE", t("Rows of"), href=lambda row: view.address.here(table=row["CODE"])),
        *(Column(what, t(word), "count", href=_to(view, what))
          for what, word in moved.WHATS.items()),
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=["CODE", "TABLE", *moved.WHATS])
    return Shown(t("In numbers"), frame, columns,
                 t("{n} rows differ. Of a table that is not listed nothing differs.",
                   n=f"{len(found.changes):,}"), t("Nothing differs."))  # fmt: skip


def _to(view: View, what: str) -> Href:
    return lambda row: view.address.here(table=str(row["CODE"]), what=what)


@shown(INPUTS)
def inputs(view: View) -> Shown:
    """Return the deliveries, rules and code that one snapshot has and the other has not."""
    found = between.difference(view, between.span(view))
    rows = [(t(INPUT_NAMES[i.what]), i.before or t("none"), i.after or t("none"))
            for i in found.inputs]  # fmt: skip
    columns = (
        Column("WHAT", t("What")),
        Column("BEFORE", t("Before")),
        Column("AFTER", t("After")),
    )
    return Shown(t("What came in between"),
                 pd.DataFrame(rows, columns=[c.name for c in columns]), columns,
                 none=t("Both were made from the same."))  # fmt: skip
