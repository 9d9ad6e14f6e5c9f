"""Tell the data engineers which channel does not deliver what is urgent: rule OUTBOX, tier P4.

One alert a study and channel, whose level is the number of messages. A message of P4 is never
counted, so that no alert is about another one.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from safety.alerts import fallback, operations, studies
from safety.alerts.fact import AlertFact, alert
from safety.alerts.failures import FAULTS, fault
from safety.alerts.messages import DEAD
from safety.errors import ToxwatchError
from safety.settings import Settings
from safety.stamp import stamp
from safety.store import tables
from safety.study.model import Study

log = logging.getLogger(__name__)
Stuck = Mapping[str, Counter[str]]  # by channel how many messages are in each state
MOST = 32_767  # of a level


def tell(settings: Settings, engine: Engine, now: datetime) -> None:
    """Raise, update and clear the alerts of every study that has, or had, stuck messages.

    Raises ToxwatchError at the end, when all studies were tried, if one could not be written.
    """
    with engine.begin() as connection:
        found = counted(connection, now)
        told = _told(connection)
    untold = list[str]()
    for studyid in sorted({*found, *told}):
        try:
            _tell(settings, engine, studyid, found.get(studyid, {}), now)
        except ToxwatchError as error:
            log.warning("nobody can be told: %s", error)
        except FAULTS as error:
            untold.append(f"study {studyid}: {fault(error)}")
    if untold:
        raise ToxwatchError(f"what is stuck could not be told: {'; '.join(untold)}")


def _tell(settings: Settings, engine: Engine, studyid: str, stuck: Stuck, now: datetime) -> None:
    study = studies.find(settings, studyid)
    with engine.begin() as connection:
        voice = operations.voice(settings, study)
        operations.replace(connection, voice, operations.OUTBOX, _facts(study, stuck), stamp(now))


def counted(connection: Connection, now: datetime) -> dict[str, Stuck]:
    """Return by study and channel how many urgent messages wait too long or were refused."""
    table = tables.outbox
    groups = (table.c.study, table.c.channel, table.c.state)
    query = select(*groups, func.count()).where(fallback.is_stuck(now)).group_by(*groups)
    found: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for study, channel, state, number in connection.execute(query):
        found[study][channel][state] += number
    return dict(found)


def _told(connection: Connection) -> set[str]:
    table = tables.alert
    holds = (table.c.rule == operations.OUTBOX) & (table.c.condition == "holds")
    return set(connection.scalars(select(table.c.study).where(holds)))


def _facts(study: Study, stuck: Stuck) -> list[AlertFact]:
    return [_fact(study, channel, states) for channel, states in sorted(stuck.items())]


def _fact(study: Study, channel: str, states: Counter[str]) -> AlertFact:
    dead, number = states[DEAD], states.total()
    lines = [
        f"{number} urgent message{'s' * (number > 1)} not delivered by {channel}",
        f"{dead} refused for good, {number - dead} waiting too long (P1 15 minutes, P2 an hour).",
        "See `toxwatch alerts outbox`; once the cause is mended, `toxwatch alerts retry`.",
    ]
    return alert(
        study, "", operations.OUTBOX, channel, operations.TIER, min(number, MOST), True, lines
    )
