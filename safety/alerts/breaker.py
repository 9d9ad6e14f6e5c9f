"""A channel that failed several times in a row is left alone, but for a probe from time to time.

Its row counts the failures; a channel that works has none. Messages have no waiting times of their
own here: when a probe gets through, all that waits goes at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, delete, insert, select, update

from safety.stamp import stamp
from safety.store import tables
from safety.store.engine import lock

OPENS_AFTER = 3  # failures in a row
PROBE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Of a channel that failed. since: when it first did; probe_at: when it is tried again."""

    channel: str
    failures: int
    since: str
    probe_at: str
    error: str

    def is_due(self, now: datetime) -> bool:
        """Whether it may be probed: a time further ahead than any is of a clock set back since."""
        return not stamp(now) < self.probe_at <= stamp(now + PROBE)


def resting() -> Select[tuple[str]]:
    """Return the question which channels are left alone."""
    return select(tables.breaker.c.channel).where(tables.breaker.c.failures >= OPENS_AFTER)


def opened(connection: Connection) -> list[Breaker]:
    """Return the channels that are left alone."""
    table = tables.breaker
    query = select(table).where(table.c.failures >= OPENS_AFTER).order_by(table.c.channel)
    return [Breaker(**row) for row in connection.execute(query).mappings()]


def take_probe(connection: Connection, known: Breaker, now: datetime) -> bool:
    """Whether the next probe is the caller's; of several who ask one gets it."""
    table = tables.breaker
    same = (table.c.channel == known.channel) & (table.c.probe_at == known.probe_at)
    later = update(table).where(same).values(probe_at=stamp(now + PROBE))
    return connection.execute(later).rowcount == 1


def failed(connection: Connection, channel: str, error: str, now: datetime) -> None:
    """Count a failure of a channel."""
    lock(connection, f"breaker {channel}")
    table = tables.breaker
    this = table.c.channel == channel
    said = {"probe_at": stamp(now + PROBE), "error": error}
    counted = update(table).where(this).values(failures=table.c.failures + 1, **said)
    if connection.execute(counted).rowcount == 0:
        first = {"channel": channel, "failures": 1, "since": stamp(now)}
        connection.execute(insert(table).values(first | said))


def worked(connection: Connection, channel: str) -> None:
    """Say that a channel answered: its failures are forgotten."""
    connection.execute(delete(tables.breaker).where(tables.breaker.c.channel == channel))
