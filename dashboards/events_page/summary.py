"""Overview of adverse events: how many subjects had one of each kind, by dose level."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.events_page import asked
from dashboards.events_page.asked import counted_href, denominator, left_out, sentences
from dashboards.events_page.drugs import qualifiers
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.overview import ALL, overview

NAME = "events-overview"
KINDS = {
    "any": mark("Any event"), "related": mark("Related, or attribution not told"),
    "grade 3 or more": mark("Grade 3 or more"),
    "related, grade 3 or more": mark("Related, grade 3 or more"), "serious": mark("Serious"),
    "fatal": mark("Fatal"), "leading to interruption": mark("Leading to interruption"),
    "leading to reduction": mark("Leading to reduction"),
    "leading to discontinuation": mark("Leading to discontinuation"),
}  # fmt: skip


def words(kind: str) -> str:
    """Return a kind as it is shown; one of a drug keeps the drug's name."""
    of, _, drug = kind.partition(" of ")
    return f"{t(KINDS.get(of, of))}: {drug}" if drug else t(KINDS.get(kind, kind))


@shown(NAME)
def summary(view: View) -> Shown:
    """Return the overview; each count leads to the events of those it counts."""
    chosen = view.population()
    found = overview(asked.frames(view), chosen, view.address.scope, qualifiers(view))
    sizes = chosen.sizes | {ALL: len(chosen)}
    names = list(sizes) if len(chosen.levels) > 1 else [ALL]
    table = pd.DataFrame({"KIND": found.rows["KIND"].drop_duplicates()}).reset_index(drop=True)
    for n, level in enumerate(names):
        own = found.rows[found.rows["LEVEL"].eq(level)].set_index("KIND")
        table[f"S{n}"], table[f"M{n}"] = (table["KIND"].map(own[c]) for c in ("SUBJECTS", "MAYBE"))
    table.insert(0, "WHAT", [words(kind) for kind in table["KIND"]])
    columns = [c for n, level in enumerate(names) for c in _pair(view, n, level)]
    groups = [("", 1), *((_head(level, sizes[level]), 2) for level in names)]
    note = t(
        "Subjects, each once a row. In doubt: of whom it cannot be judged, because a grade, "
        "the seriousness or the action is not told; they are not among the others."
    )
    return Shown(
        t("Overview"), table, (Column("WHAT", t("Subjects with an event")), *columns),
        sentences(denominator(chosen), note, left_out(found.left_out)),
        t("Nobody is chosen."), tuple(groups),
    )  # fmt: skip


def _head(level: str, size: int) -> str:
    return f"{t('All') if level == ALL else level} (N={size:,})"


def _pair(view: View, n: int, level: str) -> tuple[Column, Column]:
    def column(name: str, header: str, maybe: str) -> Column:
        def href(row: dict[str, Any]) -> str:
            return counted_href(view, who="kind", kind=row["KIND"], of=level, maybe=maybe)

        return Column(name, header, "count", href=href)

    return column(f"S{n}", t("Subjects"), ""), column(f"M{n}", t("In doubt"), "1")
