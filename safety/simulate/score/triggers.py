"""Dose modification triggers against those that truth expects, by rule."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, Span, days_between, span
from safety.simulate.score.tally import Line, Part, tallied

Key = tuple[str, str, str]  # subject, rule, drug
Pair = tuple[Row | None, Row | None]
NOT_JUDGED = (
    "S4-HOLD, S9-STOP, S11-STOP, S14, S16, T3-AGAIN, T4, F1-LOWER, F5, F5-WATCH, F5-HOLD, F7, A2 "
    "and the gates C-D1 and D10"
)
NEAR = 7  # days by which the two sides may date one event differently: visits are weekly
RECOVERY = 29  # days after which a hold that did not end is a stop
NOTE = (
    "Paired by subject, rule and drug: first those of the same day, then the others in order of "
    f"time, no more than {NEAR} days apart. One that toxwatch cannot judge is a miss; one with "
    "another action is wrong. A hold that is in force covers another one of its rule and drug that "
    f"begins meanwhile. The stop that follows {RECOVERY} days after a hold that did not end is no "
    f"false one, and not judged. Rules that truth does not judge: {NOT_JUDGED}."
)


def part(truth: Truth, said: Published) -> Part:
    """Return the table of triggers: each true one is paired with one that was said, at most."""
    rules = set(truth.judged("judged_triggers"))
    wanted, told = defaultdict(list), defaultdict(list)
    for row in truth.rows("triggers"):
        if row["FROM"] <= said.last and row["RULE"] in rules:
            wanted[_key(row)].append(row)
    for met in _met(said):
        if met["RULE"] in rules:
            told[_key(met)].append(met)
    lines: list[Line] = []
    delays, expected = [], []
    for key in sorted({*wanted, *told}):
        expected += [key[1]] * len(wanted[key])
        for true, got in _pairs(wanted[key], told[key]):
            lines += _lines(key, true, got, said)
            if true is not None and got is not None and _agree(true, got):
                delays += [(key[1], days) for days in (_delay(true, got),) if days > 0]
    return Part("Dose triggers by rule", tallied((), expected, lines, delays), tuple(lines), NOTE)


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
        got = next((r for r in others if r["SPAN"].meets(when) and _is_near(true, r)), None)
        others = [r for r in others if r is not got]
        yield true, got or _in_force(true, told)
    yield from ((None, r) for r in others if not _is_overdue(r, told))


def _is_near(true: Row, got: Row) -> bool:
    return abs(days_between(true["ON"], got["ONDT"])) <= NEAR


def _in_force(true: Row, told: Sequence[Row]) -> Row | None:
    """Return the hold of the same rule and drug that was on when another one began."""
    for r in told:
        on = r["ONDT"] < true["ON"] < (r["UNTILDT"] or ALWAYS)
        if on and r["ACTION"] == "hold" and _agree(true, r):
            first, last = r["SPAN"]  # it need not be told again
            return dict(r) | {"SPAN": Span(max(first, true["FROM"]), last)}
    return None


def _agree(true: Row, got: Row) -> bool:
    return bool(true["ACTION"] == got["ACTION"])


def _is_overdue(got: Row, told: Sequence[Row]) -> bool:
    """Return whether it is the stop that follows a hold of the same rule that did not end."""
    return got["ACTION"] == "discontinue" and any(
        r["ACTION"] == "hold" and days_between(r["ONDT"], got["ONDT"]) == RECOVERY for r in told
    )


def _delay(true: Row, got: Row) -> int:
    return days_between(true["FROM"], got["SPAN"].first)


def _lines(key: Key, true: Row | None, got: Row | None, said: Published) -> Iterator[Line]:
    usubjid, rule, drug = key
    if true is None and got is not None:
        what = f"{got['ACTION']} {drug} on {got['ONDT']}"
        yield Line("false", rule, usubjid, what, got["SPAN"].first, "truth has no such trigger")
    elif true is not None:
        what = f"{true['ACTION']} {drug} on {true['ON']}"
        if got is None:
            yield Line("miss", rule, usubjid, what, true["FROM"], _reason(key, true, said))
            return
        if not _agree(true, got):
            text = f"toxwatch says {got['ACTION']} on {got['ONDT']}"
            yield Line("wrong", rule, usubjid, what, true["FROM"], text)
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
        if _key(row) == key and row["STATE"] != "met" and row["SPAN"].meets(when):
            missing = "; ".join(json.loads(row["MISSING"]))
            return f"toxwatch cannot judge it (on {row['ONDT']}): {missing}"
    held = said.held_of(key[0], when)
    return f"held: {', '.join(held[:2])}" if held else "toxwatch says nothing of it"
