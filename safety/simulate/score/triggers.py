"""Dose modification triggers against those that truth expects, by rule."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest

from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import Span, days_between, span
from safety.simulate.score.tally import Line, Part, tallied

Key = tuple[str, str, str]  # subject, rule, drug
Pair = tuple[Row | None, Row | None]
NOTE = (
    "Paired by subject, rule and drug: first those of the same day, then the others in order of "
    "time. One that toxwatch cannot judge is a miss. S15-G4 refines S15: it is told for it."
)


def part(truth: Truth, said: Published) -> Part:
    """Return the table of triggers: each true one is paired with one that was said, at most."""
    rules = set(truth.judged("judged_triggers"))
    last = said.days[-1] if said.days else ""
    wanted, told = defaultdict(list), defaultdict(list)
    for row in truth.rows("triggers"):
        if row["FROM"] <= last and row["RULE"] in rules:
            wanted[_key(row)].append(row)
    for met in _met(said):
        rule = family(met["RULE"], rules)
        if rule in rules:
            told[met["USUBJID"], rule, met["DRUG"]].append(met)
    lines: list[Line] = []
    delays, expected = [], []
    for key in sorted({*wanted, *told}):
        expected += [key[1]] * len(wanted[key])
        for true, got in _pairs(wanted[key], told[key]):
            lines += _lines(key, true, got, said)
            if true is not None and got is not None and _delay(true, got) > 0:
                delays.append((key[1], _delay(true, got)))
    return Part("Dose triggers by rule", tallied((), expected, lines, delays), tuple(lines), NOTE)


def family(rule: str, judged: Collection[str]) -> str:
    """Return the judged rule that a rule of the study refines (S15 of S15-G4), else the rule."""
    return next((name for name in judged if rule.startswith(f"{name}-")), rule)


def _key(row: Row) -> Key:
    return row["USUBJID"], row["RULE"], row["DRUG"]


def _met(said: Published) -> list[Row]:
    """Return triggers that were met; the versions of one (its advice may change) as one."""
    found: dict[tuple[str, ...], Row] = {}
    for row in said.rows("trigger"):
        if row["STATE"] == "met":
            key = (*_key(row), row["ONDT"])
            spans = [r["SPAN"] for r in (found.get(key), row) if r is not None]
            whole = Span(min(s.first for s in spans), max(s.last for s in spans))
            found[key] = dict(row) | {"SPAN": whole}
    return list(found.values())


def _pairs(wanted: Sequence[Row], told: Sequence[Row]) -> Iterator[Pair]:
    """Yield (true, said): of the same day, then in order; None for what has no counterpart."""
    by_day = {r["ONDT"]: r for r in told}
    same = {r["ON"] for r in wanted} & set(by_day)
    yield from ((r, by_day[r["ON"]]) for r in wanted if r["ON"] in same)
    rest = sorted((r for r in wanted if r["ON"] not in same), key=lambda r: r["FROM"])
    others = sorted((r for r in told if r["ONDT"] not in same), key=lambda r: r["SPAN"].first)
    for true in rest:
        # only what stood while the true one did: another trigger of the rule is not this one
        when = span(true["FROM"], true["TO"])
        got = next((r for r in others if r["SPAN"].meets(when)), None)
        others = [r for r in others if r is not got]
        yield true, got
    yield from zip_longest((), others)


def _delay(true: Row, got: Row) -> int:
    return days_between(true["FROM"], got["SPAN"].first)


def _lines(key: Key, true: Row | None, got: Row | None, said: Published) -> Iterator[Line]:
    usubjid, rule, drug = key
    if true is None and got is not None:
        if got["RULE"] != rule:
            return  # the episode got worse: told once more, by the rule for it
        what = f"{got['ACTION']} {drug} on {got['ONDT']}"
        yield Line("false", rule, usubjid, what, got["SPAN"].first, "truth has no such trigger")
    elif true is not None:
        what = f"{true['ACTION']} {drug} on {true['ON']}"
        if got is None:
            yield Line("miss", rule, usubjid, what, true["FROM"], _reason(key, true, said))
            return
        other = "" if got["ONDT"] == true["ON"] else f"; toxwatch dates it {got['ONDT']}"
        days = _delay(true, got)
        if days > 0:
            yield Line("late", rule, usubjid, what, true["FROM"], f"{days} days late{other}")
        elif days < 0:
            text = f"said {-days} days before the data show it{other}"
            yield Line("early", rule, usubjid, what, true["FROM"], text)


def _reason(key: Key, true: Row, said: Published) -> str:
    when = span(true["FROM"], true["TO"])
    for row in reversed(said.rows("trigger")):
        of_rule = row["USUBJID"], family(row["RULE"], (key[1],)), row["DRUG"]
        if of_rule == key and row["STATE"] != "met" and row["SPAN"].meets(when):
            missing = "; ".join(json.loads(row["MISSING"]))
            return f"toxwatch cannot judge it (on {row['ONDT']}): {missing}"
    held = said.held_of(key[0], when)
    return f"held: {', '.join(held[:2])}" if held else "toxwatch says nothing of it"
