"""Write alerts and their outbox rows; called inside the transaction of a delivery."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from safety.alerts import messages
from safety.alerts.fact import AlertFact
from safety.store import tables
from safety.study.model import Study


def add(
    connection: Connection,
    study: Study,
    snapshot_id: str,
    alerts: list[AlertFact],
    *,
    channel: str,
    stamp: str,
) -> int:
    """Write new alerts, and known ones that got worse, each with one outbox row a recipient.

    An alert is known by study, subject, rule and episode. It got worse if its grade is higher or
    it is certain where it was not: then it is open again and told again under a new revision.
    A second run adds nothing. Returns how many were written.
    """
    known = _known(connection, study.studyid)
    told = 0
    for fact in alerts:
        alert_id = fact.alert_id(study.studyid)
        before = known.get(alert_id)
        if before is not None and not fact.worse_than(before.level, bool(before.verified)):
            continue
        revision = 1 if before is None else before.revision + 1
        content = {
            "tier": fact.tier, "level": fact.level, "verified": int(fact.verified),
            "title": fact.title, "body": fact.body, "state": "open", "revision": revision,
        }  # fmt: skip
        if before is None:
            fixed = {
                "alert_id": alert_id, "study": study.studyid, "usubjid": fact.usubjid,
                "rule": fact.rule, "episode": fact.episode, "first_snapshot": snapshot_id,
                "created_at": stamp, "last_snapshot": snapshot_id, "told_at": stamp,
            }  # fmt: skip
            connection.execute(insert(tables.alert).values(**fixed, **content))
        else:
            same = tables.alert.c.alert_id == alert_id
            connection.execute(update(tables.alert).where(same).values(**content))
        message = messages.Message(
            study.studyid, alert_id, "raise" if revision == 1 else "worsen", revision, fact.tier,
            fact.title, f"{fact.body}\n\nSnapshot {snapshot_id}", stamp, opens=revision == 1,
        )  # fmt: skip
        messages.put(connection, message, study.alerts.recipients, channel)
        told += 1
    return told


def _known(connection: Connection, studyid: str) -> dict[str, Any]:
    table = tables.alert
    query = select(table.c.alert_id, table.c.level, table.c.verified, table.c.revision).where(
        table.c.study == studyid
    )
    return {row.alert_id: row for row in connection.execute(query)}
