"""What is to be sent: a row of the outbox a recipient, written where its cause is written.

A message is known by its key for ever: the same one is never put twice, and its Message-ID and
Idempotency-Key are made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from safety.failpoints import reached
from safety.store import tables
from safety.versioning import digest

PENDING, SENT, DEAD = "pending", "sent", "dead"
BATCH = 500  # keys in one question
MAIL_CHANNELS = ("file", "smtp")
PREFIXES = ("webhook:", "chat:")


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of one thing at one time.

    about: id of the alert, "" for what is about none (a digest). kind: raise, worsen, lower, clear,
    return, escalate, remind, digest. revision: of the alert, or what tells two of a kind apart.
    not_before: earliest time of sending, UTC, "" for at once. opens: it begins a thread.
    """

    study: str
    about: str
    kind: str
    revision: int
    tier: str
    subject: str
    body: str
    at: str
    not_before: str = ""
    opens: bool = False

    def key(self, recipient: str) -> str:
        """Return what tells it from every other message to anybody."""
        parts = (self.study, self.about, self.kind, str(self.revision), recipient)
        return digest(*parts)[:40]

    def thread(self, recipient: str) -> str:
        """Return the key of the message that it follows, "" if it follows none."""
        if self.opens or not self.about:
            return ""
        first = (self.study, self.about, "raise", "1", recipient)
        return digest(*first)[:40]


def put(
    connection: Connection, message: Message, recipients: Sequence[str], mail_channel: str
) -> int:
    """Put a message for each recipient; return how many were new.

    recipients: addresses as the study file has them. mail_channel: how mail leaves here.
    """
    return put_all(connection, [(message, recipients)], mail_channel)


def put_all(
    connection: Connection,
    messages: Iterable[tuple[Message, Sequence[str]]],
    mail_channel: str,
) -> int:
    """Put each message for each of its recipients; return how many were new."""
    rows = {
        message.key(to): _row(message, to, mail_channel)
        for message, recipients in messages
        for to in recipients
    }
    new = set(rows) - _known(connection, list(rows))
    if new:
        connection.execute(insert(tables.outbox), [r for key, r in rows.items() if key in new])
        reached("outbox")
    return len(new)


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    key, found = tables.outbox.c.key, set[str]()
    for start in range(0, len(keys), BATCH):
        these = key.in_(keys[start : start + BATCH])
        found |= set(connection.scalars(select(key).where(these)))
    return found


def _row(message: Message, to: str, mail_channel: str) -> dict[str, Any]:
    return {
        "study": message.study, "alert_id": message.about or None, "key": message.key(to),
        "thread": message.thread(to), "kind": message.kind, "revision": message.revision,
        "tier": message.tier, "channel": channel_of(to, mail_channel), "recipient": to,
        "subject": message.subject, "body": message.body, "state": PENDING, "attempts": 0,
        "last_error": "", "created_at": message.at, "not_before": message.not_before,
    }  # fmt: skip


def channel_of(address: str, mail_channel: str) -> str:
    """Return the channel of an address: `webhook:NAME` and `chat:NAME` are theirs, else mail."""
    return address if address.startswith(PREFIXES) else mail_channel
