"""The treated subjects of a snapshot, and where the trial of doses is."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from safety.decisions import decision as decided
from safety.decisions.stored import Stored
from safety.errors import WrongUseError
from safety.escalation.stopping.configured import watch
from safety.escalation.stopping.monitor import Monitor
from safety.escalation.subjects import PENDING, Subject, settled
from safety.nextdose.doubts import Doubts, asked, held
from safety.snapshots import as_of
from safety.store.read import Snapshot
from safety.study.escalation import Escalation
from safety.study.model import Study

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """A stopping rule and where it stands. level: "" if it watches several together.

    undecided, waiting: subjects who are not counted: nobody can tell yet, or it is too early.
    """

    id: str
    text: str
    level: str
    stands: Monitor
    undecided: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Who was treated, and the level of the next subject (index). why_at: what says so.

    unplaced: treated subjects whose level is none of the study: they count nowhere. pauses: rules
    that stop enrolment, in words. not_before: when the second subject of the level may be treated
    at the earliest, None if nobody or more than one was.
    """

    study: Study
    shot: Snapshot
    levels: tuple[str, ...]
    subjects: tuple[Subject, ...]
    at: int
    why_at: str
    unplaced: tuple[str, ...]
    pauses: tuple[str, ...]
    watched: tuple[Watched, ...] = ()
    not_before: date | None = None


def read(connection: Connection, study: Study, shot: Snapshot) -> Trial:
    """Return the trial as a snapshot has it. Raises WrongUseError for a study without levels."""
    if study.treatment is None or study.escalation is None:
        raise WrongUseError(
            f"{study.studyid} has no dose escalation: its study file needs `treatment` and "
            "`escalation`."
        )
    levels = tuple(level.id for level in study.treatment.levels)
    state = Stored(connection, shot.study, shot.seq)
    treated = [row for row in state.rows("verdict") if row["CLOSES"]]
    placed = [row for row in treated if row["DOSELVL"] in levels]
    doubts = _doubts(connection, state, shot, placed)
    first_doses = {row["USUBJID"]: str(row["TRTSDT"] or "") for row in state.rows("exposure")}
    at, why = _at(connection, shot, levels, placed, first_doses, study.treatment.start_level)
    subjects = [
        _subject(row, levels, doubts, _followed(row, first_doses.get(row["USUBJID"], ""), shot))
        for row in placed
    ]
    return Trial(
        study, shot, levels, tuple(subjects), at, why,
        tuple(sorted(row["USUBJID"] for row in treated if row not in placed)),
        tuple(sorted(_pause(row) for row in state.rows("pause"))),
        tuple(_watched(state.rows("monitor"), study)),
        _not_before(study.escalation, [
            first_doses.get(row["USUBJID"], "") for row in placed if row["DOSELVL"] == levels[at]
        ]),
    )  # fmt: skip


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
    by_held = held(alerts, state.rows("quarantine"), window)
    return by_held.joined(asked(state.rows("query"), states, window, frozen))


def _subject(row: Row, levels: Sequence[str], doubts: Doubts, followed: float) -> Subject:
    usubjid, verdict = row["USUBJID"], row["VERDICT"]
    can_be = settled(verdict, row["EVALUABLE"])
    why: tuple[str, ...] = (f"{verdict}: {row['REASON']}",)
    if len(can_be) == 1:
        can_be, why = doubts.of(usubjid, can_be[0])
    settles = date.fromisoformat(row["CLOSES"]) if verdict == PENDING else None
    return Subject(
        usubjid, levels.index(row["DOSELVL"]), verdict, can_be, row["LATE"] == "Y", settles, why,
        followed,
    )  # fmt: skip


def _followed(row: Row, first_dose: str, shot: Snapshot) -> float:
    """Return the part of the DLT window that has passed at the end of the snapshot's day."""
    if not first_dose:
        return 0.0
    first, today, last = map(date.fromisoformat, (first_dose[:10], shot.as_of, row["CLOSES"]))
    return min(1.0, max(0.0, ((today - first).days + 1) / max(1, (last - first).days + 1)))


def _at(
    connection: Connection, shot: Snapshot, levels: Sequence[str], placed: Sequence[Row],
    first_doses: Mapping[str, str], start: str,
) -> tuple[int, str]:  # fmt: skip
    """Return the level of the next subject: of the newest dose decision, or of the last treated."""
    newest = max(placed, key=lambda r: (first_doses.get(r["USUBJID"], ""), r["USUBJID"]),
                 default=None)  # fmt: skip
    last_dose = first_doses.get(newest["USUBJID"], "") if newest else ""
    for each in reversed(decided.decisions(connection, shot.study)):
        counts = each.next_level in levels and last_dose <= each.at[:10] <= shot.as_of
        if each.kind == decided.DOSE and counts:
            return levels.index(each.next_level), f"decided {each.at[:10]} by {each.actor}"
    if newest is None:
        return levels.index(start), "nobody was treated yet"
    return levels.index(newest["DOSELVL"]), f"the newest subject was treated there, {last_dose}"


def _not_before(escalation: Escalation, first_doses: Sequence[str]) -> date | None:
    """Return when the second subject of a new level may be treated at the earliest."""
    if len(first_doses) != 1 or not first_doses[0] or not escalation.stagger.amount:
        return None
    return date.fromisoformat(first_doses[0][:10]) + timedelta(escalation.stagger.whole_days)


def _watched(rows: Sequence[Row], study: Study) -> Iterator[Watched]:
    """Yield where each stopping rule stands, in the order of the study file and its levels."""
    levels = [level.id for level in study.treatment.levels] if study.treatment else []
    order = {level: place for place, level in enumerate(levels)}
    for rule in study.stopping:
        mine = [row for row in rows if row["RULE"] == rule.id]
        for row in sorted(mine, key=lambda r: (order.get(r["DOSELVL"], len(order)), r["DOSELVL"])):
            who, at_risk = json.loads(row["SUBJECTS"]), json.loads(row["ATRISK"])
            yield Watched(
                rule.id, rule.text, row["DOSELVL"], watch(rule, [u in who for u in at_risk]),
                len(json.loads(row["UNDECIDED"])), len(json.loads(row["WAITING"])),
            )  # fmt: skip


def _pause(row: Row) -> str:
    level = f" at {row['DOSELVL']}" if row["DOSELVL"] else ""
    who = ", ".join(json.loads(row["SUBJECTS"]))
    return f"{row['RULE']}{level}: {row['RULETEXT']} ({who})"
