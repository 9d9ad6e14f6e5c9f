"""Everything of the subject on one axis of study days, and the same as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboards.components import figure
from dashboards.components.parts import nothing, section
from dashboards.exposure_page.regimen import cycle_visit
from dashboards.figures.profile import BEFORE, CYCLE, Drawn, not_drawn, profile_figure
from dashboards.i18n import t
from dashboards.kept import Kept
from dashboards.shown import Column, Shown, shown
from dashboards.subject_page import whose
from dashboards.view import View
from safety.displays.days import study_day
from safety.displays.dosing import stretches
from safety.displays.population import Chosen
from safety.displays.profile import Profile, profile

NAME = "subject-profile"
FRAMES = ("dose", "adverse_event", "event_grade", "grade", "measurement", "medication", "procedure",
          "visit", "verdict", "disposition", "subject")  # fmt: skip
_KEPT: Kept[tuple[Profile, Drawn]] = Kept(16)
COLUMNS = ["TRACK", "NAME", "FROM", "TO", "GRADE", "TEXT"]


def found(view: View, usubjid: str) -> tuple[Profile, Drawn]:
    """Return what is known of the subject by track, and what of it is drawn."""
    whose.frames(view, usubjid, *FRAMES)  # asks, and notes the reads, also of what is kept
    key = (view.settings.db_url, view.shot.snapshot_id, usubjid)
    return _KEPT.get(key, lambda: _found(view, usubjid))


def _found(view: View, usubjid: str) -> tuple[Profile, Drawn]:
    chosen, rows = whose.alone(view, usubjid), whose.frames(view, usubjid, *FRAMES)
    known = profile(rows, chosen, view.shot.as_of, cycle_visit=cycle_visit(view))
    known = replace(known, bars=_with_cycles(known.bars, view))
    segments, _ = stretches(rows, chosen, view.shot.as_of)
    today = _days(pd.Series([view.shot.as_of]), chosen)
    closes = _days(rows["verdict"]["CLOSES"].astype("str"), chosen)
    return known, Drawn(known.bars, segments, closes, today or 1)


def _with_cycles(bars: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return bars without cycles where the study file has none."""
    has_cycles = view.study is not None and view.study.treatment is not None
    return bars if has_cycles else bars[bars["NAME"].ne(CYCLE)]


def _days(text: pd.Series, chosen: Chosen) -> int | None:
    """Return the study day of the first of some days, None where it has none."""
    day = text[text.str.fullmatch(r"\d{4}-\d{2}-\d{2}").eq(True)].head(1).reset_index(drop=True)
    found = study_day(day, chosen.table["TRTSDT"].head(len(day)))
    return int(found.iloc[0]) if found.notna().any() else None


def part(view: View, usubjid: str) -> Any:
    """Return the figure; who was not treated has no study days."""
    if not len(whose.alone(view, usubjid)):
        return section(t("Profile"), "", nothing(
            t("No first dose is recorded: there are no study days to draw. The rows of the "
              "subject are listed above.")))  # fmt: skip
    _, drawn = found(view, usubjid)
    alt = t("Dosing, adverse events, abnormal values, medications and procedures of the subject "
            "over study days")  # fmt: skip
    return figure.part(NAME, profile_figure(drawn, title=usubjid), view, alt=alt,
                       lead=_legend())  # fmt: skip


def _legend() -> Any:
    return t(
        "A digit is the CTCAE grade (3-4: one of these, ?: not told, n.g.: not gradable); "
        "S: serious; dotted: the date is partial; an arrow: no end is known. "
        "Doses: filled as begun, slanted lines reduced, crosses not taken, dots not known."
    )


@shown(NAME)
def profile_table(view: View) -> Shown:
    """Return the profile as a table, also what has no study day."""
    usubjid = whose.subject(view)
    known, drawn = found(view, usubjid)
    rows = pd.concat([_bars(known.bars), known.unplaced.assign(FROM="", TO="", GRADE="")])
    return Shown(
        t("Profile"),
        rows[COLUMNS],
        (
            Column("TRACK", t("Track")), Column("NAME", t("Line")), Column("FROM", t("From day")),
            Column("TO", t("To day")), Column("GRADE", t("Grade"), "grade"),
            Column("TEXT", t("What"), wide=True),
        ),
        note=_left_out(known, drawn),
        none=t("Nothing is recorded."),
    )  # fmt: skip


def _left_out(known: Profile, drawn: Drawn) -> str:
    return t(
        "{normal} values of grade 0 are not drawn; {ungraded} drawn values have no grade; "
        "{unplaced} records have no study day and {early} end more than {n} days before the first "
        "dose: they stand in the table only",
        normal=f"{known.normal:,}", ungraded=f"{known.ungraded:,}", unplaced=len(known.unplaced),
        early=not_drawn(drawn), n=BEFORE,
    )  # fmt: skip


def _bars(bars: pd.DataFrame) -> pd.DataFrame:
    return bars.assign(
        FROM=[_between(a, b) for a, b in zip(bars["START"], bars["STARTMAX"], strict=True)],
        TO=[
            t("goes on") if is_open else _between(a, b)
            for a, b, is_open in zip(bars["END"], bars["ENDMAX"], bars["OPEN"], strict=True)
        ],
    )


def _between(low: object, high: object) -> str:
    """Return a study day, or the two that it lies between."""
    if pd.isna(low) or pd.isna(high) or low == high:
        return str(high) if pd.isna(low) else str(low)
    return t("{low} to {high}", low=low, high=high)
