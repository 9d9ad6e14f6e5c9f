"""Alerts of assessments: DLT candidates, what a sample decides, holds, deviations, pauses.

Only what somebody must hear of: an exception that holds, a rule that is open because its window
is, and a rule nobody looked at are no events and raise nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from safety.alerts.context import action
from safety.alerts.fact import AlertFact, Results, alert, told
from safety.assess.grades import highest
from safety.escalation.stopping.configured import watch
from safety.study.model import Study

CANDIDATE, SAMPLE, HOLD, DEVIATION, PAUSE = "DLT", "SAMPLE", "HOLD", "DEVIATION", "PAUSE"
STOPPING = "STOPPING"
DEVIATED = ["USUBJID", "DRUG", "KIND", "ONDT"]
MAX_EVIDENCE = 20  # lines; the subject's page has all of it
OPEN = " (cannot be judged yet)"
Row = Mapping[str, Any]


def derive(results: Results, study: Study) -> Iterator[AlertFact]:
    """Yield the alerts that verdicts, triggers, deviations, pauses and monitors call for."""
    yield from _of_rules(results, study)
    yield from _holds(results, study)
    yield from _deviations(results, study)
    yield from _pauses(results, study)
    yield from _stops(results, study)


def _of_rules(results: Results, study: Study) -> Iterator[AlertFact]:
    """Rules that are met, or open with an event behind them; late ones if the study counts them."""
    rows = results.rules[results.rules["KIND"].eq("dose_limiting")]
    if not study.dose_limiting.count_late:
        rows = rows[rows["LATE"].ne("Y")]
    told_of = rows["TERMS"].ne("[]") | rows["EVIDENCE"].ne("[]")
    rows = rows[rows["STATE"].ne("not_met") & told_of]
    grades, texts = _Grades(results, rows), _RuleTexts(results, study)
    for row in rows.to_dict("records"):
        text = texts.of(row)
        yield _candidate(row, text, grades.highest(row), study)
        if row["STATE"] != "met" and pd.notna(row["SETTLESBY"]):
            yield _sample(row, text, study, over=row["SETTLESBY"] < results.as_of)


def _candidate(row: Row, text: str, level: int, study: Study) -> AlertFact:
    met = row["STATE"] == "met"
    lines = [
        f"DLT candidate {row['RULE']}: {_terms(row)}" + ("" if met else OPEN),
        f"Rule: {text}",
        f"Onset study day {told(row['ONSETDY'])}",
        *([f"Duration {row['DURATION']}"] if row["DURATION"] else []),
        *_evidence(row),
        *_missing(row),
    ]
    return alert(
        study, row["USUBJID"], CANDIDATE, _episode(row), "P1", level, met, lines, **_about(row)
    )


def _sample(row: Row, text: str, study: Study, *, over: bool) -> AlertFact:
    lines = [
        f"A record by {row['SETTLESBY']} decides {row['RULE']}: {_terms(row)}",
        f"Rule: {text}",
        *_missing(row),
        *_evidence(row),
    ]
    return alert(
        study, row["USUBJID"], SAMPLE, _episode(row), "P2", 0, True, lines, over=over, **_about(row)
    )


def _about(row: Row) -> dict[str, Any]:
    """Return day, terms and records of an argument."""
    said = json.loads(row["EVIDENCE"])
    days = [s["date"] for s in said if s["date"]]
    return {
        "day": min(days, default=""),
        "terms": tuple(json.loads(row.get("TERMS") or "[]")),
        "records": tuple(s["record"] for s in said),
    }


def _episode(row: Row) -> str:
    late = "|late" if row["LATE"] == "Y" else ""
    return f"{row['RULE']}|{told(row['ONSETDY'])}|{_terms(row)}{late}"


def _terms(row: Row) -> str:
    return ", ".join(json.loads(row["TERMS"])) or "no CTCAE term"


def _evidence(row: Row) -> list[str]:
    """Return a line a record, with the file and row it stands in."""
    said = zip(json.loads(row["EVIDENCE"]), json.loads(row["PLACES"]), strict=True)
    lines = [f"{s['date']} {s['text']} [{at['file']} row {at['row']}]".strip() for s, at in said]
    more = len(lines) - MAX_EVIDENCE
    return lines if more <= 0 else [*lines[:MAX_EVIDENCE], f"and {more} more records"]


def _missing(row: Row) -> list[str]:
    lines = [f"Missing: {m}" for m in json.loads(row["MISSING"])]
    if pd.notna(row.get("SETTLESBY")):
        lines.append(f"Settles by {row['SETTLESBY']}")
    return lines


class _Grades:
    """The highest grade that the records behind a result may have."""

    def __init__(self, results: Results, rows: pd.DataFrame) -> None:
        wanted = {e["record"] for text in rows["EVIDENCE"] for e in json.loads(text)}
        events = results.events[results.events["KEY"].isin(wanted)]
        values = results.grades[results.grades["MKEY"].isin(wanted)]
        self._events = dict(zip(events["KEY"], highest(events["POSSIBLE"]), strict=True))
        names = zip(values["MKEY"], values["TERM"].str.casefold(), strict=True)
        self._values = dict(zip(names, highest(values["NUMPOSS"]), strict=True))

    def highest(self, row: Row) -> int:
        """Return it, 0 where no record has a grade of the result's terms."""
        records = [e["record"] for e in json.loads(row["EVIDENCE"])]
        terms = [t.casefold() for t in json.loads(row["TERMS"])]
        found = [self._events.get(r, 0) for r in records]
        found += [self._values.get((r, t), 0) for r in records for t in terms]
        return int(max(found, default=0))


class _RuleTexts:
    """The text of a rule, in the version that applies to a subject."""

    def __init__(self, results: Results, study: Study) -> None:
        doses = results.exposure.dropna(subset=["TRTSDT"])
        self._first = dict(zip(doses["USUBJID"], doses["TRTSDT"], strict=True))
        self._rules = study.dose_limiting.rules

    def of(self, row: Row) -> str:
        told_first = self._first.get(row["USUBJID"])
        first = date.fromisoformat(told_first) if told_first else None
        same = [r for r in self._rules if r.id == row["RULE"]]
        return next((r.text for r in same if r.applies_to(first)), same[-1].text)


def _holds(results: Results, study: Study) -> Iterator[AlertFact]:
    """Holds and discontinuations; over if they are not in force or a stricter one wins."""
    rows = results.triggers
    in_force = rows["UNTILDT"].isna() | rows["UNTILDT"].gt(results.as_of)
    rows = rows.assign(OVER=~(in_force & rows["WINS"].eq("Y")))
    for row in rows[rows["ACTION"].isin(["hold", "discontinue"])].to_dict("records"):
        lines = [
            f"{row['ACTION'].capitalize()} {row['DRUG']}: rule {row['RULE']}",
            action(row),
            f"Since {row['ONDT']}",
            *([f"Resume: {row['RESUME']}"] if row["RESUME"] else []),
            f"Next dose: {told(row['NEXTDOSE'])}",
            *([f"Advice: {row['ADVICE']}"] if row["ADVICE"] else []),
            *_evidence(row),
            *_missing(row),
        ]
        met = row["STATE"] == "met"
        # not the record it rests on: another one may take its place while the hold goes on
        episode = f"{row['RULE']}|{row['DRUG']}|{row['ACTION']}|{told(row['ONDT'])}"
        yield alert(
            study, row["USUBJID"], HOLD, episode, "P2", 0, met, lines, over=row["OVER"],
            **_about(row),
        )  # fmt: skip


def _deviations(results: Results, study: Study) -> Iterator[AlertFact]:
    """One alert a drug, kind and day, however many rules expected something else."""
    for (usubjid, drug, kind, day), rows in results.deviations.groupby(DEVIATED, sort=True):
        lines = [f"Deviation, {kind.replace('_', ' ')}: {drug} on {day}"]
        for row in rows.sort_values(["RULE", "KEY"]).to_dict("records"):
            lines += [f"Expected by {row['RULE']}: {row['EXPECTED']}", f"Actual: {row['ACTUAL']}"]
        lines += dict.fromkeys(e for row in rows.to_dict("records") for e in _evidence(row))
        episode = f"{drug}|{kind}|{day}"
        yield alert(study, usubjid, DEVIATION, episode, "P2", 0, True, lines)


def _pauses(results: Results, study: Study) -> Iterator[AlertFact]:
    """Immediate pauses; one more subject behind a pause is told again."""
    for row in results.pauses.to_dict("records"):
        who = json.loads(row["SUBJECTS"])
        level = f", dose level {row['DOSELVL']}" if row["DOSELVL"] else ""
        lines = [
            f"Enrolment pause {row['RULE']}{level}",
            f"Rule: {row['RULETEXT']}",
            f"Subjects: {', '.join(who)}",
        ]
        yield alert(study, "", PAUSE, row["KEY"], "P1", len(who), True, lines)


def _stops(results: Results, study: Study) -> Iterator[AlertFact]:
    """Stopping boundaries that were reached, also if the newest subjects thin the events out."""
    rules = {rule.id: rule for rule in study.stopping}
    for row in results.monitors.to_dict("records"):
        who = json.loads(row["SUBJECTS"])
        stands = watch(rules[row["RULE"]], [u in who for u in json.loads(row["ATRISK"])])
        if not stands.stops and stands.crossed is None:
            continue
        level = f", dose level {row['DOSELVL']}" if row["DOSELVL"] else ""
        lines = [
            f"Stopping boundary {row['RULE']}{level}: {stands.text}",
            f"Rule: {row['RULETEXT']}",
            f"Subjects: {', '.join(who)}",
        ]
        yield alert(study, "", STOPPING, row["KEY"], "P1", len(who), True, lines)
