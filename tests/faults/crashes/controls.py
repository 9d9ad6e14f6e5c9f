"""Two wrong shapes that people write. The harness must find both, or it proves nothing.

They take the place of `messages.put_all` in the process that is about to be killed.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage

from sqlalchemy import update

from safety.alerts import messages
from safety.store import tables
from tests.faults.crashes.account import Delivery
from tests.faults.crashes.world import World

Work = Callable[[World, Delivery], None]


def right(world: World, given: Delivery) -> None:
    """What the product does: alert and message in one transaction, sent afterwards."""
    world.run(given)


def commit_then_send(world: World, given: Delivery) -> None:
    """A: alerts are committed, their messages wait in memory only."""
    waiting: list[tuple[messages.Message, str]] = []

    def put_all(_connection, told, *_) -> int:
        waiting.extend((message, to) for message, recipients in told for to in recipients)
        return len(waiting)

    messages.put_all = put_all
    world.run(given)
    for message, recipient in waiting:
        _send(world, message, recipient)


def send_inside(world: World, given: Delivery) -> None:
    """B: messages are sent while the transaction may still be rolled back."""
    really_put_all = messages.put_all

    def put_all(connection, told, mail_channel, trail) -> int:
        told = list(told)
        each = [(message, to) for message, recipients in told for to in recipients]
        for message, to in each:
            _send(world, message, to)
        count = really_put_all(connection, told, mail_channel, trail)
        keys = [message.key(to) for message, to in each]
        sent = update(tables.outbox).where(tables.outbox.c.key.in_(keys))
        connection.execute(sent.values(state=messages.SENT, sent_at=world.clock.isoformat()))
        return count

    messages.put_all = put_all
    world.run(given)


def _send(world: World, message: messages.Message, recipient: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "toxwatch@localhost", recipient, message.subject
    mail["Message-ID"] = f"<{message.key(recipient)}@toxwatch>"
    mail.set_content(message.body)
    with smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=5) as server:
        server.send_message(mail)
