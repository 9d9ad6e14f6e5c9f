"""What is handed to a channel: a letter, as mail, as JSON, as the first lines for a chat. Pure.

The key of a message is its Message-ID and Idempotency-Key: a copy on the wire is known as one. The
link holds the id of the alert, which is a hash: no subject stands in an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

DOMAIN = "toxwatch"
LINES = 3  # of a text, for a chat
POLICY = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way to one recipient. attempt: counted from 1. at: of this attempt, UTC."""

    key: str
    thread: str
    study: str
    alert_id: str
    kind: str
    revision: int
    tier: str
    recipient: str
    subject: str
    body: str
    link: str
    created_at: str
    attempt: int
    at: datetime


def letter(row: Mapping[str, Any], dashboard_url: str, at: datetime) -> Letter:
    """Return what a row of the outbox says."""
    alert_id = row["alert_id"] or ""
    where = f"?alert={alert_id}" if alert_id else ""
    return Letter(
        row["key"], row["thread"], row["study"], alert_id, row["kind"], row["revision"],
        row["tier"], row["recipient"], _line(row["subject"]), _text(row["body"]),
        f"{dashboard_url}/alerts{where}", row["created_at"], row["attempts"], at,
    )  # fmt: skip


def mail(told: Letter, sender: str) -> EmailMessage:
    """Return a letter as mail; what is no mail address stands in it as the name of a group."""
    made = EmailMessage(policy=POLICY)
    made["From"] = sender
    made["To"] = address(told.recipient) or Group(_line(told.recipient), ())
    made["Subject"] = told.subject
    made["Date"] = format_datetime(datetime.fromisoformat(told.created_at))
    made["Message-ID"] = f"<{told.key}@{DOMAIN}>"
    if told.thread:
        made["References"] = f"<{told.thread}@{DOMAIN}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Toxwatch-Attempt"] = str(told.attempt)
    made.set_content(f"{told.body}\n\n{told.link}\n")
    return made


def payload(told: Letter) -> dict[str, Any]:
    """Return a letter as what a webhook gets; the same for every attempt."""
    return {
        "key": told.key, "thread": told.thread, "study": told.study, "alert_id": told.alert_id,
        "kind": told.kind, "revision": told.revision, "tier": told.tier,
        "subject": told.subject, "body": told.body, "link": told.link,
        "created_at": told.created_at,
    }  # fmt: skip


def short(told: Letter) -> tuple[str, str]:
    """Return title and text for a chat: the first lines, the link, and by what it is known."""
    lines = [line for line in told.body.splitlines() if line.strip() and line != told.subject]
    return told.subject, "\n".join([*lines[:LINES], told.link, f"Message {told.key[:8]}"])


def address(recipient: str) -> Address | None:
    """Return a recipient as a mail address in ASCII, None if it is none."""
    try:
        found = Address(addr_spec=recipient)
        found.addr_spec.encode("ascii")
    except (ValueError, IndexError, MessageError):
        return None
    return found if found.domain else None


def _line(text: str) -> str:
    """Return a text as one line of what can be printed: nothing in it can begin a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
