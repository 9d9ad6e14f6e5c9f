"""What a named user does with an alert: checked, written with its reason, never taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlalchemy import Connection, select

from safety.alerts import ledger
from safety.alerts.deeds import Deed, Outcome, done
from safety.alerts.known import alerts, find
from safety.alerts.states import SUPPRESSED, Alert, Change
from safety.alerts.voice import Voice
from safety.audit.record import MACHINE
from safety.errors import WrongUseError
from safety.signed import MAX_NAME, Signed
from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import upgrade, writer

ENDED = "its time has passed"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody acts: a database, and with what the study's alerts are written."""

    db_url: str
    voice: Voice


def perform(
    desk: Desk, alert_id: str, deed: Deed, signed: Signed, *,
    outcome: str = "", until: str = "", owner: str = "", revision: int | None = None,
) -> Alert:  # fmt: skip
    """Do something with an alert; return it as it is now.

    alert_id: or how it begins. outcome: of what is resolved. until: of a suppression, UTC. owner:
    to whom it is given. revision: that the person saw, if known. Raises WrongUseError, and writes
    nothing, for an alert that is not there, an act that its state does not allow, or one that was
    told anew since.
    """
    voice, owner = desk.voice, owner.strip()
    _require(deed, outcome, until, owner)
    with _transaction(desk.db_url) as connection:
        ledger.hold(connection, voice.study.studyid)
        alert = find(connection, voice.study.studyid, alert_id)
        if revision is not None and alert.revision != revision:
            raise WrongUseError(
                f"alert {alert.alert_id} was told anew since (revision {alert.revision}, not "
                f"{revision}): look at it again."
            )
        change = done(alert, deed, signed.reason, signed.at,
                      outcome=outcome, until=until, owner=owner)  # fmt: skip
        _write(connection, voice, [change], signed.at, signed.by)
        return find(connection, voice.study.studyid, alert.alert_id)


def _require(deed: Deed, outcome: str, until: str, owner: str) -> None:
    """Raise WrongUseError if something is not said that must be said with a deed."""
    if deed == "assign" and not (0 < len(owner) <= MAX_NAME and owner.isprintable()):
        raise WrongUseError(f"to: give a name of one line, of at most {MAX_NAME} characters.")
    if deed == "resolve" and outcome not in get_args(Outcome):
        raise WrongUseError(f"outcome {outcome!r}: give one of {', '.join(get_args(Outcome))}.")
    if deed == "suppress" and not until:
        raise WrongUseError("until: say when the suppression ends.")


def end_suppressions(connection: Connection, voice: Voice, now: datetime) -> int:
    """Open what was suppressed until now, and tell it again; return how much that was.

    Called inside a transaction. now: aware of its time zone.
    """
    at, column = stamp(now), tables.alert.c
    ledger.hold(connection, voice.study.studyid)
    passed = alerts(connection, voice.study.studyid, column.state == SUPPRESSED,
                    column.suppressed_until <= at)  # fmt: skip
    changes = [done(alert, "unsuppress", ENDED, at) for alert in passed]
    _write(connection, voice, changes, at, MACHINE)
    return len(changes)


def _write(
    connection: Connection, voice: Voice, changes: list[Change], at: str, actor: str
) -> None:
    """Write what was done, as of the newest snapshot of the study."""
    table = tables.snapshot
    newest = select(table.c.snapshot_id).where(table.c.study == voice.study.studyid)
    last = connection.scalar(newest.order_by(table.c.seq.desc()).limit(1))
    ledger.write(connection, voice, changes, at=at, snapshot_id=last, actor=actor)


@contextmanager
def _transaction(db_url: str) -> Iterator[Connection]:
    upgrade(db_url)
    engine = writer(db_url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
