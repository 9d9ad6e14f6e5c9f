"""How the alerting of a study is going: how often, how soon, how often rightly. Pure.

Each number keeps its denominator, and what it leaves out: a share of nothing is no 0 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, Literal

import pandas as pd

from safety.alerts import clocks
from safety.audit.record import MACHINE
from safety.stamp import stamp
from safety.study.model import Study

TIERS = ("P1", "P2", "P3", "P4")
ALL = "all"
DAYS_OF_WEEK = 7
ANSWERS = frozenset({"acknowledge", "review", "resolve", "suppress"})
JUDGED = ("confirmed", "not_confirmed", "data_error")  # what says whether an alert was right
Answer = Literal["in time", "late", "running", "ended", "none"]


def patient_weeks(exposure: pd.DataFrame) -> tuple[float, int]:
    """Return weeks from first to last recorded dose of all subjects, and of how many unknown.

    exposure: TRTSDT, EXPDAYS. A subject without a first dose is in neither.
    """
    treated = exposure[exposure["TRTSDT"].fillna("").ne("")]
    days = pd.to_numeric(treated["EXPDAYS"])
    return float(days.sum()) / DAYS_OF_WEEK, int(days.isna().sum())


def answers(events: pd.DataFrame, study: Study, now: datetime) -> pd.Series:
    """Return by ALERT_ID how its first telling was answered.

    events: ALERT_ID, AT, ACTION, ACTOR, TIER, STATE_AFTER in the order they came. ended: the data
    took it back before its time was up; running: its time is not up; none: nobody had to answer.
    """
    judged = partial(_answer, study=study, now=stamp(now))
    found = {alert_id: judged(own.to_dict("records")) for alert_id, own in
             events.groupby("ALERT_ID", sort=False)}  # fmt: skip
    return pd.Series(found, dtype="str")


def _answer(events: list[dict[str, Any]], study: Study, now: str) -> Answer:
    first = events[0]
    due = clocks.due_at(study, first["TIER"], first["AT"])
    if not due:
        return "none"
    answered = next((e["AT"] for e in events if _is_answer(e)), "")
    if answered:
        return "in time" if answered <= due else "late"
    ended = next((e["AT"] for e in events if e["STATE_AFTER"] == "resolved"), "")
    if ended and ended <= due:
        return "ended"
    return "late" if due <= now else "running"


def _is_answer(event: dict[str, Any]) -> bool:
    return event["ACTOR"] != MACHINE and event["ACTION"] in ANSWERS


def table(
    alerts: pd.DataFrame, answered: pd.Series, weeks: float, tiers: Iterable[str] = TIERS
) -> pd.DataFrame:
    """Return a row a tier, and one of all: TIER, ALERTS, SUBJECTS, RATE, IN TIME, ...

    alerts: ALERT_ID, TIER, USUBJID, OUTCOME. SUBJECTS: alerts about a subject, which RATE counts.
    """
    rows = [_row(tier, alerts[alerts["TIER"].eq(tier)], answered, weeks) for tier in tiers]
    return pd.DataFrame([*rows, _row(ALL, alerts, answered, weeks)])


def _row(tier: str, alerts: pd.DataFrame, answered: pd.Series, weeks: float) -> dict[str, Any]:
    said = alerts["ALERT_ID"].map(answered).value_counts()
    ends = alerts["OUTCOME"].value_counts()
    in_time, late = int(said.get("in time", 0)), int(said.get("late", 0))
    judged = sum(int(ends.get(o, 0)) for o in JUDGED)
    about = int(alerts["USUBJID"].ne("").sum())
    return {
        "TIER": tier, "ALERTS": len(alerts), "SUBJECTS": about,
        "RATE": f"{about / weeks:.2f}" if weeks else "", "IN TIME": share(in_time, in_time + late),
        "RUNNING": int(said.get("running", 0)), "ENDED": int(said.get("ended", 0)),
        "NONE": int(said.get("none", 0)),
        "CONFIRMED": share(int(ends.get("confirmed", 0)), judged),
        "OTHER": sum(int(ends.get(o, 0)) for o in ("duplicate", "other")),
    }  # fmt: skip


def share(part: int, whole: int) -> str:
    """Return a share with both its numbers; of nothing it is not known."""
    return f"{part:,} of {whole:,} ({part / whole:.0%})" if whole else "0 of 0"
