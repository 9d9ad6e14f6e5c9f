"""What stands above any design: stopping rules, and what pauses enrolment until it is signed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from safety.decisions.decision import Decision
from safety.decisions.stored import Stored
from safety.escalation.stopping.configured import watch
from safety.escalation.stopping.monitor import Monitor
from safety.store import tables
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


def watched(rows: Sequence[Row], study: Study) -> Iterator[Watched]:
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


def paused(
    connection: Connection, state: Stored, known: Sequence[Watched], decisions: list[Decision]
) -> Iterator[str]:
    """Yield what stops enrolment until the committee signs: no dose decision was made since."""
    times = _times(connection, state.study)
    signed = decisions[-1].at if decisions else ""
    for row in sorted(state.rows("pause"), key=lambda r: (r["RULE"], r["DOSELVL"], r["KEY"])):
        if times.get(row["TX_FROM"], "") >= signed:
            yield _pause(row)
    since = {(r["RULE"], r["DOSELVL"]): times.get(r["TX_FROM"], "") for r in state.rows("monitor")}
    for each in known:
        reached = each.stands.stops or each.stands.crossed is not None
        if reached and since.get((each.id, each.level), "") >= signed:
            where = f" at {each.level}" if each.level else ""
            yield f"{each.id}{where}: {each.text}: {each.stands.text}"


def _times(connection: Connection, study: str) -> dict[int, str]:
    t = tables.snapshot.c
    query = select(t.seq, t.created_at).where(t.study == study)
    return {row.seq: row.created_at for row in connection.execute(query)}


def _pause(row: Row) -> str:
    level = f" at {row['DOSELVL']}" if row["DOSELVL"] else ""
    who = ", ".join(json.loads(row["SUBJECTS"]))
    return f"{row['RULE']}{level}: {row['RULETEXT']} ({who})"
