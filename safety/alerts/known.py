"""Alerts as the database has them; whoever only reads needs no more than this."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import ColumnElement, Connection, select

from safety.alerts.states import Alert
from safety.errors import WrongUseError
from safety.store import tables

MIN_PREFIX = 8  # characters of an alert's id that name it
LENGTH = 32  # characters of an alert's id
COLUMNS = [tables.alert.c[f.name] for f in fields(Alert)]


def alerts(connection: Connection, studyid: str, *where: ColumnElement[bool]) -> list[Alert]:
    """Return the alerts of a study, those that fulfil further conditions if there are any."""
    of_study = tables.alert.c.study == studyid
    rows = connection.execute(select(*COLUMNS).where(of_study, *where))
    return [Alert(*row) for row in rows]


def find(connection: Connection, studyid: str, alert_id: str) -> Alert:
    """Return the alert of an id or of how an id begins; raise WrongUseError if there is not one."""
    known = tables.alert.c.alert_id
    found = []
    if len(alert_id) >= MIN_PREFIX and alert_id.isalnum():
        found = alerts(connection, studyid, known.startswith(alert_id, autoescape=True))
    if len(found) != 1:
        many = "names more than one" if found else "names no"
        raise WrongUseError(
            f"{alert_id!r} {many} alert of {studyid}. Give its ALERT (at least {MIN_PREFIX} "
            "characters), as `toxwatch alerts list` prints it."
        )
    return found[0]
