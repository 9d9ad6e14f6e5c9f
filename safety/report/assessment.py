"""An assessment as JSON (a stable, documented form: docs/assess.md) and as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

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

Json = dict[str, Any]
STATE_STYLE = {"met": "bold red", "not_evaluable": "yellow", "not_met": "dim"}


def source_json(source: Source) -> Json:
    """Return a piece of evidence: what it says, and the record, file and row it stands in."""
    return {
        "record": source.record,
        "file": source.file,
        "row": source.row,
        "date": source.day,
        "text": source.text,
    }


def subject_json(found: SubjectAssessment) -> Json:
    """Return one subject."""
    return {
        "usubjid": found.usubjid,
        "dose_level": found.dose_level or None,
        "verdict": found.verdict,
        "evaluable": found.evaluable,
        "evaluability_reason": found.evaluability_reason,
        "late_dlt_equivalent": found.late_dlt_equivalent,
        "dlt_onset_day": found.dlt_onset_day,
        "window": {"closes": _day(found.window_closes), "text": found.window_text},
        "rules": [_rule(r) for r in found.rules],
        "late": [_rule(r) for r in found.late],
        "flags": list(found.flags),
        "queries": list(found.queries),
        "surveillance": [_done(a) for a in found.surveillance],
        "exposure": [_exposure(e) for e in found.exposure],
        "triggers": [_trigger(t) for t in found.triggers],
        "deviations": [_deviation(d) for d in found.deviations],
    }


def document(
    study: str, as_of: date, rule_set: str, found: Iterable[SubjectAssessment],
    pauses: Iterable[Pause], problems: Iterable[str],
) -> Json:  # fmt: skip
    """Return the whole answer of `toxwatch assess`."""
    return {
        "study": study,
        "as_of": as_of.isoformat(),
        "rule_set": rule_set,
        "subjects": [subject_json(s) for s in found],
        "pauses": [
            {"rule": p.rule, "text": p.text, "dose_level": p.level or None,
             "subjects": list(p.usubjids)}
            for p in pauses
        ],
        "problems": list(problems),
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _evidence(sources: Iterable[Source]) -> list[Json]:
    return [source_json(s) for s in sources]


def _rule(rule: RuleResult) -> Json:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "state": rule.state,
        "onset_day": rule.onset_day,
        "terms": list(rule.terms),
        "duration": rule.duration or None,
        "evidence": _evidence(rule.evidence),
        "missing": list(rule.missing),
        "settles_by": _day(rule.settles_by),
    }


def _done(a: AssessmentDone) -> Json:
    return {
        "assessment": a.assessment,
        "window": a.window,
        "status": a.status,
        "due_by": a.due_by.isoformat(),
        "done_on": [d.isoformat() for d in a.done_on],
    }


def _exposure(e: DrugExposure) -> Json:
    return {
        "drug": e.drug,
        "cycle": e.cycle,
        "planned": e.planned,
        "taken": e.taken,
        "planned_mg": e.planned_mg,
        "taken_mg": e.taken_mg,
        "rdi": None if e.rdi is None else round(e.rdi, 4),
        "missed": dict(e.missed),
        "unrecorded": e.unrecorded,
        "reduced_mg": e.reduced_mg,
        "complete": e.complete,
    }


def _trigger(t: Trigger) -> Json:
    return {
        "rule": t.rule,
        "drug": t.drug,
        "action": t.action,
        "state": t.state,
        "on": t.on.isoformat(),
        "wins": t.wins,
        "resume": t.resume,
        "next_dose": t.next_dose,
        "until": _day(t.until),
        "advice": t.advice,
        "text": t.text,
        "evidence": _evidence(t.evidence),
        "missing": list(t.missing),
    }


def _deviation(d: Deviation) -> Json:
    return {
        "kind": d.kind,
        "drug": d.drug,
        "on": d.on.isoformat(),
        "rule": d.rule,
        "expected": d.expected,
        "actual": d.actual,
        "evidence": _evidence(d.evidence),
    }


def print_document(content: Json, output: Console) -> None:
    """Print the answer for people: the verdict first, then the argument, then what is open."""
    content = _printable(content)
    output.print(Text(f"{content['study']} as of {content['as_of']}, rules {content['rule_set']}"))
    for pause in content["pauses"]:
        who = ", ".join(pause["subjects"])
        named = (f"Enrolment pause {pause['rule']}", "bold red")
        output.print(Text.assemble(named, f": {pause['text']} ({who})"))
    for problem in content["problems"]:
        output.print(Text(f"Problem: {problem}", style="yellow"))
    for subject in content["subjects"]:
        _print_subject(subject, output)


def _printable(value: Any) -> Any:
    """Return an answer whose texts hold nothing that would steer a terminal."""
    if isinstance(value, str):
        return "".join(c if c.isprintable() else "\ufffd" for c in value)
    if isinstance(value, list):
        return [_printable(v) for v in value]
    if isinstance(value, dict):
        return {_printable(k): _printable(v) for k, v in value.items()}
    return value


def _print_subject(s: Json, output: Console) -> None:
    level = s["dose_level"] or "no dose level"
    answer = {True: "evaluable", False: "not evaluable", None: "evaluability open"}[s["evaluable"]]
    onset = f", onset day {s['dlt_onset_day']}" if s["dlt_onset_day"] is not None else ""
    late = "; LATE DLT EQUIVALENT" if s["late_dlt_equivalent"] else ""
    output.print()
    who, verdict = (s["usubjid"], "bold"), (s["verdict"], "bold")
    output.print(Text.assemble(who, f" ({level}): ", verdict, onset + late))
    output.print(Text(f"  {answer}: {s['evaluability_reason']}"))
    closes = f"; closes {s['window']['closes']}" if s["window"]["closes"] else ""
    output.print(Text(f"  window: {s['window']['text']}{closes}"))
    for rule in [*s["rules"], *s["late"]]:
        if rule["state"] != "not_met":
            _print_rule(rule, output, late=rule in s["late"])
    silent = [r["id"] for r in s["rules"] if r["state"] == "not_met"]
    output.print(Text(f"  not met: {', '.join(silent) or 'none'}", style="dim"))
    for name, lines in (("flag", s["flags"]), ("query", s["queries"])):
        for line in lines:
            output.print(Text(f"  {name}: {line}", style="yellow"))
    _print_tables(s, output)


def _print_rule(rule: Json, output: Console, *, late: bool) -> None:
    state = rule["state"].replace("_", " ") + (" after the window" if late else "")
    length = f" ({rule['duration']})" if rule["duration"] else ""
    by = f"; settles by {rule['settles_by']}" if rule["settles_by"] else ""
    terms = ", ".join(rule["terms"])
    output.print(
        Text(f"  {rule['id']} {state}: {terms}{length}{by}", style=STATE_STYLE[rule["state"]])
    )
    for e in rule["evidence"]:
        output.print(Text(f"      {e['date']}  {e['text']}  [{e['file']} row {e['row']}]"))
    for missing in rule["missing"]:
        output.print(Text(f"      missing: {missing}", style="yellow"))


def _print_tables(s: Json, output: Console) -> None:
    rows = [
        (a["assessment"], a["window"], a["status"], ", ".join(a["done_on"]) or "-")
        for a in s["surveillance"]
    ]
    _table("Surveillance", ("assessment", "window", "status", "done on"), rows, output)
    amounts = [
        (e["drug"], str(e["cycle"]), f"{e['planned']:g}", f"{e['taken']:g}",
         "-" if e["rdi"] is None else f"{e['rdi']:.0%}",
         ", ".join(f"{n:g} {why}" for why, n in e["missed"].items()) or "-",
         f"{e['unrecorded']:g}")
        for e in s["exposure"]
    ]  # fmt: skip
    head = ("drug", "cycle", "planned", "taken", "RDI", "missed", "no record")
    _table("Exposure (intakes)", head, amounts, output)
    fired = [
        (t["on"], t["drug"], t["rule"], t["action"] + ("" if t["wins"] else " (overruled)"),
         t["state"].replace("_", " "), t["next_dose"], t["until"] or "-")
        for t in s["triggers"]
    ]  # fmt: skip
    names = ("on", "drug", "rule", "action", "state", "next dose", "until")
    _table("Dose modification", names, fired, output)
    against = [
        (d["on"], d["drug"], d["kind"], d["rule"], d["expected"], d["actual"])
        for d in s["deviations"]
    ]
    _table("Deviations", ("on", "drug", "kind", "rule", "expected", "actual"), against, output)


def _table(
    title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], output: Console
) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in head:
        table.add_column(name)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    output.print(table)
