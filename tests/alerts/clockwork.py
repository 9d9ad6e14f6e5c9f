"""A study in a database without a run: its snapshot is written straight, time is an argument."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from safety.alerts import acts, ledger, operations
from safety.alerts.fact import AlertFact
from safety.manifest import Manifest
from safety.settings import Settings, from_environment
from safety.signed import sign
from safety.stamp import stamp
from safety.store import publish, tables
from safety.store.engine import reader, writer
from safety.study.model import Study
from safety.versioning import canonical_json
from tests import build, databases

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONITOR, BACKUP, INVESTIGATOR, CHAIR, DATA = (
    f"{name}@example.org" for name in ("monitor", "backup", "investigator", "chair", "data")
)
ALERTS: dict[str, Any] = {
    "recipients": [MONITOR],
    "monitors": [
        {"role": "backup", "address": BACKUP, "tiers": []},
        {"role": "principal_investigator", "address": INVESTIGATOR, "tiers": []},
        {"role": "chair", "address": CHAIR, "tiers": []},
        {"role": "data_engineer", "address": DATA, "tiers": ["P4"]},
    ],
    "quiet_hours": {"start": "22:00", "end": "07:00"},
    "max_data_age_hours": None,
}


def study(studyid: str = "T1", **alerts: Any) -> Study:
    """The small study; a safety lead is nobody in it. `alerts` change that section."""
    return build.study(studyid=studyid, alerts=ALERTS | alerts)


def settings(home: Any) -> Settings:
    """Settings of a home with an empty database and no study file."""
    return from_environment(
        databases.environment(home) | {"TOXWATCH_STUDIES": str(home / "studies")}
    )


def at(text: str) -> datetime:
    """A moment as the clock at the site shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def snapshot(
    used: Settings, of: Study, now: datetime, *,
    day: str = "", summary: dict[str, Any] | None = None, manifest: bool = True,
) -> str:  # fmt: skip
    """Write a delivery and a snapshot that was made of it; return the snapshot's id.

    manifest: whether the snapshot tells its study, as those of before 0006 do not.
    """
    at, as_of = stamp(now), now.astimezone(SHANGHAI).date().isoformat()
    snapshot_id = f"{of.studyid}{at}".replace(":", "").replace("-", "").replace("+", "").lower()
    made = Manifest(snapshot_id, of, "r", "c", as_of, at, ())
    engine = writer(used.db_url)
    with engine.begin() as connection:
        seq = connection.scalar(
            insert(tables.delivery)
            .values(study=of.studyid, feed="sdtm", day=day, sha256="0" * 64, received_at=at,
                    status="published", reason="")
            .returning(tables.delivery.c.seq)
        )  # fmt: skip
        connection.execute(
            insert(tables.snapshot).values(
                snapshot_id=snapshot_id, study=of.studyid, delivery_seq=seq, as_of=as_of,
                rule_set="r", ctcae="5.0", code_version="c", result_hash="", record_hash="",
                created_at=at, header="{}", summary=canonical_json(summary or {}),
                manifest=canonical_json(made.content()) if manifest else "",
            )
        )  # fmt: skip
    engine.dispose()
    return snapshot_id


def held(used: Settings, of: Study, now: datetime, reason: str) -> None:
    """Write a delivery that cannot be used."""
    publish.record_receipt(
        used, of.studyid, "sdtm", "1" * 64, status="held", reason=reason,
        stamp=stamp(now),
    )  # fmt: skip


def fact(usubjid: str, tier: str, rule: str = "GRADE4", level: int = 4) -> AlertFact:
    title = f"{tier} T1 {usubjid}: {rule} of {usubjid}"
    return AlertFact(usubjid, rule, "E1", tier, level, True, title, f"{rule} of {usubjid}")


def tell(used: Settings, of: Study, facts: list[AlertFact], now: datetime) -> None:
    """Write what a snapshot says of alerts."""
    engine = writer(used.db_url)
    with engine.begin() as connection:
        speaker = operations.voice(used, of)
        ledger.add(connection, speaker, facts, snapshot_id=None, at=stamp(now))
    engine.dispose()


def act(used: Settings, of: Study, about: AlertFact, deed: Any, now: datetime, **how: str) -> None:
    """Do something with an alert as a named user."""
    desk = acts.Desk(used.db_url, operations.voice(used, of))
    signed = sign("A. Doctor", "seen", now.astimezone(ZoneInfo("UTC")))
    acts.perform(desk, about.alert_id(of.studyid), deed, signed, **how)


def sent(used: Settings) -> None:
    """Take everything out of the outbox, as a dispatcher would."""
    engine = writer(used.db_url)
    with engine.begin() as connection:
        connection.execute(update(tables.outbox).values(state="sent"))
    engine.dispose()


def rows(used: Settings, table: Any) -> list[dict[str, Any]]:
    """Every row of a table, in the order of its key."""
    engine = reader(used.db_url)
    with engine.connect() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        told = [dict(row) for row in found]
    engine.dispose()
    return told


def here(moment: str) -> str:
    """A stored time as the clock at the site shows it, "" for none."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).strftime("%a %H:%M")


def told(used: Settings) -> list[tuple[str, str, str, str, str]]:
    """Every message: when it was put, what it is, to whom, until when it waits, its subject."""
    return [
        (here(r["created_at"]), r["kind"], r["recipient"].partition("@")[0],
         here(r["not_before"]), r["subject"])
        for r in rows(used, tables.outbox)
    ]  # fmt: skip
