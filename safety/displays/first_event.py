"""Time from the first dose to the first event of a grade, with those still at risk."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from safety.displays.days import study_day
from safety.displays.population import Chosen, Frames, Scope
from safety.displays.reported import reported

ALL = "all"
# Where a subject was seen: tables and columns of first possible days
SEEN = (
    ("measurement", "ADTMIN"), ("dose", "STDTMIN"), ("dose", "ENDTMIN"), ("visit", "STDTMIN"),
    ("adverse_event", "STDTMIN"), ("adverse_event", "ENDTMIN"), ("disposition", "STDTMIN"),
    ("medication", "STDTMIN"), ("procedure", "STDTMIN"),
)  # fmt: skip
_STEPS = ["LEVEL", "DAY", "ATRISK", "EVENTS", "CENSORED", "INCIDENCE"]


@dataclass(frozen=True, slots=True, eq=False)
class FirstEvents:
    """Cumulative incidence (1 - Kaplan-Meier) by level and over all.

    subjects: USUBJID, LEVEL, DAY (study day of the event, or last known day), EVENT, INEXACT.
    steps: LEVEL ("all" too), DAY, ATRISK (before that day's events), EVENTS, CENSORED, INCIDENCE;
    day 0 is where all begin: 0 events. medians: by level, the day by which half had it; None if
    not reached. Death and leaving count as censoring, so that INCIDENCE is of who stays under
    observation. maybe: subjects whose events may have the grade, and were not counted. undated:
    subjects with such an event of which no day is known: in no step.
    """

    subjects: pd.DataFrame
    steps: pd.DataFrame
    medians: dict[str, int | None]
    maybe: tuple[str, ...]
    undated: tuple[str, ...]


def first_events(
    frames: Frames, chosen: Chosen, scope: Scope, as_of: str, *, possible: bool = False
) -> FirstEvents:
    """Return the time to the first event of scope.least_grade or more.

    Frames: adverse_event, event_grade, and those of SEEN. possible: an event that may have the
    grade counts as one that has. A partial date counts as its first possible day after the first
    dose (INEXACT).
    """
    rows = reported(frames, chosen, scope).rows
    sure = rows["MINGR"].ge(scope.least_grade)
    counted = rows[sure | possible]
    undated = set(counted.loc[counted["ASTDYMIN"].isna(), "USUBJID"])
    dated = counted[counted["ASTDYMIN"].notna()].sort_values(["ASTDYMIN", "KEY"])
    first = dated.drop_duplicates("USUBJID").set_index("USUBJID")
    # an earlier event of unknown date may be the first: that subject's time is not known
    people = chosen.table[~chosen.table["USUBJID"].isin(undated)]
    table = _subjects(people, first, last_known(frames, chosen, as_of))
    steps = pd.concat(
        [_steps(table, ALL), *(_steps(table[table["LEVEL"].eq(x)], x) for x in chosen.levels)],
        ignore_index=True,
    )
    perhaps = () if possible else set(rows.loc[~sure, "USUBJID"]) - set(counted["USUBJID"])
    medians = {x: _median(steps[steps["LEVEL"].eq(x)]) for x in (ALL, *chosen.levels)}
    return FirstEvents(table, steps, medians, tuple(sorted(perhaps)), tuple(sorted(undated)))


def last_known(frames: Frames, chosen: Chosen, as_of: str) -> pd.Series:
    """Return by USUBJID the last study day on which anything is told of them, up to as_of."""
    seen = [frames[name][["USUBJID", day]].set_axis(["USUBJID", "DAY"], axis=1)
            for name, day in SEEN]  # fmt: skip
    own = chosen.table[["USUBJID", "TRTSDT"]].set_axis(["USUBJID", "DAY"], axis=1)
    days = pd.concat([f.astype("str") for f in [*seen, own]]).dropna()
    last = days[days["DAY"].le(as_of)].groupby("USUBJID")["DAY"].max()
    firsts = chosen.table.set_index("USUBJID")["TRTSDT"]
    return study_day(last.reindex(firsts.index), firsts).fillna(1).clip(lower=1)


def _subjects(people: pd.DataFrame, first: pd.DataFrame, last: pd.Series) -> pd.DataFrame:
    who = people["USUBJID"]
    onset = who.map(first["ASTDYMIN"]).astype("Int64").clip(lower=1)
    event = onset.notna()
    return people[["USUBJID", "LEVEL"]].assign(
        DAY=onset.fillna(who.map(last).astype("Int64")).astype("int64"),
        EVENT=event,
        INEXACT=event & who.map(first["ASTDY"]).astype("Int64").isna(),
    ).reset_index(drop=True)  # fmt: skip


def _steps(table: pd.DataFrame, level: str) -> pd.DataFrame:
    by_day = table.groupby("DAY")["EVENT"].agg(["sum", "size"]).astype("int64")
    by_day = by_day.reindex(by_day.index.union([0]), fill_value=0).sort_index()
    events, leaving = by_day["sum"], by_day["size"]
    at_risk = len(table) - leaving.cumsum().shift(fill_value=0)
    free = (1 - events / at_risk.clip(lower=1)).cumprod()
    return pd.DataFrame(
        {
            "LEVEL": level, "DAY": by_day.index.astype("int64"), "ATRISK": at_risk.to_numpy(),
            "EVENTS": events.to_numpy(), "CENSORED": (leaving - events).to_numpy(),
            "INCIDENCE": (1 - free).to_numpy(),
        },
        columns=_STEPS,
    )  # fmt: skip


def at_risk(table: pd.DataFrame, days: list[int]) -> list[int]:
    """Return how many of `FirstEvents.subjects` are at risk just before each day."""
    return [int(table["DAY"].ge(day).sum()) for day in days]


def _median(steps: pd.DataFrame) -> int | None:
    reached = steps.loc[steps["INCIDENCE"].ge(0.5 - 1e-12), "DAY"]
    return int(reached.iloc[0]) if len(reached) else None
