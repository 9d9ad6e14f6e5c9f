"""Write truth/: the tables of what is true of a simulated trial and of what could be known when."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from safety.simulate.deliveries import Planted
from safety.simulate.model import Arrivals, Day, Subject, Trial
from safety.simulate.truth.alerts import Alert, held
from safety.simulate.truth.case import known_case, true_case
from safety.simulate.truth.grades import Limits, corrected, criteria, graded
from safety.simulate.truth.history import Past, past, paused
from safety.simulate.truth.known import recorded
from safety.simulate.truth.rules import RULES, Found, judge
from safety.simulate.truth.triggers import JUDGED
from safety.simulate.truth.verdicts import decide
from safety.study.model import Study

RULE_SET = "dlt-default-1"
Row = tuple[str, ...]
HEADERS = {
    "subjects": "USUBJID LEVEL FIRSTDOSE TRUE_VERDICT TRUE_RULES TRUE_ONSET VERDICT RULES "
    "EVALUABLE HIDDEN NOTE",
    "values": "USUBJID DATE TEST VALUE UNIT TERM DIRECTION GRADE",
    "events": "USUBJID TERM START END GRADE RELATED REPORTED",
    "missed": "USUBJID DRUG DATE DUE TAKEN REASON",
    "rules": "USUBJID RULE TERM ONSET STATE FROM TO",
    "triggers": "USUBJID RULE DRUG ACTION ON FROM TO",
    "alerts": "USUBJID KIND WHAT ON FROM",
}


def write(
    trial: Trial,
    arrivals: Arrivals,
    study: Study,
    folder: Path,
    planted: Sequence[Planted] = (),
) -> None:
    """Write trial.json and the CSV files of HEADERS into an existing folder.

    planted: the faults, of which truth needs those that hold a row that somebody must hear of.
    DLT rules, verdicts and triggers are judged only for a study with the rule set dlt-default-1.
    """
    judged = study.dose_limiting.id == RULE_SET
    subjects = sorted(trial.subjects, key=lambda s: s.usubjid)
    days = trial.options.days
    pasts = {s.usubjid: past(s, arrivals, days, judged=judged) for s in subjects}
    rows: dict[str, Iterable[Row]] = {
        "subjects": [_subject(trial, s, pasts[s.usubjid], judged) for s in subjects],
        "values": [row for s in subjects for row in _values(trial, s)],
        "events": [row for s in subjects for row in _events(trial, s)],
        "missed": [row for s in subjects for row in _missed(trial, s)],
        "rules": [row for s in subjects for row in _rules(trial, s, pasts[s.usubjid])],
        "triggers": [row for s in subjects for row in _triggers(trial, s, pasts[s.usubjid])],
        "alerts": sorted(_alerts(trial, pasts, judged, planted)),
    }
    for name, found in rows.items():
        _csv(folder / f"{name}.csv", HEADERS[name].split(), found)
    text = json.dumps(_about(trial, judged), ensure_ascii=False, indent=1)
    (folder / "trial.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _about(trial: Trial, judged: bool) -> dict[str, object]:
    o = trial.options
    return {
        "studyid": trial.studyid,
        "seed": o.seed,
        "scenario": o.scenario,
        "subjects": len(trial.subjects),
        "days": o.days,
        "start": trial.start.isoformat(),
        "decisions": [
            {"date": trial.date(d.day).isoformat(), "level": d.level, "treated": d.treated,
             "dlts": d.dlts, "decided": d.decided, "next_level": d.next_level, "reason": d.reason}
            for d in trial.decisions
        ],
        "judged_rules": list(RULES) if judged else [],
        "judged_triggers": list(JUDGED) if judged else [],
        "terms": sorted({c.term for found in criteria().values() for c in found}),
    }  # fmt: skip


def _date(trial: Trial, day: Day | None) -> str:
    return "" if day is None else trial.date(day).isoformat()


def _number(value: float) -> str:
    return f"{value:.6g}"


def _subject(trial: Trial, s: Subject, history: Past, judged: bool) -> Row:
    if s.first_dose is None or not judged:
        first = _date(trial, s.first_dose)
        note = "never dosed" if s.first_dose is None else ""
        return (s.usubjid, s.level, first, "", "", "", "", "", "", "", note)
    case = true_case(s)
    true = judge(case)
    verdict = decide(case, true).verdict
    onset = min((f.onset for f in true if f.state == "met"), default=None)
    hidden = "Y" if verdict == "DLT" and not _in_records(s) else "N"
    return (
        s.usubjid, s.level, _date(trial, s.first_dose), verdict, _met(true), _date(trial, onset),
        history.decided.verdict, _met(history.found), history.decided.evaluable, hidden,
        _note(true),
    )  # fmt: skip


def _met(found: Iterable[Found]) -> str:
    return ";".join(sorted({f.rule for f in found if f.state == "met"}))


def _note(true: Iterable[Found]) -> str:
    late = sorted({f.rule for f in true if f.state == "late"})
    return f"after the window: {' '.join(late)}" if late else ""


def _in_records(s: Subject) -> bool:
    """Return whether all that was ever recorded shows a DLT."""
    found = judge(known_case(s, recorded(s), s.last))
    return any(f.state == "met" for f in found)


def _values(trial: Trial, s: Subject) -> Iterator[Row]:
    """Yield every day of every curve with its grades; days to the first dose go by ULN (D07)."""
    base = known_case(s, recorded(s), s.last).base if s.first_dose is not None else {}
    albumin = s.curves.get("ALB")
    for test, found in criteria().items():
        curve = s.curves.get(test)
        if curve is None:
            continue
        for day, value in enumerate(curve.values, curve.first):
            treated = s.first_dose is not None and day > s.first_dose
            started = base.get(test)
            start = started.least if started is not None and treated else None
            limits = Limits(curve.low, curve.high, start)
            judged = value
            if test == "CA":
                judged = corrected(value, None if albumin is None else albumin.at(day))
            for criterion in found:
                grade = graded(criterion, judged, judged, curve.unit, limits)[0]
                yield (
                    s.usubjid, _date(trial, day), test, _number(value), curve.unit,
                    criterion.term, criterion.direction, "" if grade is None else str(grade),
                )  # fmt: skip


def _events(trial: Trial, s: Subject) -> Iterator[Row]:
    for t in s.toxicities:
        yield (
            s.usubjid, t.term, _date(trial, t.onset), _date(trial, t.ended), str(t.worst),
            "Y" if any(t.related.values()) else "N", "Y" if t.reported else "N",
        )  # fmt: skip


def _missed(trial: Trial, s: Subject) -> Iterator[Row]:
    """Yield doses of which intakes or mg were missed, in the last version of each."""
    last = {d.row: d for d in sorted(s.doses, key=lambda d: d.known)}
    for d in last.values():
        if d.taken < d.due or d.taken_mg < d.due_mg:
            due, taken = d.due * d.due_mg, d.taken * d.taken_mg
            yield s.usubjid, d.drug, _date(trial, d.day), _number(due), _number(taken), d.reason


def _rules(trial: Trial, s: Subject, history: Past) -> Iterator[Row]:
    for (rule, term, onset, state), first, last in sorted(history.rules.rows(), key=str):
        yield (s.usubjid, rule, term, _date(trial, onset), state, _date(trial, first),
               _date(trial, last))  # fmt: skip


def _triggers(trial: Trial, s: Subject, history: Past) -> Iterator[Row]:
    for t, first, last in sorted(history.triggers.rows(), key=str):
        yield (s.usubjid, t.rule, t.drug, t.action, _date(trial, t.on), _date(trial, first),
               _date(trial, last))  # fmt: skip


def _alerts(
    trial: Trial, pasts: dict[str, Past], judged: bool, planted: Sequence[Planted]
) -> Iterator[Row]:
    found: list[tuple[str, Alert, Day]] = [
        (usubjid, alert, day) for usubjid, p in pasts.items() for alert, day in p.alerts.items()
    ]
    if judged:
        found += [(u, alert, day) for (u, alert), day in paused(trial, pasts).items()]
    found += set(held({s.usubjid: s for s in trial.subjects}, planted))  # two faults, one row
    for usubjid, a, day in found:
        yield usubjid, a.kind, a.what, _date(trial, a.on), _date(trial, day)
