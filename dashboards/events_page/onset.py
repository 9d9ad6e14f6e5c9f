"""When events of a grade began and how long they lasted: curves, and the events themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import choose, figure
from dashboards.components.parts import nothing, section
from dashboards.events_page.asked import denominator, left_out, sentences
from dashboards.exposure_page.lanes import measured
from dashboards.figures.onset import onset_figure
from dashboards.i18n import mark, t
from dashboards.kept import Kept
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.first_event import ALL, SEEN, FirstEvents, first_events
from safety.displays.onset import onsets
from safety.displays.population import Chosen, Frames, Scope

KEPT: Kept[FirstEvents] = Kept(8)
FIRST, ONSETS = "events-first", "events-onset"
GRADES = ("1", "2", "3", "4", "5")
LEAST = "3"  # unless somebody asks for another
MEASURED = "measurement"
ENDS = {
    "dated": mark("dated"), "ongoing": mark("ongoing"),
    "not told": mark("ended, no date"), "contradicted": mark("ends before it begins"),
}  # fmt: skip


def least(view: View) -> int:
    """Return the grade from which events count: that asked for, or that of the filter if higher."""
    given = view.address.get("first", LEAST)
    return max(int(given) if given in GRADES else int(LEAST), view.address.scope.least_grade)


def scope(view: View) -> Scope:
    """Return what is looked at: events of that grade, or that may have it."""
    return replace(view.address.scope, least_grade=least(view))


def found(view: View, chosen: Chosen) -> FirstEvents:
    """Return the time to the first event of the grade."""
    key = (view.settings.db_url, view.shot.snapshot_id, scope(view))
    return KEPT.get(
        key, lambda: first_events(_frames(view), chosen, scope(view), view.shot.as_of)
    )  # fmt: skip


def _frames(view: View) -> Frames:
    names = {"event_grade", *(name for name, _ in SEEN)} - {MEASURED}
    return {**view.frames(*names), MEASURED: measured(view)}


def part(view: View) -> Any:
    """Return the curves with their numbers, and the choice of the grade."""
    grade, chosen = least(view), view.population()
    if not len(chosen):
        return section(_title(grade), "", nothing(t("Nobody is chosen.")))
    words = {
        "day": t("Study day"), "percent": t("% with the event"), "at_risk": t("At risk"),
        "left": t("under observation until then"), "all": t("All"),
    }  # fmt: skip
    drawn = onset_figure(found(view, chosen), chosen.levels, words)
    alt = t("Share of subjects with a first event of grade {n} or more over study days, a curve a "
            "level, with how many are at risk below", n=grade)  # fmt: skip
    return figure.part(FIRST, drawn, view, alt=alt, lead=_choices(view, grade))


def _choices(view: View, grade: int) -> Any:
    links = [
        choose.chip(f"\u2265{g}", view.address.here(first=g), on=g == str(grade))
        for g in GRADES
        if int(g) >= view.address.scope.least_grade
    ]
    return choose.group(t("First event of grade"), links)


def _title(grade: int) -> str:
    return t("Time to the first event of grade {n} or more", n=grade)


@shown(FIRST)
def first(view: View) -> Shown:
    """Return the steps of the curves."""
    chosen = view.population()
    told = found(view, chosen)
    steps = told.steps.assign(
        PERCENT=(100 * told.steps["INCIDENCE"]).round(1),
        LEVEL=told.steps["LEVEL"].replace(ALL, t("All")),
    )
    columns = (
        Column("LEVEL", t("Level")), Column("DAY", t("Day"), "number"),
        Column("ATRISK", t("At risk"), "number"), Column("EVENTS", t("With the event"), "number"),
        Column("CENSORED", t("Under observation until then"), "number"),
        Column("PERCENT", t("% with the event"), "number"),
    )  # fmt: skip
    return Shown(_title(least(view)), steps, columns,
                 sentences(denominator(chosen), _first_note(told)))  # fmt: skip


def _first_note(told: FirstEvents) -> str:
    reached = [
        t("{level}: day {day}", level=t("all") if level == ALL else level, day=day)
        if day is not None
        else t("{level}: not reached", level=t("all") if level == ALL else level)
        for level, day in told.medians.items()
    ]
    perhaps = t("{n} subjects have an event that may be of that grade; it is not counted.",
                n=len(told.maybe)) if told.maybe else ""  # fmt: skip
    undated = t("{n} subjects have such an event without any date: they are in no curve.",
                n=len(told.undated)) if told.undated else ""  # fmt: skip
    return sentences(
        t("1 - Kaplan-Meier; who died or left counts as under observation until then."),
        t("Half had it by: {what}.", what=", ".join(reached)), perhaps, undated,
    )  # fmt: skip


@shown(ONSETS)
def began(view: View) -> Shown:
    """Return onset and duration of the events that have, or may have, that grade."""
    told = onsets(view.frames("adverse_event", "event_grade"), view.population(), scope(view),
                  view.shot.as_of)  # fmt: skip
    rows = told.rows
    table = rows.assign(
        ONSET=_between(rows["ASTDYMIN"], rows["ASTDYMAX"]),
        DURATION=_durations(rows),
        END=[t(ENDS[end]) for end in rows["END"]],
        SERIOUS=rows["SERIOUS"].eq("Y"),
    )
    note = t("{n} events. A duration counts both ends; of an ongoing event it is up to {day}. A "
             "partial date gives the least and the most that are possible.", n=f"{len(rows):,}",
             day=view.shot.as_of)  # fmt: skip
    undated = t("{n} events have no date of onset at all.", n=told.undated) if told.undated else ""
    return Shown(
        t("Onset and duration of events of grade {n} or more", n=least(view)), table,
        _columns(view), sentences(note, undated, left_out(told.left_out)),
        t("No event of these subjects has, or may have, that grade."),
    )  # fmt: skip


def _between(low: pd.Series, high: pd.Series) -> list[str]:
    """Return numbers as text: one, or the two it lies between; what has no bound says so."""
    return [_span(a, b) for a, b in zip(low, high, strict=True)]


def _span(low: object, high: object) -> str:
    if pd.isna(low) and pd.isna(high):
        return t("not known")
    if pd.isna(high):
        return t("{low} or more", low=low)
    if pd.isna(low):
        return t("{high} or less", high=high)
    return str(low) if low == high else t("{low} to {high}", low=low, high=high)


def _durations(rows: pd.DataFrame) -> list[str]:
    """Return durations: one that goes on has no upper bound, whatever the day of the data."""
    return _between(rows["DURMIN"], rows["DURMAX"])


def _columns(view: View) -> tuple[Column, ...]:
    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("TERM", t("Term")),
        Column("LABEL", t("Grade"), "grade"),
        Column("ONSET", t("Onset day"), href=lambda row: raw.href_row(view, "event", row["USUBJID"],
                                                                     row["KEY"])),
        Column("DURATION", t("Days")), Column("END", t("End")), Column("SERIOUS", t("Serious")),
    )  # fmt: skip
