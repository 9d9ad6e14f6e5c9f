"""What a reader of an alert asks next: level and day, values before, action, reported events.

Nothing here depends on as_of, so that an alert says the same tomorrow if the data do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from safety.alerts.fact import AlertFact, Results, told
from safety.study.model import Study

BEFORE = 3  # values of a trend
MAX_EVENTS = 5
SAME_VALUE = ["USUBJID", "PARAMCD", "SPEC"]


def with_context(found: Iterable[AlertFact], results: Results, study: Study) -> list[AlertFact]:
    """Return the alerts with the lines that place them; what is said already is not repeated."""
    context = _Context(results, study)
    return [replace(fact, body="\n".join([fact.body, *context.lines(fact)])) for fact in found]


class _Context:
    """The frames of a run, indexed once for all alerts."""

    def __init__(self, results: Results, study: Study) -> None:
        self._study = study
        self._levels = _by_subject(results.verdicts, "DOSELVL")
        self._first = _by_subject(results.exposure, "TRTSDT")
        self._measurements = results.measurements
        self._events = dict(iter(results.events.groupby("USUBJID")))
        self._actions = _actions(results.triggers)

    def lines(self, fact: AlertFact) -> list[str]:
        if not fact.usubjid:
            return self._version()
        return [
            *self._place(fact),
            *self._trends(fact),
            *self._protocol(fact),
            *self._reported(fact),
            *self._version(),
        ]

    def _place(self, fact: AlertFact) -> list[str]:
        level = self._levels.get(fact.usubjid)
        parts = [f"Dose level {level}"] if level else []
        first = self._first.get(fact.usubjid)
        if first and fact.day:
            parts.append(cycle_day(date.fromisoformat(first), fact.day, self._study))
        return ["; ".join(p for p in parts if p)] if any(parts) else []

    def _trends(self, fact: AlertFact) -> list[str]:
        rows = self._measurements
        if not fact.records or "PARAMCD" not in rows:
            return []
        about = rows[rows["KEY"].isin(fact.records)]
        series = about.drop_duplicates(SAME_VALUE).to_dict("records")
        return [line for row in series if (line := self._trend(row, about))]

    def _trend(self, row: dict[str, Any], about: pd.DataFrame) -> str:
        """Return the values before the first one that the alert is about."""
        same = _same(self._measurements, row)
        begins = about[_same_mask(about, row)]["ADTMIN"].min()
        before = same[same["ADTMIN"].lt(begins) & same["AVALC"].notna()]
        newest = before.sort_values(["ADTMIN", "KEY"])[-BEFORE:].to_dict("records")
        values = [f"{told(v['ADTC'])[:10]} {v['AVALC']} {told(v['AVALU'], '')}" for v in newest]
        return f"{row['PARAMCD']} before: {'; '.join(v.strip() for v in values)}" if values else ""

    def _protocol(self, fact: AlertFact) -> list[str]:
        found = [self._actions.get((fact.usubjid, record), []) for record in fact.records]
        lines = dict.fromkeys(line for lines in found for line in lines)
        return [line for line in lines if line not in fact.body]

    def _reported(self, fact: AlertFact) -> list[str]:
        """Return reported events of the alert's terms, and say so where there is none."""
        if not fact.terms:
            return []
        wanted = {t.casefold() for t in fact.terms}
        rows = self._events.get(fact.usubjid, pd.DataFrame()).to_dict("records")
        same = [r for r in rows if _term(r).casefold() in wanted]
        if not same:
            return ["No adverse event of this term is reported"]
        lines = [_event(r) for r in same if r["KEY"] not in fact.records]
        more = len(lines) - MAX_EVENTS
        return lines if more <= 0 else [*lines[:MAX_EVENTS], f"and {more} more reported events"]

    def _version(self) -> list[str]:
        protocol = self._study.protocol
        if protocol is None:
            return []
        draft = "" if protocol.approved_by else ", a draft that nobody has approved"
        return [f"Rules of version {protocol.version}{draft}"]


def cycle_day(first: date, day: str, study: Study) -> str:
    """Return study day and cycle day of a day; beyond cycle 1 the cycle day is the planned one."""
    try:
        number = (date.fromisoformat(day[:10]) - first).days
    except ValueError:  # a partial date
        return ""
    told_day = f"study day {number + 1 if number >= 0 else number}"
    if study.treatment is None or number < 0:
        return told_day
    cycle, within = divmod(number, study.treatment.cycle_length.whole_days)
    planned = "" if cycle == 0 else "planned "
    return f"{told_day}, {planned}cycle {cycle + 1} day {within + 1}"


def action(row: Mapping[str, Any]) -> str:
    """Return in words what a modification rule asks for."""
    text = f": {row['RULETEXT']}" if row["RULETEXT"] else ""
    return f"Protocol: {row['ACTION']} {row['DRUG']} (rule {row['RULE']}{text})"


def _by_subject(frame: pd.DataFrame, column: str) -> dict[str, str]:
    if column not in frame:
        return {}
    rows = frame[frame[column].notna() & frame[column].ne("")]
    return dict(zip(rows["USUBJID"], rows[column].astype("str"), strict=True))


def _actions(triggers: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Return what the protocol asks for, by subject and the record it rests on."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in triggers.to_dict("records"):
        if row["WINS"] != "Y" or row["STATE"] != "met":
            continue
        line = action(row)
        for said in json.loads(row["EVIDENCE"]):
            found.setdefault((row["USUBJID"], said["record"]), []).append(line)
    return found


def _same_mask(frame: pd.DataFrame, row: dict[str, Any]) -> pd.Series:
    mask = frame[SAME_VALUE[0]].eq(row[SAME_VALUE[0]])
    for column in SAME_VALUE[1:]:
        mask &= frame[column].eq(row[column])
    return mask


def _same(frame: pd.DataFrame, row: dict[str, Any]) -> pd.DataFrame:
    return frame[_same_mask(frame, row)]


def _term(row: dict[str, Any]) -> str:
    return str(row["AEDECOD"] if pd.notna(row["AEDECOD"]) else row["AETERM"])


def _event(row: dict[str, Any]) -> str:
    grade = f"grade {told(row['AETOXGR'])}"
    return (
        f"Reported: {_term(row)}, {grade}, from {told(row['STDTC'])}, serious {told(row['AESER'])} "
        f"[{row['SRCFILE']} row {row['SRCROW']}]"
    )
