"""Who heard of an alert before: a correction must reach everybody who was told the error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from safety.store import tables

BATCH = 500  # ids in one question


@dataclass(frozen=True, slots=True)
class Heard:
    """The tiers an alert ever had, and the addresses that a message about it was put for."""

    tiers: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)


NOBODY = Heard()


def before(connection: Connection, alert_ids: Sequence[str]) -> dict[str, Heard]:
    """Return who heard of each alert, by its id; with those its escalation went to."""
    event, outbox, found = tables.alert_event, tables.outbox, defaultdict[str, Heard](Heard)
    for start in range(0, len(alert_ids), BATCH):
        these = alert_ids[start : start + BATCH]
        tiers = select(event.c.alert_id, event.c.tier).where(event.c.alert_id.in_(these))
        for alert_id, tier in connection.execute(tiers.distinct()):
            found[alert_id].tiers.add(tier)
        told = select(outbox.c.alert_id, outbox.c.recipient).where(outbox.c.alert_id.in_(these))
        for alert_id, recipient in connection.execute(told.distinct()):
            found[alert_id].addresses.add(recipient)
    return found
