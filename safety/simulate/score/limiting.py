"""Dose-limiting toxicity: candidates, open ones and late ones by rule, verdicts, evaluability."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import Agreement, Hit, Span, agree, merged, span
from safety.simulate.score.tally import Line, Part, Tally, tallied

SHOWN = 2  # held rows that a reason names
Key = tuple[str, str]  # subject, rule
Spans = Mapping[Key, list[Span]]


def parts(truth: Truth, said: Published) -> tuple[Part, ...]:
    """Return the tables on dose-limiting toxicity; candidates come first."""
    return (
        candidates(truth, said),
        open_ones(truth, said),
        late(truth, said),
        verdicts(truth, said),
        evaluability(truth, said),
        hidden(truth, said),
    )


def candidates(truth: Truth, said: Published) -> Part:
    """Compare rules that are met, by rule. A rule that stays open where truth is met is a miss."""
    told = _said(truth, said, lambda r: r["LATE"] != "Y" and r["STATE"] == "met")
    return _part("DLT candidates by rule", _true(truth, said, "met"), told, said)


def open_ones(truth: Truth, said: Published) -> Part:
    """Compare rules with an event that the data cannot decide.

    Where truth is met, an open rule is no false one: it is a miss among the candidates.
    """
    wanted, met = _true(truth, said, "open"), _true(truth, said, "met")
    told = {
        key: [s for s in spans if any(s.meets(t) for t in wanted.get(key, []))
              or not any(s.meets(t) for t in met.get(key, []))]
        for key, spans in _said(truth, said, _is_open).items()
    }  # fmt: skip
    return _part("Pending warnings (open rules with an event)", wanted, told, said)


def late(truth: Truth, said: Published) -> Part:
    """Compare rules that are met after the window."""
    told = _said(truth, said, lambda r: r["LATE"] == "Y" and r["STATE"] == "met")
    return _part("Late toxicity by rule", _true(truth, said, "late"), told, said)


def _is_open(row: Row) -> bool:
    event = row["TERMS"] != "[]" or row["EVIDENCE"] != "[]"
    return bool(row["LATE"] != "Y" and row["STATE"] == "not_evaluable" and event)


def _true(truth: Truth, said: Published, state: str) -> Spans:
    """Return the spans of a state that a snapshot could show, by subject and rule."""
    found: dict[Key, list[Span]] = {}
    last = said.days[-1] if said.days else ""
    for row in truth.rows("rules", STATE=state):
        if row["FROM"] <= last:
            key = row["USUBJID"], row["RULE"]
            found.setdefault(key, []).append(span(row["FROM"], row["TO"]))
    return {key: merged(spans) for key, spans in found.items()}


def _said(truth: Truth, said: Published, is_so: Callable[[Row], bool]) -> Spans:
    found: dict[Key, list[Span]] = {}
    rules = {*truth.judged("judged_rules"), *(r["RULE"] for r in truth.rows("rules"))}
    for row in said.rows("rule_result"):
        if row["KIND"] == "dose_limiting" and row["RULE"] in rules and is_so(row):
            found.setdefault((row["USUBJID"], row["RULE"]), []).append(row["SPAN"])
    return {key: merged(spans) for key, spans in found.items()}


def _part(title: str, wanted: Spans, told: Spans, said: Published) -> Part:
    lines: list[Line] = []
    delays, expected = [], []
    for key in sorted({*wanted, *told}):
        agreement = agree(wanted.get(key, []), told.get(key, []))
        expected += [key[1]] * len(wanted.get(key, []))
        lines += _lines(key, agreement, said)
        delays += [(key[1], hit.delay) for hit in agreement.hits if hit.delay]
    return Part(title, tallied(sorted(set(expected)), expected, lines, delays), tuple(lines))


def _lines(key: Key, agreement: Agreement, said: Published) -> Iterator[Line]:
    usubjid, rule = key
    for one in agreement.missed:
        yield Line("miss", rule, usubjid, f"rule {rule}", one.first, reason(key, one, said))
    for one in agreement.false:
        said_so = reason(key, one, said)
        yield Line("false", rule, usubjid, f"rule {rule}", one.first, said_so)
    for hit in agreement.hits:
        if hit.delay:
            before = Span(hit.truth.first, min(hit.truth.last, _after(hit)))
            text = f"{hit.delay} days late: {reason(key, before, said, first=True)}"
            yield Line("late", rule, usubjid, f"rule {rule}", hit.truth.first, text)
        if hit.early:
            text = f"said {hit.early} days before the data show it"
            yield Line("early", rule, usubjid, f"rule {rule}", hit.truth.first, text)


def _after(hit: Hit) -> str:
    first = date.fromisoformat(hit.truth.first)
    return (first + timedelta(days=hit.delay)).isoformat()


def reason(key: Key, when: Span, said: Published, *, first: bool = False) -> str:
    """Return what toxwatch said of a rule in a span, what it missed, and what it held."""
    usubjid, rule = key
    rows = [
        r for r in said.by("rule_result", "USUBJID", usubjid)
        if r["RULE"] == rule and r["SPAN"].meets(when)
    ]  # fmt: skip
    told = [_told(r) for r in (rows[:1] if first else rows[-1:])]
    if not rows:
        told = ["toxwatch says nothing of it"]
    held = said.held_of(usubjid, when)
    if held:
        more = f" and {len(held) - SHOWN} more" if len(held) > SHOWN else ""
        told.append(f"held: {', '.join(held[:SHOWN])}{more}")
    return "; ".join(told)


def _told(row: Row) -> str:
    missing = "; ".join(json.loads(row["MISSING"]))
    terms = ", ".join(json.loads(row["TERMS"]))
    of = f" ({terms})" if terms else ""
    return f"toxwatch says {row['STATE']}{of}" + (f": {missing}" if missing else "")


def verdicts(truth: Truth, said: Published) -> Part:
    """Compare verdicts at the end. INDETERMINATE is right only where truth says so."""
    return _at_end("Verdicts at the end", "VERDICT", truth, said)


def evaluability(truth: Truth, said: Published) -> Part:
    return _at_end("Evaluable at the end", "EVALUABLE", truth, said)


def _at_end(title: str, column: str, truth: Truth, said: Published) -> Part:
    """Compare one column of the verdict; subjects without a verdict in truth are not judged."""
    told = {r["USUBJID"]: r for r in said.current("verdict")}
    subjects = [s for s in truth.rows("subjects") if s["VERDICT"]]
    lines = [line for s in subjects for line in _of_subject(column, s, told.get(s["USUBJID"]))]
    expected = [s[column] or "not known" for s in subjects]
    return Part(title, tallied((), expected, lines), tuple(lines))


def _of_subject(column: str, subject: Mapping[str, str], told: Row | None) -> Iterator[Line]:
    right, who = subject[column] or "not known", subject["USUBJID"]
    got = "no verdict" if told is None else told[column] or "not known"
    if got == right:
        return
    why = "" if told is None else "; ".join(x for x in (told["REASON"], *_asked(told)) if x)
    text = f"toxwatch says {got}" + (f": {why}" if why else "")
    yield Line("miss", right, who, column.lower(), "", text)
    if told is not None:
        yield Line("false", got, who, column.lower(), "", f"truth says {right}")


def _asked(told: Row) -> Sequence[str]:
    found: list[str] = json.loads(told["QUERIES"] or "[]")
    return found[:SHOWN]


def hidden(truth: Truth, said: Published) -> Part:
    """Count true DLTs that nobody recorded: no reader of the data can find them."""
    told = {r["USUBJID"]: r["VERDICT"] for r in said.current("verdict")}
    subjects = truth.rows("subjects", HIDDEN="Y")
    found = sum(told.get(s["USUBJID"]) == "DLT" for s in subjects)
    lines = tuple(
        Line("miss", "hidden DLT", s["USUBJID"], s["TRUE_RULES"], s["TRUE_ONSET"],
             f"not in what was recorded: {s['NOTE']}".removesuffix(": "))
        for s in subjects if told.get(s["USUBJID"]) != "DLT"
    )  # fmt: skip
    tally = Tally("hidden DLT", len(subjects), found, len(subjects) - found)
    note = "True DLTs that nobody recorded. They are no misses: no reader of the data finds them."
    return Part("Hidden", (tally,) if subjects else (), lines, note)
