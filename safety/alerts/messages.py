"""What is to be sent: a row of the outbox a recipient, written where its cause is written.

A message is known by its key for ever: the same one is never put twice, and its Message-ID and
Idempotency-Key are made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from safety.store import tables
from safety.versioning import digest

PENDING, SENT, DEAD = "pending", "sent", "dead"
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
    table = tables.outbox
    wanted = {message.key(to): to for to in recipients}
    known = set(connection.scalars(select(table.c.key).where(table.c.key.in_(wanted))))
    rows = [
        {
            "study": message.study, "alert_id": message.about or None, "key": key,
            "thread": message.thread(to), "kind": message.kind, "revision": message.revision,
            "tier": message.tier, "channel": channel_of(to, mail_channel), "recipient": to,
            "subject": message.subject, "body": message.body, "state": PENDING, "attempts": 0,
            "last_error": "", "created_at": message.at, "not_before": message.not_before,
        }
        for key, to in wanted.items()
        if key not in known
    ]  # fmt: skip
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def channel_of(address: str, mail_channel: str) -> str:
    """Return the channel of an address: `webhook:NAME` and `chat:NAME` are theirs, else mail."""
    return address if address.startswith(PREFIXES) else mail_channel
