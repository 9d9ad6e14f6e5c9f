"""Messages in an outbox, put there without a run, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from safety.alerts import dispatch, messages
from safety.alerts.messages import Message
from safety.audit import key
from safety.settings import Settings, from_environment
from safety.store import tables
from safety.store.engine import writer
from tests import build, databases

NOW = datetime(2024, 4, 2, 8, 0, tzinfo=UTC)
SOON = {"TOXWATCH_ALERT_TIMEOUT": "0.2"}


def after(**passed: float) -> datetime:
    return NOW + timedelta(**passed)


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def settings(home: Path, **changes: str) -> Settings:
    """Settings of a home with the small study, that wait for nobody."""
    studies = home / "studies"
    studies.mkdir(parents=True, exist_ok=True)
    (studies / "t1.yaml").write_text(yaml.safe_dump(build.study_content()), encoding="utf-8")
    own = databases.environment(home) | {"TOXWATCH_STUDIES": str(studies)}
    return from_environment(own | SOON | changes)


def smtp(home: Path, port: int, **changes: str) -> Settings:
    sends = {"TOXWATCH_ALERT_CHANNEL": "smtp", "TOXWATCH_SMTP_PORT": str(port)}
    return settings(home, **(sends | changes))


@contextmanager
def transaction(used: Settings) -> Iterator[Connection]:
    engine = writer(used.db_url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def put(used: Settings, *subjects: str, tier: str = "P2", to: str = "m@example.org",
        at: datetime = NOW, **changes: Any) -> None:  # fmt: skip
    """Put messages about no alert; each has another subject."""
    with transaction(used) as connection:
        for subject in subjects:
            number = 1 + len(_all(connection))
            message = Message("T1", "", "remind", number, tier, subject, "Platelets 20 10^9/L",
                              text(at), **changes)  # fmt: skip
            messages.put(connection, message, [to], used.alert_channel, key.trail(used))


def change(used: Settings, **values: Any) -> None:
    """Set columns of all messages, as another dispatcher might have."""
    with transaction(used) as connection:
        connection.execute(tables.outbox.update().values(**values))


def rows(used: Settings, table: str = "outbox") -> list[dict[str, Any]]:
    with transaction(used) as connection:
        return _all(connection, table)


def _all(connection: Connection, table: str = "outbox") -> list[dict[str, Any]]:
    found = tables.metadata.tables[table]
    order = found.primary_key.columns
    return [dict(r) for r in connection.execute(select(found).order_by(*order)).mappings()]


def states(used: Settings) -> dict[str, str]:
    return {r["subject"]: r["state"] for r in rows(used)}


def log(used: Settings) -> list[tuple[int, str, str]]:
    return [(r["attempt"], r["outcome"], r["reply"]) for r in rows(used, "delivery_log")]


def sent(used: Settings, at: datetime = NOW, **how: Any) -> tuple[int, int]:
    """Do one pass; return how many were sent and how many failed."""
    counts = dispatch.run(used, lambda: at, **how)
    return counts["sent"], counts["failed"]
