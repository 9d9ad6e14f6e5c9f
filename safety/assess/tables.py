"""Assessments as frames, a table a kind of result; the store, the alerts and the pages read them.

Lists are JSON texts. EVIDENCE tells record, date and text; PLACES, in the same order, the file and
row of each. They are apart because a row that only moved inside its file is the same evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from safety.assess.facts import Source
from safety.assess.result import (
    AssessmentDone,
    Deviation,
    DrugExposure,
    Pause,
    RuleResult,
    SubjectAssessment,
    Trigger,
)
from safety.assess.stopping import Monitored
from safety.versioning import canonical_json, digest

Row = dict[str, Any]
SEPARATOR = "#"
ARGUMENT = "EVIDENCE PLACES"
COLUMNS = {
    "verdict": "USUBJID DOSELVL VERDICT EVALUABLE REASON LATE ONSETDY CLOSES WINDOWTEXT FLAGS "
    "QUERIES",
    "rule_result": "USUBJID RULE LATE KIND STATE ONSETDY TERMS DURATION MISSING SETTLESBY "
    + ARGUMENT,
    "surveillance": "USUBJID ASSESSMENT DUEWINDOW STATUS DUEBY DONEON",
    "dose_account": "USUBJID DRUG CYCLE PLANNED TAKEN PLANNEDMG TAKENMG RDI MISSED UNRECORDED "
    "REDUCEDMG COMPLETE",
    "trigger": "USUBJID RULE DRUG ACTION ONDT STATE WINS RESUME NEXTDOSE UNTILDT MISSING ADVICE "
    "RULETEXT " + ARGUMENT,
    "deviation": "USUBJID KIND DRUG ONDT EXPECTED ACTUAL RULE " + ARGUMENT,
    "pause": "RULE DOSELVL RULETEXT SUBJECTS",
    "monitor": "RULE DOSELVL RULETEXT SUBJECTS ATRISK UNDECIDED WAITING N EVENTS",
}
TYPES = dict.fromkeys(("ONSETDY", "CYCLE", "N", "EVENTS"), "Int32") | dict.fromkeys(
    ("PLANNED", "TAKEN", "PLANNEDMG", "TAKENMG", "RDI", "UNRECORDED", "REDUCEDMG"), "float64"
)


def frames(
    found: Sequence[SubjectAssessment],
    paused: Iterable[Pause],
    monitored: Iterable[Monitored] = (),
) -> dict[str, pd.DataFrame]:
    """Return every table of `COLUMNS`, each with KEY: the names of a row, never its place.

    verdict: one row a subject; CLOSES is missing for one who was not treated. rule_result: one a
    subject and rule, LATE for what came after the window. surveillance: one a required assessment
    and window; dose_account: one a drug and cycle; trigger, deviation: one each; pause: one a rule
    and level; monitor: one a stopping rule and what it counts together (N subjects ATRISK by first
    dose, EVENTS of them SUBJECTS; UNDECIDED and WAITING are not counted). Days are YYYY-MM-DD,
    truths Y or "" (EVALUABLE: Y, N or "").
    """
    rows = {
        "verdict": [_verdict(s) for s in found],
        "rule_result": [
            _rule(s, r, late)
            for s in found
            for results, late in ((s.rules, ""), (s.late, "Y"))
            for r in results
        ],
        "surveillance": [_done(s, a) for s in found for a in s.surveillance],
        "dose_account": [_account(s, e) for s in found for e in s.exposure],
        "trigger": _distinct([_trigger(s, t) for s in found for t in s.triggers]),
        "deviation": _distinct([_deviation(s, d) for s in found for d in s.deviations]),
        "pause": [_pause(p) for p in paused],
        "monitor": [_monitor(m) for m in monitored],
    }
    return {name: _frame(COLUMNS[name].split(), rows[name]) for name in COLUMNS}


def _frame(columns: list[str], rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["KEY", *columns], dtype="object")
    return frame.astype({c: TYPES.get(c, "str") for c in frame})


def _distinct(rows: list[Row]) -> list[Row]:
    """Tell rows of one key apart by what they say; of equal ones keep one."""
    often = Counter(r["KEY"] for r in rows)
    found = {}
    for row in rows:
        said = digest(canonical_json({c: v for c, v in row.items() if c != "PLACES"}))[:12]
        key = row["KEY"] if often[row["KEY"]] == 1 else _key(row["KEY"], said)
        found[key] = row | {"KEY": key}
    return list(found.values())


def _key(*names: object) -> str:
    return SEPARATOR.join(str(n) for n in names)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _yes(truth: bool) -> str:
    return "Y" if truth else ""


def _list(texts: Iterable[str]) -> str:
    return canonical_json(list(texts))


def _argument(sources: Sequence[Source]) -> Row:
    said = [{"record": s.record, "date": s.day, "text": s.text} for s in sources]
    places = [{"file": s.file, "row": s.row} for s in sources]
    return {"EVIDENCE": canonical_json(said), "PLACES": canonical_json(places)}


def _verdict(s: SubjectAssessment) -> Row:
    return {
        "KEY": s.usubjid,
        "USUBJID": s.usubjid,
        "DOSELVL": s.dose_level,
        "VERDICT": s.verdict,
        "EVALUABLE": "" if s.evaluable is None else "Y" if s.evaluable else "N",
        "REASON": s.evaluability_reason,
        "LATE": _yes(s.late_dlt_equivalent),
        "ONSETDY": s.dlt_onset_day,
        "CLOSES": _day(s.window_closes),
        "WINDOWTEXT": s.window_text,
        "FLAGS": _list(s.flags),
        "QUERIES": _list(s.queries),
    }


def _rule(s: SubjectAssessment, r: RuleResult, late: str) -> Row:
    return {
        "KEY": _key(s.usubjid, r.id, late),
        "USUBJID": s.usubjid,
        "RULE": r.id,
        "LATE": late,
        "KIND": r.kind,
        "STATE": r.state,
        "ONSETDY": r.onset_day,
        "TERMS": _list(r.terms),
        "DURATION": r.duration,
        "MISSING": _list(r.missing),
        "SETTLESBY": _day(r.settles_by),
    } | _argument(r.evidence)


def _done(s: SubjectAssessment, a: AssessmentDone) -> Row:
    return {
        "KEY": _key(s.usubjid, a.assessment, a.window),
        "USUBJID": s.usubjid,
        "ASSESSMENT": a.assessment,
        "DUEWINDOW": a.window,
        "STATUS": a.status,
        "DUEBY": _day(a.due_by),
        "DONEON": _list(d.isoformat() for d in a.done_on),
    }


def _account(s: SubjectAssessment, e: DrugExposure) -> Row:
    return {
        "KEY": _key(s.usubjid, e.drug, e.cycle),
        "USUBJID": s.usubjid,
        "DRUG": e.drug,
        "CYCLE": e.cycle,
        "PLANNED": e.planned,
        "TAKEN": e.taken,
        "PLANNEDMG": e.planned_mg,
        "TAKENMG": e.taken_mg,
        "RDI": e.rdi,
        "MISSED": canonical_json(e.missed),
        "UNRECORDED": e.unrecorded,
        "REDUCEDMG": e.reduced_mg,
        "COMPLETE": _yes(e.complete),
    }


def _trigger(s: SubjectAssessment, t: Trigger) -> Row:
    return {
        "KEY": _key(s.usubjid, t.rule, t.drug, t.on, _first(t.evidence)),
        "USUBJID": s.usubjid,
        "RULE": t.rule,
        "DRUG": t.drug,
        "ACTION": t.action,
        "ONDT": _day(t.on),
        "STATE": t.state,
        "WINS": _yes(t.wins),
        "RESUME": t.resume,
        "NEXTDOSE": t.next_dose,
        "UNTILDT": _day(t.until),
        "MISSING": _list(t.missing),
        "ADVICE": t.advice,
        "RULETEXT": t.text,
    } | _argument(t.evidence)


def _deviation(s: SubjectAssessment, d: Deviation) -> Row:
    return {
        "KEY": _key(s.usubjid, d.kind, d.rule, d.drug, d.on, _first(d.evidence)),
        "USUBJID": s.usubjid,
        "KIND": d.kind,
        "DRUG": d.drug,
        "ONDT": _day(d.on),
        "EXPECTED": d.expected,
        "ACTUAL": d.actual,
        "RULE": d.rule,
    } | _argument(d.evidence)


def _first(evidence: Sequence[Source]) -> str:
    """Return the record an argument begins with."""
    return min(evidence).record if evidence else ""


def _pause(p: Pause) -> Row:
    return {
        "KEY": _key(p.rule, p.level, p.text),
        "RULE": p.rule,
        "DOSELVL": p.level,
        "RULETEXT": p.text,
        "SUBJECTS": _list(p.usubjids),
    }


def _monitor(m: Monitored) -> Row:
    return {
        "KEY": _key(m.id, m.level),
        "RULE": m.id,
        "DOSELVL": m.level,
        "RULETEXT": m.text,
        "SUBJECTS": _list(m.usubjids),
        "ATRISK": _list(m.at_risk),
        "UNDECIDED": _list(m.open),
        "WAITING": _list(m.waiting),
        "N": m.n,
        "EVENTS": m.y,
    }
