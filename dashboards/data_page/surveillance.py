"""Whether what could have shown a toxicity was looked for: required assessments, by level."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import table
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.population import Scope

STATUSES = {
    "done": mark("Done"), "late": mark("Done late"), "missing": mark("Missed"),
    "due": mark("Due now"), "not_due": mark("Not due"),
}  # fmt: skip
PAST = ("done", "late", "missing")  # of windows that are over, or were done before their end


def part(view: View) -> Any:
    """Return the part of the page."""
    return table.part("assessments", view)


@shown("assessments")
def assessments(view: View) -> Shown:
    """Return a row an assessment and dose level: its windows by status."""
    everybody = view.population(Scope())
    found = view.frame("surveillance")
    rows = by_level(everybody.of(found), everybody.levels)
    outside = len(found) - int(rows["WINDOWS"].sum())
    left_out = t("; {n} windows of subjects without a first dose are left out", n=outside)
    return Shown(
        t("Required assessments"), rows, _columns(view),
        note=t("windows of cycles that have started, of {n} treated subjects; not due: its time "
               "has not come, or the subject left before{left_out}", n=len(everybody),
               left_out=left_out if outside else ""),
        none=t("The study file requires no assessment (`surveillance`), so nothing here says "
               "whether a toxicity was looked for."),
    )  # fmt: skip


def by_level(found: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    """Return ASSESSMENT, LEVEL, SUBJECTS, WINDOWS, one column a status, COMPLETE.

    found: USUBJID, LEVEL, ASSESSMENT, STATUS. COMPLETE: done of those whose window is over.
    """
    if found.empty:
        return pd.DataFrame(columns=["ASSESSMENT", "LEVEL", "SUBJECTS", "WINDOWS", *STATUSES,
                                     "COMPLETE"])  # fmt: skip
    groups = found.groupby(["ASSESSMENT", "LEVEL"], sort=False)
    rows = pd.DataFrame([_counts(name, level, own) for (name, level), own in groups])
    rank = rows["LEVEL"].map({level: n for n, level in enumerate(levels)})
    return rows.assign(RANK=rank).sort_values(["ASSESSMENT", "RANK"]).drop(
        columns="RANK").reset_index(drop=True)  # fmt: skip


def _counts(name: str, level: str, own: pd.DataFrame) -> dict[str, Any]:
    counts = own["STATUS"].value_counts()
    by_status = {status: int(counts.get(status, 0)) for status in STATUSES}
    over = sum(by_status[status] for status in PAST)
    looked = over - by_status["missing"]
    return {
        "ASSESSMENT": name, "LEVEL": level, "SUBJECTS": own["USUBJID"].nunique(),
        "WINDOWS": len(own), **by_status,
        "COMPLETE": f"{looked} of {over} ({looked / over:.0%})" if over else "0 of 0",
    }  # fmt: skip


def _columns(view: View) -> tuple[Column, ...]:
    def href(row: dict[str, Any], **status: str) -> str:
        name = row["ASSESSMENT"]
        return raw.href_at(view, row["LEVEL"], "surveillance", assessment=name, **status)

    return (
        Column("ASSESSMENT", t("Assessment")), Column("LEVEL", t("Dose level")),
        Column("SUBJECTS", t("Subjects"), "number"),
        Column("WINDOWS", t("Windows"), "number", href=href),
        *(Column(name, t(said), "count", href=partial(href, status=name))
          for name, said in STATUSES.items()),
        Column("COMPLETE", t("Looked for, of windows that are over")),
    )  # fmt: skip
