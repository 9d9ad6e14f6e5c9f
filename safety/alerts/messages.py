"""What is to be sent: a row of the outbox a recipient, written where its cause is written.

A message is known by its key for ever: the same one is never put twice, and its Message-ID and
Idempotency-Key are made of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from safety.audit import record
from safety.audit.trail import Trail
from safety.failpoints import reached
from safety.store import tables
from safety.versioning import digest

PENDING, SENT, DEAD = "pending", "sent", "dead"
BATCH = 500  # keys in one question
MAIL_CHANNELS = ("file", "smtp")
PREFIXES = ("webhook:", "chat:")
# What sending changes in a row; the log tells of it. All else of a message stays as it was put.
MOVED = frozenset({"state", "attempts", "last_error", "lease_until", "leased_by", "sent_at"})


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
    connection: Connection,
    message: Message,
    recipients: Sequence[str],
    mail_channel: str,
    trail: Trail,
) -> int:
    """Put a message for each recipient; return how many were new.

    recipients: addresses as the study file has them. mail_channel: how mail leaves here.
    """
    return put_all(connection, [(message, recipients)], mail_channel, trail)


def put_all(
    connection: Connection,
    messages: Iterable[tuple[Message, Sequence[str]]],
    mail_channel: str,
    trail: Trail,
) -> int:
    """Put each message for each of its recipients; return how many were new."""
    rows = {
        message.key(to): _row(message, to, mail_channel)
        for message, recipients in messages
        for to in recipients
    }
    new = set(rows) - _known(connection, list(rows))
    if new:
        write(connection, [row for key, row in rows.items() if key in new], trail)
        reached("outbox")
    return len(new)


def write(connection: Connection, rows: Sequence[dict[str, Any]], trail: Trail) -> None:
    """Write rows of the outbox, and an entry of the trail of each: what is told to whom."""
    entries = defaultdict(list)
    for row in record.insert_rows(connection, tables.outbox, rows):
        told = {name: value for name, value in row.items() if name not in MOVED}
        entry = record.added(tables.outbox, told, row["study"], row["kind"])
        entries[row["created_at"]].append(entry)
    for at, made in entries.items():
        trail.append(connection, made, at)


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
