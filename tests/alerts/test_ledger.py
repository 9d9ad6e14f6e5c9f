"""Alerts in the database: the row, its events, the trail and the messages, on both databases."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy import insert

from safety.store import tables
from safety.store.engine import writer
from tests.alerts import told
from tests.alerts.told import BACKUP, DATA, MONITOR, fact

LATER = "2026-11-25T02:00:00+00:00"


def messages(db_url):
    return [(m["kind"], m["revision"], m["tier"], m["recipient"])
            for m in told.rows(db_url, tables.outbox)]  # fmt: skip


def test_a_new_alert_is_written_with_its_event_and_its_messages(db_url):
    assert told.snapshot(db_url, fact()) == 1
    [alert] = told.rows(db_url, tables.alert)
    assert (alert["state"], alert["condition"], alert["revision"]) == ("open", "holds", 1)
    assert (alert["first_snapshot"], alert["last_snapshot"]) == ("snap1", "snap1")
    # four working hours later, in Shanghai at two in the afternoon
    assert (alert["told_at"], alert["due_at"]) == (told.AT, "2026-11-24T06:00:00+00:00")
    [event] = told.rows(db_url, tables.alert_event)
    assert (event["action"], event["actor"], event["reason"]) == (
        "raise", "toxwatch", "a rule is met",
    )  # fmt: skip
    assert (event["state_before"], event["state_after"], event["snapshot_id"]) == (
        "", "open", "snap1",
    )  # fmt: skip
    assert messages(db_url) == [("raise", 1, "P1", MONITOR), ("raise", 1, "P1", BACKUP)]


def test_a_message_says_what_is_asked(db_url):
    told.snapshot(db_url, fact())
    [mail, _] = told.rows(db_url, tables.outbox)
    alert_id = fact().alert_id("T1")
    assert mail["subject"] == "P1 T1 S1: DLT rash"
    assert mail["body"].split("\n") == [
        "DLT rash of S1",
        "Rule R1",
        "",
        f"Alert {alert_id}, rule DLT, P1, revision 1",
        "Acknowledge it by 2026-11-24 14:00 (Asia/Shanghai) with",
        f"toxwatch alerts acknowledge STUDY {alert_id[:12]} --by NAME --reason WHY",
        "Snapshot snap1",
    ]


def test_what_got_worse_is_told_in_the_same_thread(db_url):
    told.snapshot(db_url, fact())
    assert told.snapshot(db_url, fact(level=5, body="DLT death"), number=2, at=LATER) == 1
    first, _, again, _ = told.rows(db_url, tables.outbox)
    assert (again["kind"], again["revision"], again["thread"]) == ("worsen", 2, first["key"])
    assert again["subject"] == "P1 [worse] T1 S1: DLT rash"
    assert again["body"].split("\n")[:4] == [
        "Worse than what was told before.", "Before: P1, DLT rash of S1", "", "DLT death",
    ]  # fmt: skip
    alert = told.known(db_url)["S1"]
    assert (alert.revision, alert.level, alert.last_snapshot) == (2, 5, "snap2")
    assert alert.due_at == "2026-11-25T06:00:00+00:00"


def test_a_snapshot_twice_adds_nothing(db_url):
    told.snapshot(db_url, fact(), fact("S2", "P2"))
    told.snapshot(db_url, fact("S2", "P2"), number=2)
    tables_of = (tables.alert, tables.alert_event, tables.outbox, tables.audit)
    before = [told.rows(db_url, table) for table in tables_of]
    assert told.snapshot(db_url, fact("S2", "P2"), number=2) == 0
    assert [told.rows(db_url, table) for table in tables_of] == before


def test_what_was_removed_is_told_to_all_who_heard_of_it(db_url):
    told.snapshot(db_url, fact())
    assert told.snapshot(db_url, number=2) == 1
    assert messages(db_url)[2:] == [("clear", 2, "P1", MONITOR), ("clear", 2, "P1", BACKUP)]
    cleared = told.rows(db_url, tables.outbox)[2]
    assert cleared["subject"] == "P1 [cleared] T1 S1: DLT rash"
    assert cleared["body"].startswith("Cleared by a change of the data: DLT rash of S1\n")
    assert "revision 2\nAcknowledge it by 2026-11-24 14:00" in cleared["body"]


def test_what_is_less_urgent_now_is_told_to_whom_it_was_told_before(db_url):
    told.snapshot(db_url, fact())
    told.snapshot(db_url, fact(tier="P2"), number=2)
    assert messages(db_url)[2:] == [("lower", 2, "P1", MONITOR), ("lower", 2, "P1", BACKUP)]
    alert = told.known(db_url)["S1"]
    assert (alert.tier, alert.due_at) == ("P2", "2026-11-24T06:00:00+00:00")


def test_what_is_cleared_after_it_was_lowered_is_told_to_whom_it_was_told_first(db_url):
    told.snapshot(db_url, fact())
    told.snapshot(db_url, fact(tier="P2"), number=2)
    told.snapshot(db_url, number=3)
    assert messages(db_url)[4:] == [("clear", 3, "P2", MONITOR), ("clear", 3, "P2", BACKUP)]


def test_an_alert_that_was_never_more_urgent_is_cleared_for_those_of_its_tier(db_url):
    told.snapshot(db_url, fact(tier="P2"), fact("S2"))
    told.snapshot(db_url, fact("S2"), number=2)
    assert messages(db_url)[3:] == [("clear", 2, "P2", MONITOR)]


@pytest.mark.parametrize(
    ("tier", "sent", "due_at"),
    [
        ("P2", [("raise", 1, "P2", MONITOR)], "2026-11-25T02:00:00+00:00"),
        ("P3", [], "2026-12-01T02:00:00+00:00"),  # in the digest
        ("P4", [("raise", 1, "P4", DATA)], ""),
    ],
)
def test_a_tier_has_its_own_recipients_and_clock(db_url, tier, sent, due_at):
    assert told.snapshot(db_url, fact(tier=tier)) == 1
    assert messages(db_url) == sent
    assert told.known(db_url)["S1"].due_at == due_at


def test_a_routine_alert_ends_without_a_message(db_url):
    told.snapshot(db_url, fact(tier="P4"))
    assert told.snapshot(db_url, number=2) == 0
    assert len(messages(db_url)) == 1
    assert told.known(db_url)["S1"].state == "resolved"
    assert [e["action"] for e in told.rows(db_url, tables.alert_event)] == ["raise", "clear"]


def test_the_trail_keeps_each_change_and_no_long_text(db_url):
    long = "DLT rash\n" + "evidence " * 20
    told.snapshot(db_url, fact(body=long))
    told.snapshot(db_url, fact(level=5, body=long), number=2)
    entries = [e for e in told.rows(db_url, tables.audit) if e["object_type"] != "outbox"]
    assert [(e["action"], e["object_type"]) for e in entries] == [
        ("raise", "alert"), ("raise", "alert_event"),
        ("worsen", "alert"), ("worsen", "alert_event"),
    ]  # fmt: skip
    alert_id = fact().alert_id("T1")
    assert [e["object_id"] for e in entries] == [alert_id, "1", alert_id, "2"]
    new, worse = json.loads(entries[0]["after"]), json.loads(entries[2]["after"])
    assert new["body_sha256"] == hashlib.sha256(long.encode()).hexdigest()
    assert "body" not in new
    assert worse == {"level": 5, "last_snapshot": "snap2", "revision": 2}
    assert json.loads(entries[2]["before"]) == {
        "level": 3, "last_snapshot": "snap1", "revision": 1,
    }  # fmt: skip


def test_the_trail_keeps_what_is_told_to_whom(db_url):
    told.snapshot(db_url, fact(body="DLT rash\n" + "evidence " * 20))
    entries = [e for e in told.rows(db_url, tables.audit) if e["object_type"] == "outbox"]
    put = told.rows(db_url, tables.outbox)
    assert [e["object_id"] for e in entries] == [str(row["id"]) for row in put]
    assert len(put) > 1
    for entry, row in zip(entries, put, strict=True):
        assert json.loads(entry["after"]) == {
            name: row[name] for name in (
                "id", "study", "alert_id", "key", "thread", "kind", "revision", "tier", "channel",
                "recipient", "subject", "created_at", "not_before",
            )
        } | {"body_sha256": hashlib.sha256(row["body"].encode()).hexdigest()}  # fmt: skip


def test_alerts_of_operations_and_of_snapshots_leave_each_other_alone(db_url):
    late = fact("", "P4", rule="WATCHDOG")
    told.snapshot(db_url, fact())
    told.snapshot(db_url, late, number=1, owns=frozenset({"WATCHDOG"}))
    assert {a.condition for a in told.known(db_url).values()} == {"holds"}
    told.snapshot(db_url, fact(), number=2)
    assert told.known(db_url)[""].condition == "holds"
    told.snapshot(db_url, number=2, owns=frozenset({"WATCHDOG"}))
    assert (told.known(db_url)[""].condition, told.known(db_url)["S1"].condition) == (
        "cleared", "holds",
    )  # fmt: skip


def test_an_alert_of_before_events_goes_on(db_url):
    told.snapshot(db_url)
    old = fact(body="RASH")
    engine = writer(db_url)
    with engine.begin() as connection:
        connection.execute(insert(tables.alert).values(
            alert_id=old.alert_id("T1"), study="T1", usubjid="S1", rule="DLT", episode="R1|3",
            tier="P1", level=3, verified=1, title=old.title, body=old.body, state="open",
            revision=1, first_snapshot="snap1", last_snapshot="snap1", created_at=told.AT,
            told_at=told.AT,
        ))  # fmt: skip
    engine.dispose()
    assert told.snapshot(db_url, old, number=2) == 0
    assert told.snapshot(db_url, replace(old, level=4), number=3) == 1
    assert told.known(db_url)["S1"].revision == 2


def test_a_transaction_that_is_rolled_back_leaves_nothing(db_url):
    engine = writer(db_url)
    with engine.connect() as connection:
        assert told.snapshot_in(connection, fact()) == 1
        connection.rollback()
    engine.dispose()
    assert told.rows(db_url, tables.alert) == told.rows(db_url, tables.outbox) == []
