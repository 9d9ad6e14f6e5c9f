"""Conditions that must hold together: occurrences of each that lie near enough in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import reduce

from safety.assess.moments import DAY, Moment
from safety.assess.occurrence import Occurrence, merged_evidence
from safety.assess.truth import Truth, all_of, any_of
from safety.study.conditions import AllOf
from safety.study.language import Duration

Occurrences = tuple[Occurrence, ...]


def together(condition: AllOf, parts: Sequence[Occurrences]) -> Occurrences:
    """Return for each occurrence of the first condition how the others hold at its time.

    parts: the occurrences of each condition, in the order of the study file.
    """
    if any(not p for p in parts):
        return ()
    first, *others = parts
    found = []
    for anchor in first:
        joined: Occurrence | None = anchor
        for other in others:
            joined = _best(joined, other, condition) if joined is not None else None
        if joined is not None:
            found.append(joined)
    return tuple(found)


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

    Surely, by the times they are known to have been on; perhaps, by those they may have been.
    """
    if a.standing or b.standing:
        return Truth.MET
    if _gap(a.onset, a.known_until, b.onset, b.known_until, within, sure=True):
        return Truth.MET
    if _gap(a.onset, a.latest, b.onset, b.latest, within, sure=False):
        return Truth.UNKNOWN
    return Truth.NOT_MET


def _gap(
    start_a: Moment, end_a: Moment, start_b: Moment, end_b: Moment, within: Duration, *, sure: bool
) -> bool:
    """Whether the time between two spans is at most `within`, surely or perhaps."""
    if (start_a, end_a) > (start_b, end_b):
        start_a, end_a, start_b, end_b = start_b, end_b, start_a, end_a
    if within.unit == "d":
        until, begin = (
            (end_a.first_day, start_b.last_day) if sure else (end_a.last_day, start_b.first_day)
        )
        return begin - until <= within.amount * DAY
    limit = timedelta(hours=within.amount)
    if sure:
        same_day = start_b.first_day == end_a.last_day and start_b.is_one_day and end_a.is_one_day
        return start_b.latest - end_a.earliest <= limit or (same_day and limit >= DAY)
    apart = start_b.earliest - end_a.latest
    # the end of a date is not reached: two dates a day apart are more than that apart
    return apart <= limit if end_a.is_timed else apart < limit
