"""What a named user does with a report that is owed: written with its reason, never taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from safety.audit.trail import Trail
from safety.errors import WrongUseError
from safety.reporting import ledger, life
from safety.reporting.clock import Awareness, aware_at, due, moment
from safety.reporting.kinds import FOLLOWUP_8D, SUSAR_7D, clocks
from safety.reporting.obligation import (
    NOT_REQUIRED,
    OPEN,
    SUBMITTED,
    Change,
    Cut,
    Obligation,
    moved,
)
from safety.signed import Signed
from safety.stamp import stamp
from safety.store.engine import lock, writer
from safety.study.model import Study

MIN_PREFIX = 8  # characters of an obligation's id that name it
Acts = Callable[[Obligation, life.Own], list[Change]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody acts: a database, a study, the trail that the act is kept in."""

    db_url: str
    study: Study
    trail: Trail


def submit(desk: Desk, key: str, on: datetime, reference: str, signed: Signed) -> Obligation:
    """Record that a report was sent, and when. Raises WrongUseError, as do all acts here."""
    sent = stamp(aware_at_moment(on, desk))
    if sent > _now(signed):
        raise WrongUseError(f"{sent} lies in the future: give the time at which it was sent.")

    def act(o: Obligation, _own: life.Own) -> list[Change]:
        _require(o, OPEN, NOT_REQUIRED)
        late = "" if sent <= o.due_at else f", late: it was due {o.due_at}"
        why = f"sent {sent}{late}; reference {reference.strip() or 'not given'}; {signed.reason}"
        said = {"submitted_at": sent, "reference": reference.strip()}
        done = moved(o, _cut(o, desk, signed), said, state=SUBMITTED)
        return [Change(done, o, "submit", why, signed.by)]

    return _perform(desk, key, signed, act)


def not_required(desk: Desk, key: str, signed: Signed) -> Obligation:
    """Record that a report need not be sent, and why.

    Of 7 days: its follow-up neither, but the report of 15 days is owed until somebody settles it.
    """

    def act(o: Obligation, own: life.Own) -> list[Change]:
        _require(o, OPEN)
        cut = _cut(o, desk, signed)
        follow_up = own.get(FOLLOWUP_8D)
        settled = [o, follow_up] if o.kind == SUSAR_7D and follow_up is not None else [o]
        changes = [
            Change(moved(s, cut, state=NOT_REQUIRED), s, NOT_REQUIRED, signed.reason, signed.by)
            for s in settled
            if s.state == OPEN
        ]
        if o.kind != SUSAR_7D:
            return changes
        return [*changes, *_signed(life.reinstated(own, desk.study, cut), signed)]

    return _perform(desk, key, signed, act)


def aware(desk: Desk, key: str, since: Awareness, signed: Signed) -> Obligation:
    """Record that the sponsor knew earlier than the data say; every clock of that day moves.

    A later time is refused: it would put off what is owed.
    """
    rules = clocks(desk.study)

    def act(o: Obligation, own: life.Own) -> list[Change]:
        _require(o, OPEN)
        if since.at >= o.aware.at and since.day >= o.aware_on:
            raise WrongUseError(
                f"{since.at} is not before {o.aware.at} (day 0 {o.aware_on}), since when it is "
                "known here; only an earlier time can be recorded."
            )
        same = [s for s in own.values() if s.state == OPEN and s.aware == o.aware]
        return [_earlier(s) for s in same]

    def _earlier(o: Obligation) -> Change:
        earlier = Awareness(min(since.day, o.aware_on), min(since.at, o.aware.at))
        at = min(o.due_at, due(rules, rules.kinds[o.kind], earlier))
        said = {"aware_at": earlier.at}
        now = moved(o, _cut(o, desk, signed), said, aware_on=earlier.day, due_at=at)
        return Change(now, o, "aware", f"known since {earlier.at}: {signed.reason}", signed.by)

    return _perform(desk, key, signed, act)


def decide(desk: Desk, key: str, name: str, value: str, signed: Signed) -> Obligation:
    """Record causality (related, unrelated) or expectedness (expected, unexpected) of an event.

    It may call for more reports; what is owed already stays so until somebody settles it.
    """

    def act(o: Obligation, own: life.Own) -> list[Change]:
        made = {
            "value": value, "level": str(o.said["level"]), "by": signed.by,
            "at": _now(signed), "reason": signed.reason,
        }  # fmt: skip
        decisions = {**o.said["decisions"], name: made}
        found = life.decided(own, decisions, desk.study, _cut(o, desk, signed))
        return [
            replace(c, actor=signed.by, reason=f"{value}: {signed.reason}", action=_named(c, name))
            for c in found
        ]

    return _perform(desk, key, signed, act)


def find(known: list[Obligation], key: str) -> Obligation:
    """Return the report of an id or the beginning of one; raise WrongUseError for none."""
    found = [o for o in known if len(key) >= MIN_PREFIX and o.obligation_id.startswith(key)]
    if len(found) != 1:
        many = "names more than one report" if found else "names no report"
        raise WrongUseError(
            f"{key!r} {many}. Give its OBLIGATION (at least {MIN_PREFIX} characters), as "
            "`toxwatch reporting list` prints it."
        )
    return found[0]


def aware_at_moment(when: datetime, desk: Desk) -> datetime:
    """Return a moment with its zone; one without is of the clocks' zone."""
    return moment(aware_at(when, clocks(desk.study).zone).at)


def _perform(desk: Desk, key: str, signed: Signed, act: Acts) -> Obligation:
    engine = writer(desk.db_url)
    try:
        with engine.begin() as connection:
            return _act(connection, desk, key, signed, act)
    finally:
        engine.dispose()


def _act(
    connection: Connection, desk: Desk, key: str, signed: Signed, act: Acts
) -> Obligation:  # fmt: skip
    lock(connection, f"study {desk.study.studyid}")
    known = ledger.obligations(connection, desk.study.studyid)
    o = find(known, key)
    own = {k.kind: k for k in known if (k.usubjid, k.event) == (o.usubjid, o.event)}
    changes = act(o, own)
    ledger.write(
        connection, desk.trail, changes, snapshot_id=o.last_snapshot, at=_now(signed)
    )  # fmt: skip
    return next((c.now for c in changes if c.now.obligation_id == o.obligation_id), o)


def _require(o: Obligation, *states: str) -> None:
    if o.state not in states:
        raise WrongUseError(
            f"report {o.obligation_id[:12]} is {o.state}: this needs one that is "
            f"{' or '.join(states)}."
        )


def _cut(o: Obligation, desk: Desk, signed: Signed) -> Cut:
    now = moment(_now(signed))
    return Cut(o.last_snapshot, aware_at(now, clocks(desk.study).zone))


def _now(signed: Signed) -> str:
    return stamp(moment(signed.at).astimezone(UTC))


def _named(change: Change, name: str) -> str:
    """Return what a decision did to a report: opened, moved or replaced it, or was only noted."""
    return change.action if change.action in {"open", "reopen", "replace"} else name


def _signed(changes: Iterable[Change], signed: Signed) -> list[Change]:
    return [
        replace(c, actor=signed.by, reason=f"{c.reason}: {signed.reason}") for c in changes
    ]  # fmt: skip
