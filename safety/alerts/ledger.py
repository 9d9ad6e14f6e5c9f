"""Write new alerts and their outbox rows; called inside the transaction of a delivery."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from safety.alerts.rules import AlertFact
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
    """Write alerts that are not known yet, each with one outbox row a recipient; return how many.

    An alert is known by study, subject, rule and episode, so a second run adds nothing.
    """
    studyid = study.studyid
    table = tables.alert
    known = set(connection.scalars(select(table.c.alert_id).where(table.c.study == studyid)))
    new = [a for a in alerts if a.alert_id(studyid) not in known]
    if not new:
        return 0
    connection.execute(
        insert(table),
        [
            {
                "alert_id": a.alert_id(studyid), "study": studyid, "usubjid": a.usubjid,
                "rule": a.rule, "episode": a.episode, "tier": a.tier, "verified": int(a.verified),
                "title": a.title, "body": a.body, "state": "open",
                "first_snapshot": snapshot_id, "created_at": stamp,
            }
            for a in new
        ],
    )  # fmt: skip
    connection.execute(
        insert(tables.outbox),
        [
            {
                "alert_id": a.alert_id(studyid), "channel": channel, "recipient": recipient,
                "state": "pending", "attempts": 0, "last_error": "", "sent_at": None,
            }
            for a in new
            for recipient in study.alerts.recipients
        ],
    )  # fmt: skip
    return len(new)
