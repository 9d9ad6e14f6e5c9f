"""That somebody reviewed the trail up to an entry, or had it verified: entries of the trail itself.

E6(R3) wants the review of the trail planned and recorded. A review names the number and the hash of
the newest entry that was read, so that it says of which trail it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from safety.audit import key
from safety.audit.chain import Entry
from safety.audit.verify.problem import Report
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.signed import Signed
from safety.stamp import stamp
from safety.store.engine import lock, writer
from safety.store.tables import audit

TRAIL = "trail"  # as object_type: no table, so nothing is held against a row
REVIEW, VERIFY = "review", "verify"


@dataclass(frozen=True, slots=True)
class Done:
    """The last time that something was done with the trail of a study. at: UTC, ISO 8601.

    told: of a review up_to and hash, of a verification entries and problems.
    """

    number: int
    at: str
    actor: str
    reason: str
    told: Mapping[str, Any]


def review(settings: Settings, study: str, up_to: int, signed: Signed) -> None:
    """Record that a person reviewed the entries of a study up to one.

    Raises WrongUseError for an entry that there is not, and for one before the last review.
    """

    def told(connection: Connection) -> Entry:
        query = select(audit.c.hash).where(audit.c.study == study, audit.c.number == up_to)
        found = connection.scalar(query)
        if found is None:
            raise WrongUseError(f"the trail of {study} has no entry {up_to}.")
        before = last(connection, study, REVIEW)
        if before is not None and before.told["up_to"] >= up_to:
            raise WrongUseError(
                f"the trail of {study} was reviewed up to entry {before.told['up_to']} by "
                f"{before.actor} at {before.at}: review what came after it."
            )
        after = {"up_to": up_to, "hash": found}
        return Entry(study, signed.by, REVIEW, TRAIL, study, None, after, signed.reason)

    _write(settings, study, told, signed.at)


def verified(settings: Settings, study: str, by: str, found: Report, now: datetime) -> None:
    """Record that a person had the trail of a study verified, and what came of it."""
    after = {**found.counts, "problems": len(found.problems)}
    entry = Entry(study, by, VERIFY, TRAIL, study, None, after)
    _write(settings, study, lambda _: entry, stamp(now))


def last(connection: Connection, study: str, action: str) -> Done | None:
    """Return the last time that somebody reviewed or verified the trail, None for never."""
    c = audit.c
    query = (
        select(c.number, c.at, c.actor, c.reason, c.after)
        .where(c.study == study, c.object_type == TRAIL, c.action == action)
        .order_by(c.number.desc())
    )
    found = connection.execute(query.limit(1)).first()
    if found is None:
        return None
    return Done(found.number, found.at, found.actor, found.reason, json.loads(found.after))


def since(connection: Connection, study: str, number: int) -> int:
    """Return how many entries of a study came after one."""
    query = select(func.count()).where(audit.c.study == study, audit.c.number > number)
    return int(connection.scalar(query) or 0)


def _write(
    settings: Settings, study: str, told: Callable[[Connection], Entry], at: str
) -> None:  # fmt: skip
    trail = key.existing(settings)
    engine = writer(settings.db_url)
    try:
        with engine.begin() as connection:
            lock(connection, f"study {study}")
            trail.append(connection, [told(connection)], at)
    finally:
        engine.dispose()
