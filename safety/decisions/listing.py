"""Decisions of a study for people: what was decided, who signed it, and whether it stands."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from safety.decisions import decision as decided
from safety.decisions.decision import SHORT, STOP, Decision, Question
from safety.decisions.questions import said
from safety.signing import listing as signing

COLUMNS = ["DECISION", "KIND", "USUBJID", "LEVEL", "STATEMENT", "BY", "AT", "SNAPSHOT", "STATE",
           "SIGNED"]  # fmt: skip
STANDS, ASKED, BACK, ANSWERED = (
    "stands", "in question", "stands: as it was when decided", "answered by a newer one",
)  # fmt: skip


def listing(connection: Connection, study: str) -> pd.DataFrame:
    """Return the decisions of a study, newest first. SIGNED: printed names, "" if nobody did."""
    known, asked = decided.decisions(connection, study), decided.questions(connection, study)
    counting, signed = decided.counting(known), signing.of_decisions(connection, study, known)
    rows = [
        (d.decision_id[:SHORT], d.kind, d.usubjid, d.doselvl, d.statement, d.actor, d.at,
         d.snapshot_id[:SHORT], state(d, asked.get(d.decision_id, []), counting),
         signing.names(signed.get(d.decision_id, [])))
        for d in reversed(known)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def state(of: Decision, asked: list[Question], counting: set[str]) -> str:
    """Return whether a decision stands."""
    if of.decision_id not in counting:
        return ANSWERED
    if not asked:
        return STANDS
    return ASKED if asked[-1].cells else BACK


def shown(connection: Connection, study: str, prefix: str) -> dict[str, Any]:
    """Return all of one decision: basis, questions, signatures; WrongUseError for none."""
    of = decided.find(connection, study, prefix)
    asked = decided.questions(connection, study).get(of.decision_id, [])
    counting = decided.counting(decided.decisions(connection, study))
    told = {name: getattr(of, name) for name in Decision.__slots__}
    questions = [{name: getattr(q, name) for name in Question.__slots__} for q in asked]
    signatures = signing.of_decisions(connection, study, [of]).get(of.decision_id, [])
    stands = state(of, asked, counting)
    return told | {"state": stands, "questions": questions, "signatures": signatures}


def _advised(content: dict[str, Any]) -> list[str]:
    """Return where the next subjects go, and what the design had said of it."""
    following, quoted = content["next_level"], json.loads(content["quoted"] or "{}")
    found = [f"Next subjects: {following}"] if following else []
    if not quoted:
        return found
    action, level, design = quoted["action"], quoted["level"], quoted["design"]
    said = f"{action} {level}".strip() if action else "no recommendation"
    found.append(f"The design ({design}) had said: {said}; {quoted['why']}")
    if action and following and following != (level or STOP):
        found.append("It DEVIATES from the recommendation: the reason above is why")
    if quoted["status"] == "waiting" and following:
        found.append("It was made while subjects were open who could still change the advice")
    return found


def lines(content: dict[str, Any]) -> list[str]:
    """Return what `shown` found, in words."""
    sizes = [f"{len(rows)} of {table}" for table, rows in content["basis"].items() if rows]
    found = [
        f"{content['decision_id']}: {content['state']}",
        f"Decided: {content['statement']}",
        f"By {content['actor']}, {content['at']}, on snapshot {content['snapshot_id'][:SHORT]}",
        f"Reason: {content['reason']}",
        signing.in_words(content["signatures"]),
        *_advised(content),
        f"Rests on: {', '.join(sizes)} (--json tells the cells)",
    ]
    for question in content["questions"]:
        by = ", ".join(str(seq) for seq in question["deliveries"]) or "none"
        where = f"{question['at']}, snapshot {question['snapshot_id'][:SHORT]}, deliveries {by}"
        cells = [f"  {said(cell)}" for cell in question["cells"]]
        found += [f"Question of {where}:", *(cells or ["  as it was when decided"])]
    return found
