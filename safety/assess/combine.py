"""Conditions that must hold together: occurrences of each that lie near enough in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import reduce

from safety.assess.case import Case
from safety.assess.moments import ANY_YEAR, DAY, Moment
from safety.assess.occurrence import Occurrence, merged_evidence
from safety.assess.truth import Truth, all_of, any_of
from safety.study.conditions import AllOf, AtBaseline, History, Value, parts_of
from safety.study.language import Duration

Occurrences = tuple[Occurrence, ...]


def together(condition: AllOf, parts: Sequence[Occurrences], case: Case) -> Occurrences:
    """Return for each occurrence of the first condition how the others hold at its time.

    parts: the occurrences of each condition, in the order of the study file. What the others may
    still join is not decided: a "no" must not be taken back later.
    """
    first, *others = parts
    joined = (_with_all(anchor, others, condition, case) for anchor in first)
    return tuple(j for j in joined if j is not None)


def _with_all(
    anchor: Occurrence, others: Sequence[Occurrences], condition: AllOf, case: Case
) -> Occurrence | None:
    """Return an occurrence joined with one of each other condition, None if one is not near."""
    found = anchor
    for other, part in zip(others, condition.all[1:], strict=True):
        joined = (
            _best(found, other, condition)
            or _unmeasured(found, part, case)
            or _waiting(found, part, condition, case)
        )
        if joined is None:
            return None
        found = joined
    return found


def _unmeasured(anchor: Occurrence, part: object, case: Case) -> Occurrence | None:
    """Return an occurrence that cannot be judged, for want of any value of what goes with it."""
    wanted = {t for p in parts_of(part) if isinstance(p, Value) for t in p.value.tests}
    measured = {s.test for s in case.facts.samples if not s.predose}
    if not wanted or wanted & measured:
        return None
    return anchor.doubted(f"{'|'.join(sorted(wanted))}: no value was delivered")


def _waiting(anchor: Occurrence, part: object, condition: AllOf, case: Case) -> Occurrence | None:
    """Return an occurrence that another condition may still join; None once it is too late."""
    if isinstance(part, History | AtBaseline) or case.follow_up_ended is not None:
        return None
    near_enough = anchor.known_until.last_day + timedelta(days=condition.within.whole_days)
    last = max(near_enough, anchor.end.last_day) if anchor.end is not None else None
    if last is not None and case.as_of > last:
        return None
    if anchor.onset.latest.year >= ANY_YEAR:  # nobody said when: no day will tell
        return anchor.doubted(f"date of {_name(anchor)}")
    until = f"until {last}" if last else "until it has recovered"
    asked = anchor.doubted(
        f"{_name(anchor)} ({anchor.onset}): what else the rule asks for may follow {until}",
        settles_by=last, is_open=True,
    )  # fmt: skip
    return replace(asked, waiting=True)


def _best(anchor: Occurrence, others: Occurrences, condition: AllOf) -> Occurrence | None:
    """Return the anchor joined with the other that makes it surest, None if none is near."""
    joined = [_joined(anchor, other, condition) for other in others]
    possible = [j for j in joined if j.truth is not Truth.NOT_MET]
    if not possible:
        return None
    sure = [j for j in possible if j.truth is Truth.MET]
    if sure:
        return reduce(lambda a, b: a if a.onset <= b.onset else b, sure)
    opens = [j for j in possible if j.open]
    return (opens or possible)[0]


def _joined(a: Occurrence, b: Occurrence, condition: AllOf) -> Occurrence:
    close = near(a, b, condition.within)
    truth = all_of([a.truth, b.truth, close])
    missing = [*a.missing, *b.missing]
    if close is Truth.UNKNOWN:
        missing.append(
            f"whether {_name(a)} ({a.onset}) and {_name(b)} ({b.onset}) lie within "
            f"{condition.within} of each other"
        )
    earliest = condition.onset == "earliest" and not b.standing and b.onset < a.onset
    lead = b if earliest else a
    return replace(
        a,
        truth=truth,
        onset=lead.onset,
        known_until=a.known_until if b.standing else max(a.known_until, b.known_until),
        end=_later(a, b),
        until=a.latest if b.standing else max(a.latest, b.latest),
        terms=tuple(dict.fromkeys([*a.terms, *b.terms])),
        socs=tuple(dict.fromkeys([*a.socs, *b.socs])),
        related=_related(a, b),
        unattributed=a.unattributed or b.unattributed,
        evidence=merged_evidence(a.evidence, b.evidence),
        missing=tuple(dict.fromkeys(missing)) if truth is Truth.UNKNOWN else (),
        queries=tuple(dict.fromkeys([*a.queries, *b.queries])),
        settles_by=max((d for d in (a.settles_by, b.settles_by) if d), default=None),
        open=a.open or b.open,
        duration="; ".join(x for x in (a.duration, b.duration) if x),
        predose_cycle=lead.predose_cycle,
    )


def _related(a: Occurrence, b: Occurrence) -> Mapping[str, Truth]:
    """The first condition's attribution counts, and what is said of the others.

    That nothing is said of another does not make related what was said to be unrelated.
    """
    said = [a] if b.unattributed or not b.related else [a, b]
    drugs = {d for x in said for d in x.related}
    return {d: any_of(x.related[d] for x in said if d in x.related) for d in sorted(drugs)}


def _name(o: Occurrence) -> str:
    return " and ".join(o.terms) or "it"


def _later(a: Occurrence, b: Occurrence) -> Moment | None:
    if b.standing:
        return a.end
    if a.end is None or b.end is None:
        return None
    return max(a.end, b.end)


def near(a: Occurrence, b: Occurrence, within: Duration) -> Truth:
    """Return whether two occurrences lie within a time of each other.

    Surely, by the times they are known to have been on; perhaps, if one was on when the other may
    have been.
    """
    if a.standing or b.standing:
        return Truth.MET
    if _gap_surely(a, b, within):
        return Truth.MET
    if _overlap(a, b) or _gap_may_be(a, b, within):
        return Truth.UNKNOWN
    return Truth.NOT_MET


def _overlap(a: Occurrence, b: Occurrence) -> bool:
    """Whether both may have been on at one time; who was seen recovered was so from then on."""
    return a.onset.earliest < b.latest.latest and b.onset.earliest < a.latest.latest


def _ordered(a: Occurrence, b: Occurrence) -> tuple[Moment, Moment]:
    """Return until when the earlier one was known to be on, and when the later one began."""
    first, second = (a, b) if (a.onset, a.known_until) <= (b.onset, b.known_until) else (b, a)
    return first.known_until, second.onset


def _gap_surely(a: Occurrence, b: Occurrence, within: Duration) -> bool:
    """Whether the known times are at most `within` apart, however dates are completed."""
    until, begin = _ordered(a, b)
    if within.unit == "d":
        return begin.last_day - until.first_day <= within.amount * DAY
    limit = timedelta(hours=within.amount)
    same_day = begin.first_day == until.last_day and begin.is_one_day and until.is_one_day
    return begin.latest - until.earliest <= limit or (same_day and limit >= DAY)


def _gap_may_be(a: Occurrence, b: Occurrence, within: Duration) -> bool:
    """Whether the known times may be at most `within` apart."""
    until, begin = _ordered(a, b)
    if within.unit == "d":
        return begin.first_day - until.last_day <= within.amount * DAY
    apart, limit = begin.earliest - until.latest, timedelta(hours=within.amount)
    # the end of a date is not reached: two dates a day apart are more than that apart
    return apart <= limit if until.is_timed else apart < limit
