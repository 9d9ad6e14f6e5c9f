"""Migrations make the tables that the code names, and can be taken back with what they hold."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from safety.store.engine import MIGRATIONS, downgrade, upgrade, writer
from safety.store.tables import BITEMPORAL, OPTIONAL, metadata
from tests import databases

STEPS = [s.revision for s in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


@pytest.fixture
def url(db_kind, tmp_path) -> str:
    """The address of a database without tables."""
    return databases.blank(db_kind, tmp_path)


def execute(url: str, statement: str, *rows: dict[str, Any]) -> None:
    engine = writer(url)
    try:
        with engine.begin() as connection:
            connection.execute(text(statement), list(rows) or None)
    finally:
        engine.dispose()


def insert(url: str, table: str, *rows: dict[str, Any]) -> None:
    values = ", ".join(f":{name}" for name in rows[0])
    execute(url, f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({values})", *rows)


def tables(url: str) -> dict[str, dict[str, Any]]:
    """What each table looks like: its columns, indexes and constraints."""
    engine = writer(url)
    found = inspect(engine)
    parts = {
        "columns": (
            found.get_multi_columns(),
            lambda c: (c["name"], str(c["type"]), c["nullable"]),
        ),
        "indexes": (found.get_multi_indexes(), itemgetter("name")),
        "unique": (found.get_multi_unique_constraints(), itemgetter("name")),
        "refers": (found.get_multi_foreign_keys(), itemgetter("name", "referred_table")),
        "checks": (found.get_multi_check_constraints(), itemgetter("name")),
    }
    keys = {
        table: key["constrained_columns"]
        for (_, table), key in found.get_multi_pk_constraint().items()
    }
    engine.dispose()
    return {
        table: {"key": key}
        | {part: {of(one) for one in told[(None, table)]} for part, (told, of) in parts.items()}
        for table, key in keys.items()
        if table != "alembic_version"
    }


def columns(url: str, table: str) -> set[str]:
    return names(tables(url)[table])


def names(table: dict[str, Any]) -> set[str]:
    return {name for name, _, _ in table["columns"]}


def test_up_is_what_the_code_says_and_down_leaves_nothing(url):
    upgrade(url)
    engine = writer(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    downgrade(url, "base")
    assert tables(url) == {}


def test_every_step_can_be_taken_back(url):
    before = []
    for step in STEPS:
        before.append(tables(url))
        upgrade(url, step)
    for step, after in zip(["base", *STEPS][-2::-1], before[::-1], strict=True):
        downgrade(url, step)
        assert tables(url) == after, step


def test_upgrading_twice_changes_nothing(url):
    upgrade(url)
    before = tables(url)
    upgrade(url)
    assert tables(url) == before
    assert "measurement" in before


DELIVERY = {"seq": 1, "study": "T1", "feed": "sdtm", "sha256": "x", "received_at": "2024-04-01",
            "status": "published", "reason": ""}  # fmt: skip
FILE = {"delivery_seq": 1, "name": "a.xml", "sha256": "x", "size": 9, "domain": "LB",
        "received": 2, "accepted": 2, "quarantined": 0, "duplicates": 0}  # fmt: skip


def test_the_fourth_step_says_what_became_of_each_file_and_can_be_taken_back(url):
    upgrade(url, "0003")
    insert(url, "delivery", DELIVERY)
    named = {"lb.csv": "LB", "notes.txt": ""}
    insert(url, "delivery_file", *(FILE | {"name": n, "domain": d} for n, d in named.items()))
    upgrade(url)
    files = "SELECT name, received, superseded, deleted, status, reason FROM delivery_file"
    assert databases.rows(url, f"{files} ORDER BY name") == [
        ("lb.csv", 2, 0, 0, "used", ""), ("notes.txt", 2, 0, 0, "unused", ""),
    ]  # fmt: skip
    assert databases.rows(url, "SELECT day FROM delivery") == [("",)]
    downgrade(url, "0003")
    assert "day" not in columns(url, "delivery")
    assert columns(url, "delivery_file").isdisjoint({"superseded", "deleted", "status", "reason"})
    assert databases.rows(url, "SELECT received FROM delivery_file") == [(2,)] * 2


def test_the_fifth_step_has_a_place_for_several_domains_of_a_file(url):
    upgrade(url, "0004")
    before = set(tables(url))
    insert(url, "delivery", DELIVERY)
    insert(url, "delivery_file", FILE)
    upgrade(url, "0005")
    assert set(tables(url)) - before == {"query", "work_item", "work_event"}
    insert(url, "delivery_file", FILE | {"domain": "AE"})
    domains = "SELECT domain FROM delivery_file ORDER BY 1"
    assert databases.rows(url, domains) == [("AE",), ("LB",)]
    with pytest.raises(IntegrityError, match="ck_delivery_file_rows"):
        insert(url, "delivery_file", FILE | {"domain": "DM", "received": 1})
    downgrade(url, "0004")
    assert set(tables(url)) == before
    assert databases.rows(url, domains) == [("AE",)]


SNAPSHOT = {"seq": 1, "snapshot_id": "s1", "study": "T1", "delivery_seq": 1, "as_of": "2024-04-01",
            "rule_set": "r", "ctcae": "6.0", "code_version": "c", "result_hash": "h",
            "created_at": "2024-04-02T08:00:00+00:00", "header": "{}", "summary": "{}"}  # fmt: skip
ALERT = {"alert_id": "a1", "study": "T1", "usubjid": "S1", "rule": "GRADE", "episode": "1",
         "tier": "P2", "level": 4, "verified": 1, "title": "Anemia: grade 4", "body": "HGB 60 g/L",
         "state": "open", "revision": 2, "first_snapshot": "s1",
         "created_at": "2024-04-02T08:00:00+00:00"}  # fmt: skip
SENT = {"id": 7, "alert_id": "a1", "revision": 1, "channel": "smtp", "recipient": "m@example.org",
        "state": "sent", "attempts": 2, "last_error": "",
        "sent_at": "2024-04-02T08:05:00+00:00"}  # fmt: skip
FAILED = SENT | {"id": 9, "revision": 2, "state": "pending", "last_error": "451", "sent_at": None}
OLD_OUTBOX = f"SELECT {', '.join(SENT)} FROM outbox ORDER BY id"
OLD_ALERT = f"SELECT {', '.join(ALERT)} FROM alert ORDER BY alert_id"
# begin of the sha256 of the recipient behind its length in 8 bytes
TO = "4b135eba96fc"


def alerted(url: str) -> None:
    """Put an alert that got worse, and what was sent of it, into a database of the fifth step."""
    upgrade(url, "0005")
    insert(url, "delivery", DELIVERY)
    insert(url, "snapshot", SNAPSHOT)
    insert(url, "alert", ALERT)
    insert(url, "outbox", SENT, FAILED)


def test_the_sixth_step_carries_alerts_and_messages_over(url):
    alerted(url)
    upgrade(url, "0006")
    assert databases.rows(url, OLD_ALERT) == [tuple(ALERT.values())]
    added = "last_snapshot, condition, told_at, due_at, step, owner, outcome, suppressed_until"
    assert databases.rows(url, f"SELECT {added} FROM alert") == [
        ("s1", "holds", ALERT["created_at"], "", 0, "", "", "")
    ]
    assert databases.rows(
        url, "SELECT alert_id, revision, action, actor, state_before, state_after, condition, "
        "tier, level, verified, title, body, at, snapshot_id FROM alert_event",
    ) == [("a1", 2, "raise", "toxwatch", "", "open", "holds", "P2", 4, 1, "Anemia: grade 4",
           "HGB 60 g/L", ALERT["created_at"], "s1")]  # fmt: skip
    assert databases.rows(url, OLD_OUTBOX) == [tuple(SENT.values()), tuple(FAILED.values())]
    keyed = "SELECT key, thread, kind, study, tier, subject, created_at FROM outbox ORDER BY id"
    same = ("T1", "P2", "Anemia: grade 4", ALERT["created_at"])
    assert databases.rows(url, keyed) == [
        (f"a1.1.{TO}", "", "raise", *same), (f"a1.2.{TO}", f"a1.1.{TO}", "worsen", *same),
    ]  # fmt: skip
    assert databases.rows(
        url, "SELECT outbox_id, attempt, outcome, reply, at FROM delivery_log"
    ) == [(7, 2, "sent", "", SENT["sent_at"])]
    assert databases.rows(url, "SELECT record_hash, manifest FROM snapshot") == [("", "")]


def test_after_the_sixth_step_messages_are_numbered_on(url):
    alerted(url)
    upgrade(url)
    row = dict.fromkeys(("recipient", "subject", "body", "last_error", "created_at"), "")
    row |= {"study": "T1", "key": "k", "kind": "digest", "revision": 1, "tier": "P3",
            "channel": "file", "state": "pending", "attempts": 0}  # fmt: skip
    insert(url, "outbox", row)
    assert databases.rows(url, "SELECT id FROM outbox WHERE key = 'k'") == [(10,)]


def test_the_sixth_step_can_be_taken_back(url):
    alerted(url)
    upgrade(url, "0006")
    later = ALERT | {"alert_id": "a2", "rule": "WATCHDOG", "first_snapshot": None}
    insert(url, "alert", later)  # of the machine itself: it has no snapshot
    message = SENT | {"study": "T1", "key": "k", "kind": "raise", "tier": "P4", "subject": "",
                      "body": "", "created_at": ""}  # fmt: skip
    insert(url, "outbox", message | {"id": 11, "alert_id": "a2"},
           message | {"id": 12, "key": "l", "kind": "digest", "alert_id": None})  # fmt: skip
    downgrade(url, "0005")
    assert databases.rows(url, OLD_ALERT) == [tuple(ALERT.values())]
    assert databases.rows(url, OLD_OUTBOX) == [tuple(SENT.values()), tuple(FAILED.values())]


def test_after_the_sixth_step_was_taken_back_messages_are_numbered_on(url):
    """Those to a webhook or a chat go: the fifth step has no room for such a channel."""
    alerted(url)
    upgrade(url)
    message = SENT | {"study": "T1", "kind": "raise", "tier": "P4", "subject": "", "body": "",
                      "created_at": ""}  # fmt: skip
    others = ((11, "webhook:OPS"), (12, "chat:A"))
    insert(url, "outbox", *(message | {"id": n, "key": to, "channel": to} for n, to in others))
    downgrade(url, "0005")
    assert databases.rows(url, OLD_OUTBOX) == [tuple(SENT.values()), tuple(FAILED.values())]
    insert(url, "outbox", {name: v for name, v in (SENT | {"revision": 3}).items() if name != "id"})
    assert databases.rows(url, "SELECT id FROM outbox WHERE revision = 3") == [(10,)]


def indexed(url: str) -> dict[str, list[str | None]]:
    """The columns of the index of what is current, by table."""
    engine = writer(url)
    found = {
        table: index["column_names"]
        for (_, table), indexes in inspect(engine).get_multi_indexes().items()
        for index in indexes
        if index["name"] == f"ix_{table}_current"
    }
    engine.dispose()
    return found


def test_the_eighth_step_indexes_who_wrote_what_is_current_and_can_be_taken_back(url):
    before = {table: ["study", "tx_to"] for table in BITEMPORAL}
    upgrade(url, "0007")
    assert indexed(url) == before
    upgrade(url, "0008")
    assert indexed(url) == {t: [*columns, "tx_from"] for t, columns in before.items()}
    downgrade(url, "0007")
    assert indexed(url) == before


def test_the_third_step_replaces_candidates_and_can_be_taken_back(url):
    upgrade(url, "0002")
    before = tables(url)
    upgrade(url, "0003")
    after = set(tables(url))
    assert set(before) - after == {"candidate"}
    assert after - set(before) == {"verdict", "rule_result", "surveillance", "dose_account",
                                   "trigger", "deviation", "pause"}  # fmt: skip
    downgrade(url, "0002")
    assert tables(url) == before
    assert before["candidate"]["indexes"] >= {"ix_candidate_current", "ix_candidate_subject"}


def test_the_second_step_adds_records_and_can_be_taken_back(url):
    upgrade(url, "0002")
    added = {"supplement", "medication", "procedure", "disposition", "visit", "history",
             "declaration"}  # fmt: skip
    assert added < OPTIONAL
    assert added < set(tables(url))
    downgrade(url, "0001")
    left = tables(url)
    assert added.isdisjoint(left)
    told = {c for name in ("dose", "measurement", "adverse_event") for c in names(left[name])}
    assert told.isdisjoint({"occur", "reason", "adj", "mood", "clsig", "grpid"})
    upgrade(url)
