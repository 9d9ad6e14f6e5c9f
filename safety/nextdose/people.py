"""The treated subjects of a snapshot, each with what it stands for and can still become."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from safety.decisions.stored import Stored
from safety.escalation.subjects import INDETERMINATE, PENDING, Subject, settled
from safety.nextdose.adjudicated import adjudged
from safety.nextdose.course import Course
from safety.nextdose.doubts import Doubts, asked, held
from safety.snapshots import as_of
from safety.store.read import Snapshot
from safety.study.model import Study

Row = Mapping[str, Any]
MOST = 3  # rules that are named


def subjects(
    connection: Connection, state: Stored, shot: Snapshot, study: Study, course: Course, level: str
) -> Iterator[Subject]:
    """Yield the subjects of a course; level: where the trial is now."""
    doubts = _doubts(connection, state, shot, course.rows)
    latest, visit = _latest(state, study, course), course.visit(level)
    lacking, ruled = _lacking(state, course), adjudged(connection, shot)
    levels = [each.id for each in study.treatment.levels] if study.treatment else []
    for row in course.rows:
        usubjid, verdict = row["USUBJID"], row["VERDICT"]
        can_be = settled(verdict, row["EVALUABLE"])
        stands = None if verdict in (PENDING, INDETERMINATE) or len(can_be) > 1 else can_be[0]
        why: tuple[str, ...] = (_open_for(row, lacking.get(usubjid, [])),)
        if stands is not None:
            can_be, why = doubts.of(usubjid, stands)
        if usubjid in ruled:
            by = ruled[usubjid]
            stands, can_be, why = by.stands(stands), by.can_be(can_be), by.why(why)
        day = latest.get(usubjid, "") if verdict == PENDING else ""
        settles = date.fromisoformat(day) if day >= shot.as_of else None
        yield Subject(
            usubjid, levels.index(row["DOSELVL"]), verdict, stands, can_be, row["LATE"] == "Y",
            settles, why, _followed(row, course.first_doses.get(usubjid, ""), day, shot.as_of),
            usubjid in visit,
        )  # fmt: skip


def _open_for(row: Row, lacking: Sequence[str]) -> str:
    """Return why a subject has no verdict: the window, or what rules cannot be judged without."""
    if row["VERDICT"] == PENDING:
        return f"PENDING: {row['REASON']}; its window closes {row['CLOSES']} unless it goes on"
    more = [f"and {len(lacking) - MOST} more"] if len(lacking) > MOST else []
    return f"{row['VERDICT']}: {'; '.join([*lacking[:MOST], *more]) or row['REASON']}"


def _lacking(state: Stored, course: Course) -> dict[str, list[str]]:
    """Return by subject the DLT rules that cannot be judged, each with what it lacks."""
    found: dict[str, list[str]] = defaultdict(list)
    treated = [row["USUBJID"] for row in course.rows]
    for row in state.rows("rule_result", "USUBJID", treated):
        is_open = row["STATE"] == "not_evaluable" and row["LATE"] != "Y"
        if is_open and row["KIND"] == "dose_limiting":
            lacks = ", ".join(json.loads(row["MISSING"] or "[]")) or "cannot be judged"
            found[row["USUBJID"]].append(f"rule {row['RULE']}: {lacks}")
    return {usubjid: sorted(texts) for usubjid, texts in found.items()}


def _latest(state: Stored, study: Study, course: Course) -> dict[str, str]:
    """Return by subject the last day on which the verdict may still be open.

    The window goes on while the next cycle is delayed for toxicity, and a rule that asks how long
    something lasts may settle later.
    """
    window = study.dose_limiting.window
    longest = timedelta(days=(window.extends_to_day or window.last_day) - 1)
    found = {
        usubjid: (date.fromisoformat(day[:10]) + longest).isoformat()
        for usubjid, day in course.first_doses.items() if day
    }  # fmt: skip
    for row in course.rows:
        found[row["USUBJID"]] = max(found.get(row["USUBJID"], ""), str(row["CLOSES"]))
    for row in state.rows("rule_result", "USUBJID", list(found)):
        if row["STATE"] == "not_evaluable" and row["SETTLESBY"] and row["LATE"] != "Y":
            found[row["USUBJID"]] = max(found[row["USUBJID"]], str(row["SETTLESBY"]))
    return found


def _followed(row: Row, first_dose: str, latest: str, as_of: str) -> float:
    """Return the part of the DLT window that has passed at the end of a day.

    Of a window that should have closed and goes on it is the part of the longest one.
    """
    if not first_dose:
        return 0.0
    end = max(row["CLOSES"], latest) if row["CLOSES"] <= as_of else row["CLOSES"]
    first, today, last = map(date.fromisoformat, (first_dose[:10], as_of, end))
    return min(1.0, max(0.0, ((today - first).days + 1) / max(1, (last - first).days + 1)))


def _doubts(connection: Connection, state: Stored, shot: Snapshot, placed: Sequence[Row]) -> Doubts:
    window = {row["USUBJID"]: str(row["CLOSES"]) for row in placed}
    alerts = as_of.alerts(connection, shot.study, shot.seq).to_dict("records")
    items = as_of.work_items(connection, shot.study, shot.seq)
    states = dict(zip(items["KEY"], items["STATE"], strict=True))
    met: dict[str, set[str]] = defaultdict(set)
    for row in state.rows("rule_result", "USUBJID", list(window)):
        if row["STATE"] == "met" and row["KIND"] == "dose_limiting" and row["LATE"] != "Y":
            met[row["USUBJID"]].update(json.loads(row["TERMS"] or "[]"))
    frozen = {usubjid: frozenset(terms) for usubjid, terms in met.items()}
    by_held = held(alerts, state.rows("quarantine"), window, shot.as_of)
    return by_held.joined(asked(state.rows("query"), states, window, frozen))


def unplaced(state: Stored, verdicts: Sequence[Row], levels: Sequence[str]) -> list[str]:
    """Return treated subjects who count nowhere: of an unknown level, or without a first dose."""
    dosed = {row["USUBJID"] for row in state.rows("exposure") if row["DOSES"]}
    return sorted(
        row["USUBJID"] for row in verdicts
        if (row["CLOSES"] and row["DOSELVL"] not in levels)
        or (not row["CLOSES"] and row["USUBJID"] in dosed)
    )  # fmt: skip
