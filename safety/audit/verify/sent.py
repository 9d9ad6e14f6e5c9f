"""Messages against the log of what became of them: state and time of sending."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from safety.alerts.messages import DEAD, PENDING, SENT
from safety.audit.verify.problem import Problem
from safety.store.tables import delivery_log, outbox

DECISIVE = ("dead", "retry")  # outcomes that make a message dead, or let it wait again


def check(connection: Connection, study: str) -> Iterator[Problem]:
    """Yield which messages of a study are not in the state that their log gives."""
    sent_at, newest = _log(connection, study)
    c = outbox.c
    query = select(c.id, c.key, c.state, c.sent_at).where(c.study == study).order_by(c.id)
    for id_, key, state, at in connection.execute(query):
        told = SENT if id_ in sent_at else DEAD if newest.get(id_) == "dead" else PENDING
        if state != told:
            what = f"message {key} is {state!r}, and by its log it is {told}"
            yield Problem(study, "object", what)
        elif at not in sent_at.get(id_, {None}):
            what = f"message {key} was not sent at the time that its row has"
            yield Problem(study, "object", what)


def _log(connection: Connection, study: str) -> tuple[dict[int, set[str | None]], dict[int, str]]:
    """Return when messages were sent, and the newest decisive outcome of each, by their ids."""
    sent_at: dict[int, set[str | None]] = {}
    newest: dict[int, str] = {}
    c = delivery_log.c
    query = select(c.outbox_id, c.outcome, c.at).join(outbox, outbox.c.id == c.outbox_id)
    for id_, outcome, at in connection.execute(query.where(outbox.c.study == study).order_by(c.id)):
        if outcome == SENT:
            sent_at.setdefault(id_, set()).add(at)
        elif outcome in DECISIVE:
            newest[id_] = outcome
    return sent_at, newest
