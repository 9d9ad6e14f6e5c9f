"""Send what waits in the outbox, most severe first. At least once on the wire.

Sending happens outside any transaction: a rolled-back alert is never mailed, and a mail that was
taken but not recorded is sent again under the same Message-ID.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Engine, select, update

from safety.alerts.channels import channel
from safety.alerts.messages import PENDING, SENT
from safety.settings import Settings
from safety.store import tables
from safety.store.engine import writer


def run(settings: Settings, now: Callable[[], datetime]) -> dict[str, int]:
    """Try every waiting message once; return counts `sent` and `failed`."""
    engine = writer(settings.db_url)
    counts = {"sent": 0, "failed": 0}
    for row in _waiting(engine):
        try:
            channel(row["channel"], settings).send(message(row, settings))
        except (OSError, ValueError, smtplib.SMTPException) as error:
            _record(engine, row, PENDING, str(error), None)
            counts["failed"] += 1
        else:
            _record(engine, row, SENT, "", now().isoformat(timespec="seconds"))
            counts["sent"] += 1
    engine.dispose()
    return counts


def _waiting(engine: Engine) -> list[dict[str, Any]]:
    table = tables.outbox
    query = select(table).where(table.c.state == PENDING).order_by(table.c.tier, table.c.id)
    with engine.connect() as connection:
        return [dict(r) for r in connection.execute(query).mappings()]


def _record(
    engine: Engine, row: dict[str, Any], state: str, error: str, sent_at: str | None
) -> None:
    with engine.begin() as connection:
        connection.execute(
            update(tables.outbox)
            .where(tables.outbox.c.id == row["id"])
            .values(state=state, attempts=row["attempts"] + 1, last_error=error, sent_at=sent_at)
        )


def message(row: dict[str, Any], settings: Settings) -> EmailMessage:
    """Return the mail of a row of the outbox."""
    mail = EmailMessage()
    mail["From"] = settings.alert_sender
    mail["To"] = row["recipient"]
    mail["Subject"] = " ".join(row["subject"].split())
    mail["Message-ID"] = f"<{row['key']}@toxwatch>"
    if row["thread"]:
        mail["References"] = f"<{row['thread']}@toxwatch>"
    mail["X-Toxwatch-Attempt"] = str(row["attempts"] + 1)
    mail.set_content(f"{row['body']}\n{settings.dashboard_url}/alerts\n")
    return mail
