"""Labs and vitals of one subject: values over study days on the bands of their grades."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
import numpy as np
import pandas as pd
from dash import Input, Output, callback, dcc

from dashboards import data
from dashboards.components import grades
from dashboards.components.grid import grid, number, text
from dashboards.components.parts import no_snapshot, nothing, section
from dashboards.figures.labs import lab_figure
from safety.ctcae.bands import Band, bands
from safety.ctcae.criteria import ladders_by_test
from safety.ctcae.reasons import describe
from safety.ctcae.scales import BaselineState
from safety.store.read import Snapshot

dash.register_page(__name__, path="/labs", name="Labs and vitals", order=2, title="toxwatch: labs")


def layout(study: str | None = None, **_: Any) -> Any:
    """Return the page; the subject is chosen on it and never stands in the address."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    subjects = sorted(data.treated(shot)["USUBJID"])
    return dmc.Stack(
        [
            dcc.Store(id="labs-study", data=shot.study),
            dmc.Group(
                [
                    dmc.Select(
                        id="labs-subject", label=f"Subject ({len(subjects)} treated)",
                        data=subjects, value=_worst_subject(shot, subjects), searchable=True,
                        allowDeselect=False, w=240,
                    ),
                    dmc.Select(
                        id="labs-term", label="CTCAE term, worst grade after first dose",
                        data=[], searchable=True, allowDeselect=False, w=440,
                    ),
                ]
            ),
            dmc.Box(id="labs-view"),
        ],
        gap="lg",
    )  # fmt: skip


def _worst_subject(shot: Snapshot, subjects: list[str]) -> str | None:
    """Open on the subject with the worst measured grade: that is who is asked about first."""
    worst = data.frame("worst_grade", shot)
    emergent = worst[worst["TRTEMFL"].eq("Y")].sort_values(
        ["WORSTGR", "USUBJID"], ascending=[False, True]
    )
    if len(emergent):
        return str(emergent["USUBJID"].iloc[0])
    return subjects[0] if subjects else None


@callback(
    Output("labs-term", "data"),
    Output("labs-term", "value"),
    Input("labs-study", "data"),
    Input("labs-subject", "value"),
)
def list_terms(study: str, usubjid: str | None) -> tuple[list[dict[str, str]], str | None]:
    """List the terms measured in a subject, worst first."""
    shot = data.snapshot(study)
    if shot is None or not usubjid:
        return [], None
    graded = data.subject_frame("grade", shot, usubjid)
    keys = ["TERM", "DIRECTION", "PARAMCD"]
    base = graded[graded["ABLFL"].eq("Y")].groupby(keys)["ATOXGR"].max().rename("BASEGR")
    after = graded[graded["TRTEMFL"].eq("Y")].groupby(keys)["ATOXGR"]
    worst = pd.DataFrame({"WORSTGR": after.max(), "UNGRADED": after.size() - after.count()}).join(
        base
    )
    ordered = worst.reset_index().sort_values(
        ["WORSTGR", *keys], ascending=[False, True, True, True]
    )
    options = [
        {"value": f"{r.TERM}#{r.DIRECTION}#{r.PARAMCD}", "label": _option(r)}
        for r in ordered.itertuples(index=False)
    ]
    return options, options[0]["value"] if options else None


def _option(row: Any) -> str:
    note = f", {int(row.UNGRADED)} not gradable" if row.UNGRADED else ""
    worst, base = grades.mark(row.WORSTGR), grades.mark(row.BASEGR)
    return f"{row.TERM} ({row.PARAMCD}): worst {worst}, baseline {base}{note}"


@callback(
    Output("labs-view", "children"),
    Input("labs-study", "data"),
    Input("labs-subject", "value"),
    Input("labs-term", "value"),
)
def draw_subject(study: str, usubjid: str | None, chosen: str | None) -> Any:
    """Draw the figure and the table of one term in one subject."""
    shot = data.snapshot(study)
    if shot is None:
        return no_snapshot()
    if not usubjid or not chosen:
        return nothing("Choose a subject and a term.")
    term, direction, code = chosen.split("#")
    values = _values(shot, usubjid, term, direction)
    values = values[values["PARAMCD"].eq(code)]
    if values.empty:
        return nothing(f"{usubjid} has no value for {term}.")
    return dmc.Stack([_figure(shot, usubjid, term, values), _table(term, values)], gap="lg")


def _values(shot: Snapshot, usubjid: str, term: str, direction: str) -> pd.DataFrame:
    graded = data.subject_frame("grade", shot, usubjid)
    graded = graded[graded["TERM"].eq(term) & graded["DIRECTION"].eq(direction)]
    measured = data.subject_frame("measurement", shot, usubjid)
    kept = ["KEY", "PARAM", "AVAL", "AVALC", "AVALU", "ANRLO", "ANRHI", "SPEC", "ADTC", "VISIT",
            "POS", "TPT", "SRCFILE", "SRCROW"]  # fmt: skip
    table = graded.drop(columns="KEY").merge(
        measured[kept], left_on="MKEY", right_on="KEY", validate="one_to_one"
    )
    table["GRADE"] = [grades.mark(g) for g in table["ATOXGR"]]
    table["WHY"] = [describe(r) for r in table["REASONS"]]
    return table.sort_values(["ADTMIN", "ADTC", "TPT", "KEY"])


def _figure(shot: Snapshot, usubjid: str, term: str, values: pd.DataFrame) -> Any:
    unit = str(values["GUNIT"].iloc[0])
    drawn = values[values["GUNIT"].eq(unit)]
    hover = [
        f"day {r.ADY}, {r.ADTC}<br>{r.AVALC} {r.AVALU} (graded as {r.GVAL:g} {r.GUNIT})<br>"
        f"grade {r.GRADE}; may be {r.POSSIBLE.replace('|', ' or ')}<br>{r.WHY}"
        for r in drawn.itertuples(index=False)
    ]
    exposure = data.treated(shot).set_index("USUBJID").loc[usubjid]
    days = exposure["EXPDAYS"]
    figure = lab_figure(
        drawn.assign(AVAL=drawn["GVAL"], TEXT=hover),
        _bands(shot, drawn, term),
        title=str(values["PARAM"].iloc[0]),
        unit=unit,
        last_dose_day=None if pd.isna(days) else float(days),
    )
    return section(
        f"{usubjid}: {term}",
        "bands for the newest value's limits; diamond = baseline; numbers are grades above 0",
        dcc.Graph(figure=figure, config={"displaylogo": False}, id="labs-figure"),
    )


def _bands(shot: Snapshot, values: pd.DataFrame, term: str) -> list[Band]:
    last = values.iloc[-1]
    found = ladders_by_test(shot.ctcae).get((last["PARAMCD"], last["SPEC"] or ""), ())
    ladder = next((x for x in found if x.term == term), None)
    same_unit = last["UCUM"] == last["GUNIT"] if "UCUM" in last else True
    if ladder is None or not same_unit:
        return []
    low, high = last["ANRLO"], last["ANRHI"]
    usable = not (pd.notna(low) and pd.notna(high) and low > high)
    return bands(
        ladder, last["GUNIT"],
        lln=low if pd.notna(low) and low > 0 and usable else np.nan,
        uln=high if pd.notna(high) and high > 0 and usable else np.nan,
        base=last["BASE"] if pd.notna(last["BASE"]) else np.nan,
        base_state=int(last["BASESTATE"])
        if pd.notna(last["BASESTATE"])
        else BaselineState.MISSING,
    )  # fmt: skip


def _table(term: str, values: pd.DataFrame) -> Any:
    columns = [
        number("ADY", "Day", 80),
        text("ADTC", "Sample", 150),
        text("VISIT", "Visit", 130),
        text("TPT", "Time point", 120),
        text("AVALC", "Result", 90),
        text("AVALU", "Unit", 100),
        number("ANRLO", "LLN", 80),
        number("ANRHI", "ULN", 80),
        number("BASE", "Baseline", 110),
        grades.grade_column("GRADE", "Grade"),
        text("POSSIBLE", "May be", 90),
        text("WHY", "Because", 240),
        text("CRITERION", "Criterion", 120),
        text("SRCFILE", "File", 90),
        number("SRCROW", "Row", 80),
    ]
    return section(
        "Values", f"{len(values):,} values of {term}, as received",
        grid(values, columns, grid_id="labs-table", height=420, label=f"Values of {term}"),
    )  # fmt: skip
