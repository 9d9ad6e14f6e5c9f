"""Which serious events are worth waking somebody: an alert of P1 each, whatever its grade. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from safety.alerts.fact import AlertFact, alert
from safety.reporting import events as reported
from safety.reporting.events import CRITERIA, Event
from safety.reporting.judge import LEVELS, LIFE_THREATENING, Judgement, judge, owed
from safety.reporting.kinds import Clocks, Kind, clocks
from safety.study.model import Study

RULE, TIER = "SAE", "P1"


def facts(events: pd.DataFrame, study: Study) -> list[AlertFact]:
    """Return an alert of every serious event; none if the study says nothing of reports.

    events: of `grade_events`, with REL over all drugs. Its level is 3 for serious, 4 for
    life-threatening, 5 for fatal: an upgrade makes it worse. It is unverified where the data do
    not say that the event is serious, or how severe it is.
    """
    if study.reporting is None:
        return []
    rules = clocks(study)
    told = [(event, judge(event, study)) for event in reported.events(events)]
    serious = [(event, j) for event, j in told if j.level and not j.excluded]
    return [_alert(event, judgement, rules, study) for event, judgement in serious]


def _is_sure(event: Event, told: Judgement, study: Study) -> bool:
    """Return whether accepted rows say that it is serious, and as severe as it is taken for."""
    accepted = event.without_held()
    if accepted is None or judge(accepted, study).level != told.level:
        return False
    is_guess = told.level == LIFE_THREATENING and not accepted.any("AESLIFE", "Y")
    return accepted.any("AESER", "Y") and not is_guess


def _alert(event: Event, told: Judgement, rules: Clocks, study: Study) -> AlertFact:
    is_sure = _is_sure(event, told, study)
    lines = [
        f"{event.term}: {_mark(told)}",
        f"Criteria: {_criteria(event)}; seriousness (AESER) {_given(event, 'AESER')}",
        f"Grade {_given(event, 'AETOXGR')}, severity {_given(event, 'AESEV')}",
        f"Outcome {_given(event, 'AEOUT')}",
        f"Onset {event.onset_text}, study day {_given(event, 'ASTDY')}",
        f"Attribution {_given(event, 'AEREL')}; suspected: {WORDS[told.suspected]}",
        f"Expected: {f'by version {told.listed}' if told.listed else 'no'}",
        *(f"Report: {_clock(rules.kinds[k])}" for k in _kinds(event, told, rules)),
        *(f"In doubt: {doubt}" for doubt in told.doubts),
        *(f"Source {row['SRCFILE']} row {row['SRCROW']}" for row in event.rows),
    ]
    return alert(
        study, event.usubjid, RULE, event.episode, TIER, told.level, is_sure, lines,
        day=event.rows[0]["STDTC"], records=tuple(row["KEY"] for row in event.rows),
    )  # fmt: skip


WORDS = {"Y": "yes", "N": "no", "?": "yes, attribution is not told"}


def _mark(told: Judgement) -> str:
    level = LEVELS[told.level]
    return "serious adverse event" + ("" if level == "serious" else f", {level}")


def _criteria(event: Event) -> str:
    return ", ".join(CRITERIA[n] for n in CRITERIA if event.any(n, "Y")) or "none given"


def _given(event: Event, column: str) -> str:
    return event.told(column) or "not given"


def _kinds(event: Event, told: Judgement, rules: Clocks) -> Iterable[str]:
    return sorted(owed(event.term, told, {}, rules))


def _clock(kind: Kind) -> str:
    within = f"{kind.hours} hours" if kind.days is None else f"{kind.days} calendar days"
    beyond = " more" if kind.after else ""
    return f"{kind.text} to {kind.recipient}, within {within}{beyond}"
