"""Dose-limiting toxicity: candidates, open ones and late ones by rule and event, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from safety.simulate.score import events, onset, verdicts
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.reasons import reason
from safety.simulate.score.spans import Course, Span, courses, days_of, merged, span
from safety.simulate.score.tally import Line, Part, tallied

NOTE = (
    "By subject, rule and event. A hit is said on every day from when it first was as long as it "
    "is so; dropped in between, it is a miss. False: said on a day on which it is not so."
)
Key = tuple[str, str, str]  # subject, rule, event
Spans = Mapping[Key, Sequence[Span]]


class Question(NamedTuple):
    """What should be said, what was, and what is no fault.

    heard: what is as good as said. told: what is false where it is not true. or_so: true things
    beside which it is not false. soon: true things beside which it is only too early.
    """

    title: str
    true: Spans
    heard: Spans
    told: Spans
    or_so: Spans
    soon: Spans


def parts(truth: Truth, said: Published) -> tuple[Part, ...]:
    """Return the tables on dose-limiting toxicity; candidates come first."""
    return (
        candidates(truth, said),
        open_ones(truth, said),
        late(truth, said),
        onset.part(truth, said),
        *verdicts.parts(truth, said),
    )


def candidates(truth: Truth, said: Published) -> Part:
    """Compare rules that are met. A rule that stays open where truth is met is a miss."""
    told = _said(truth, said, _is_met)
    question = Question(
        "DLT candidates by rule", _true(truth, "met"), told, told, {}, _true(truth, "open")
    )
    return _part(question, truth, said)


def open_ones(truth: Truth, said: Published) -> Part:
    """Compare rules with an event that the data cannot decide.

    Said to be met, it was pointed at: that it is no candidate yet is counted there. Where truth is
    met, an open rule is no false one: it is a miss among the candidates.
    """
    question = Question(
        "Pending warnings (open rules with an event)",
        _true(truth, "open"),
        _said(truth, said, lambda r: _is_open(r) or _is_met(r)),
        _said(truth, said, _is_open),
        _true(truth, "met"),
        {},
    )
    return _part(question, truth, said)


def late(truth: Truth, said: Published) -> Part:
    """Compare rules that are met after the window."""
    told = _said(truth, said, lambda r: r["LATE"] == "Y" and r["STATE"] == "met")
    question = Question("Late toxicity by rule", _true(truth, "late"), told, told, {}, {})
    return _part(question, truth, said)


def _is_met(row: Row) -> bool:
    return bool(row["LATE"] != "Y" and row["STATE"] == "met")


def _is_open(row: Row) -> bool:
    event = row["TERMS"] != "[]" or row["EVIDENCE"] != "[]"
    return bool(row["LATE"] != "Y" and row["STATE"] == "not_evaluable" and event)


def _true(truth: Truth, state: str) -> Spans:
    """Return the spans of a state by subject, rule and event."""
    found: dict[Key, list[Span]] = {}
    for row in truth.rows("rules", STATE=state):
        key = row["USUBJID"], row["RULE"], events.of_truth(row)
        found.setdefault(key, []).append(span(row["FROM"], row["TO"]))
    return {key: merged(spans) for key, spans in found.items()}


def _said(truth: Truth, said: Published, is_so: Callable[[Row], bool]) -> Spans:
    found: dict[Key, list[Span]] = {}
    rules = {*truth.judged("judged_rules"), *(r["RULE"] for r in truth.rows("rules"))}
    for row in said.rows("rule_result"):
        if row["KIND"] == "dose_limiting" and row["RULE"] in rules and is_so(row):
            for event in events.of_result(row):
                key = row["USUBJID"], row["RULE"], event
                found.setdefault(key, []).append(row["SPAN"])
    return {key: merged(spans) for key, spans in found.items()}


def _part(question: Question, truth: Truth, said: Published) -> Part:
    # a day that was run in vain counts: who publishes nothing misses everything
    days = sorted({*said.driven, *said.days})
    lines: list[Line] = []
    delays, expected = [], []
    for key in sorted({*question.true, *question.told}):
        heard = set(days_of(question.heard.get(key, ()), days))
        found = courses(question.true.get(key, ()), heard, days)
        expected += [key[1]] * len(found)
        delays += [(key[1], len(c.late)) for c in found if c.late and not c.never]
        lines += [line for c in found for line in _of_course(key, c, truth, said)]
        lines += _of_false(key, _false(key, question, found, days), days, found, truth, said)
    tallies = tallied(sorted(set(expected)), expected, lines, delays)
    return Part(question.title, tallies, tuple(lines), NOTE)


def _false(
    key: Key, question: Question, found: Sequence[Course], days: Sequence[str]
) -> tuple[str, ...]:
    """Return the days on which what is not so was said."""
    right = {*days_of((*question.true.get(key, ()), *question.or_so.get(key, ())), days)}
    right |= {*days_of(question.soon.get(key, ()), [d for c in found for d in c.early])}
    return tuple(d for d in days_of(question.told.get(key, ()), days) if d not in right)


def _of_course(key: Key, course: Course, truth: Truth, said: Published) -> Iterator[Line]:
    usubjid, rule, _ = key
    what, first = _what(key), course.truth.first
    if course.never:
        why = reason(key[:2], course.late, truth, said, at=course.late[-1])
        yield Line("miss", rule, usubjid, what, first, why)
        return
    if course.dropped:
        of = f"{len(course.dropped)} of {len(course.days)} days"
        text = f"dropped on {of}: {reason(key[:2], course.dropped, truth, said)}"
        yield Line("miss", rule, usubjid, what, course.dropped[0], text)
    if course.late:
        text = f"{len(course.late)} days late: {reason(key[:2], course.late, truth, said)}"
        yield Line("late", rule, usubjid, what, first, text)
    if course.early:
        text = f"said {len(course.early)} days before the data show it"
        yield Line("early", rule, usubjid, what, first, text)


def _of_false(
    key: Key, wrong: Sequence[str], days: Sequence[str], found: Sequence[Course], truth: Truth,
    said: Published,
) -> Iterator[Line]:  # fmt: skip
    """Yield one line for a candidate, however often it was said wrongly."""
    if not wrong:
        return
    before = days[: days.index(wrong[0])][-1:]
    stands = any(d in c.days for c in found for d in before)
    text = f"stands {len(wrong)} days too long" if stands else f"said on {len(wrong)} days"
    yield Line("false", key[1], key[0], _what(key), wrong[0],
               f"{text}: {reason(key[:2], wrong, truth, said)}")  # fmt: skip


def _what(key: Key) -> str:
    _, rule, event = key
    return f"rule {rule} ({event})" if event else f"rule {rule}"
