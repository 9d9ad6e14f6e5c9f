"""Adverse events by system organ class and term: each subject counted once at the worst grade."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, callback, dcc

from dashboards import data
from dashboards.components import grades
from dashboards.components.grid import grid, number, text
from dashboards.components.parts import no_snapshot, nothing, section
from safety.store.read import Snapshot

dash.register_page(
    __name__, path="/adverse-events", name="Adverse events", order=1, title="toxwatch: events"
)
ALL_ARMS = "All arms"


def layout(study: str | None = None, **_: Any) -> Any:
    """Return the page for the newest snapshot of a study."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    arms = [ALL_ARMS, *sorted(data.treated(shot)["ARM"].unique())]
    return dmc.Stack(
        [
            dcc.Store(id="events-study", data=shot.study),
            dmc.Group(
                [
                    dmc.Select(
                        id="events-arm", label="Arm", data=arms, value=ALL_ARMS, w=260,
                        allowDeselect=False,
                    ),
                    dmc.Switch(
                        id="events-related", checked=False, mt=26,
                        label="Only related (or attribution missing)",
                    ),
                ],
                align="start",
            ),
            dmc.Box(id="events-tables"),
        ],
        gap="lg",
    )  # fmt: skip


@callback(
    Output("events-tables", "children"),
    Input("events-study", "data"),
    Input("events-arm", "value"),
    Input("events-related", "checked"),
)
def draw_tables(study: str, arm: str, related: bool) -> Any:
    """Draw reported events and measured abnormalities for the chosen subjects."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    treated = data.treated(shot)
    subjects = treated if arm == ALL_ARMS else treated[treated["ARM"].eq(arm)]
    return dmc.Stack(
        [
            _reported(shot, subjects, len(treated), related=related),
            _measured(shot, subjects),
            _listing(shot, subjects),
        ],
        gap="xl",
    )


def _reported(shot: Snapshot, subjects: pd.DataFrame, treated: int, *, related: bool) -> Any:
    worst = data.frame("worst_event", shot)
    worst = worst[worst["USUBJID"].isin(subjects["USUBJID"])]
    if related:
        worst = worst[worst["RELATED"].eq("Y")]
    shown = f"{len(subjects):,} of {treated:,} treated subjects"
    if worst.empty:
        return section("Reported events", shown, nothing("No event was reported for them."))
    labels = sorted(worst["WORST"].unique(), key=lambda w: [int(g) for g in w.split("|")])
    table = events_table(worst, labels, len(subjects))
    columns = [
        text("SOC", "System organ class", 200, wrap=True),
        text("TERM", "Term", 190, wrap=True),
        number("SUBJECTS", f"Subjects (N={len(subjects)})"),
        number("PERCENT", "%", 70),
        *(_worst_column(w) for w in labels),
        number("RELATED", "Related"),
        number("SERIOUS", "Serious"),
    ]
    return section(
        "Reported events",
        f"{shown}; treatment-emergent, each counted once a term at the worst grade. "
        "Where no grade was reported, the grades that severity and outcome leave open.",
        grid(table, columns, grid_id="events", height=520, label="Reported events by term"),
    )


def _worst_column(worst: str) -> dict[str, Any]:
    single = int(worst) if worst.isdigit() else None
    header = f"Grade {worst}" if single else f"Grade {worst.replace('|', ' or ')}"
    return grades.count_column(worst, header, single)


def events_table(worst: pd.DataFrame, labels: list[str], subjects: int) -> pd.DataFrame:
    """Return one row a term, and one a system organ class (TERM "any"), with subject counts.

    worst: rows of table worst_event. A subject counts once in each row, at its worst grade.
    """
    top = worst.sort_values(["USUBJID", "SOC", "MAXGR", "MINGR"]).drop_duplicates(
        ["USUBJID", "SOC"], keep="last"
    )
    flags = worst.groupby(["USUBJID", "SOC"])[["RELATED", "SERIOUS"]].max().reset_index()
    any_term = top.drop(columns=["RELATED", "SERIOUS"]).merge(flags, on=["USUBJID", "SOC"])
    both = pd.concat([any_term.assign(TERM="any"), worst])
    keys = ["SOC", "TERM"]
    counts = both.pivot_table(
        index=keys, columns="WORST", values="USUBJID", aggfunc="count", fill_value=0
    ).reindex(columns=labels, fill_value=0)
    flagged = both.groupby(keys).agg(
        SUBJECTS=("USUBJID", "size"),
        RELATED=("RELATED", lambda r: int(r.eq("Y").sum())),
        SERIOUS=("SERIOUS", lambda s: int(s.eq("Y").sum())),
    )
    table = flagged.join(counts).reset_index()
    table["PERCENT"] = (100 * table["SUBJECTS"] / subjects).round(1)
    table["ANY"] = table["TERM"].eq("any")
    size = table[table["ANY"]].set_index("SOC")["SUBJECTS"]
    table["SIZE"] = table["SOC"].map(size)
    order = ["SIZE", "SOC", "ANY", "SUBJECTS", "TERM"]
    ascending = [False, True, False, False, True]
    return table.sort_values(order, ascending=ascending).drop(columns=["ANY", "SIZE"])


def _measured(shot: Snapshot, subjects: pd.DataFrame) -> Any:
    worst = data.frame("worst_grade", shot)
    worst = worst[worst["USUBJID"].isin(subjects["USUBJID"])]
    emergent = worst[worst["TRTEMFL"].eq("Y")]
    keys = ["SOC", "TERM", "DIRECTION"]
    assessed = worst.groupby(keys).agg(ASSESSED=("USUBJID", "size"), UNGRADED=("UNGRADED", "sum"))
    counts = emergent.pivot_table(
        index=keys, columns="TEGR", values="USUBJID", aggfunc="count", fill_value=0
    ).reindex(columns=[1, 2, 3, 4], fill_value=0)
    table = assessed.join(counts).fillna(0).reset_index()
    table.columns = [str(c) for c in table.columns]
    table = table.sort_values(["4", "3", "2", "1", "TERM"], ascending=[False] * 4 + [True])
    columns = [
        text("TERM", "CTCAE term", 280),
        text("DIRECTION", "Direction", 90),
        number("ASSESSED", "Subjects with values"),
        *(grades.count_column(str(g), f"Grade {g}", g) for g in (1, 2, 3, 4)),
        number("UNGRADED", "Values not gradable"),
    ]
    return section(
        "Measured: laboratory and vital signs",
        "subjects by the worst grade that is worse than their own baseline; "
        "values without a grade are counted beside",
        grid(table, columns, grid_id="measured", height=520, label="Measured worst grades"),
    )


def _listing(shot: Snapshot, subjects: pd.DataFrame) -> Any:
    events = data.frame("adverse_event", shot)
    graded = data.frame("event_grade", shot)[["KEY", "POSSIBLE", "ASTDY", "TRTEMFL"]]
    table = events.merge(graded, on="KEY", validate="one_to_one")
    table = table[table["USUBJID"].isin(subjects["USUBJID"])].sort_values(["USUBJID", "STDTMIN"])
    table["POSSIBLE"] = table["POSSIBLE"].str.replace("|", " or ", regex=False)
    table["AETOXGR"] = table["AETOXGR"].fillna("missing")
    columns = [
        text("USUBJID", "Subject", 130),
        text("AEDECOD", "Term", 260),
        text("AETOXGR", "Reported grade", 100),
        text("AESEV", "Severity", 110),
        text("POSSIBLE", "Grade may be", 110),
        text("STDTC", "Start", 125),
        number("ASTDY", "Day", 80),
        text("ENDTC", "End", 125),
        text("TRTEMFL", "Treatment-emergent", 110),
        text("AEREL", "Attribution", 120),
        text("AESER", "Serious", 90),
        text("AEOUT", "Outcome", 180),
        text("SRCFILE", "File", 90),
        number("SRCROW", "Row", 80),
    ]
    return section(
        "Listing",
        f"{len(table):,} events as reported, treatment-emergent or not",
        grid(table, columns, grid_id="event-listing", height=460, label="Listing of events"),
    )
