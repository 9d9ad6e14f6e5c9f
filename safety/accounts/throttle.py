"""How long somebody waits who failed to prove who it is: by account and by address.

An attempt is counted as failed before the password is looked at, so that many at once get no
further than one after the other. Nobody is locked out for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, delete, insert, select, update

from safety.stamp import stamp
from safety.store.tables import throttle
from safety.versioning import digest

FREE = 5  # failures without a wait
LONGEST = 15 * 60  # seconds
FORGOTTEN = timedelta(hours=1)  # without a failure, and the count begins anew


def seconds_after(failures: int) -> int:
    """Return the seconds to wait after so many failures: 1, 2, 4 ... at most LONGEST."""
    beyond = failures - FREE
    return 0 if beyond < 0 else min(2 ** min(beyond, 20), LONGEST)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted. wait: seconds until the next one, should this one fail."""

    of_account: str
    of_address: str
    wait: int


def begin(connection: Connection, who: str, address: str, now: datetime) -> Attempt | int:
    """Count an attempt, or return the seconds still to wait, and count nothing.

    who: username, known or not, or the subject at a provider.
    """
    names = digest("account", who), digest("address", address)
    left = max(_left(connection, name, now) for name in names)
    if left > 0:
        return left
    _forget(connection, now)
    return Attempt(*names, max(_count(connection, name, now) for name in names))


def succeed(connection: Connection, attempt: Attempt) -> None:
    """Take back what was counted of an attempt that was right: all of the account.

    Of the address only this one: else somebody with an account could guess at those of others.
    """
    connection.execute(delete(throttle).where(throttle.c.key == attempt.of_account))
    this = throttle.c.key == attempt.of_address
    less = {"failures": throttle.c.failures - 1, "until": ""}
    connection.execute(update(throttle).where(this).values(less))


def _left(connection: Connection, name: str, now: datetime) -> int:
    until = connection.scalar(select(throttle.c.until).where(throttle.c.key == name))
    return ceil((datetime.fromisoformat(until) - now).total_seconds()) if until else 0


def _count(connection: Connection, name: str, now: datetime) -> int:
    """Count a failure; return the seconds that it makes wait."""
    this = throttle.c.key == name
    failures = (connection.scalar(select(throttle.c.failures).where(this)) or 0) + 1
    wait = seconds_after(failures)
    until = stamp(now + timedelta(seconds=wait)) if wait else ""
    connection.execute(delete(throttle).where(this))
    counted = {"key": name, "failures": failures, "last_at": stamp(now), "until": until}
    connection.execute(insert(throttle).values(counted))
    return wait


def _forget(connection: Connection, now: datetime) -> None:
    """Take away what counts no more: names that nobody has must not fill the table."""
    old = throttle.c.last_at <= stamp(now - FORGOTTEN)
    connection.execute(delete(throttle).where(old))
