"""Every count is 0 for what the ledger and the dispatcher leave, and bites if something is gone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert

from safety.alerts import dispatch, ledger, operations
from safety.alerts.fact import AlertFact
from safety.alerts.reconciliation import counts
from safety.store import tables
from tests import build
from tests.alerts import waiting
from tests.alerts.mail_server import Inbox, running
from tests.alerts.waiting import NOW, after, put

GOOD = {
    "alerts_without_message": 0, "messages_without_alert": 0, "urgent_messages_late": 0,
    "sent_without_log": 0, "logged_sent_but_not_sent": 0, "dead_without_another_way": 0,
}  # fmt: skip


@pytest.fixture
def used(tmp_path, db_url):
    return waiting.settings(tmp_path)


def tell(used, *facts: AlertFact) -> None:
    """Write what holds now; what was told before and is not among it is cleared."""
    with waiting.transaction(used) as connection:
        voice = operations.voice(used, build.study())
        ledger.add(connection, voice, facts, snapshot_id=None, at=waiting.text(NOW))


def fact(tier: str = "P1", level: int = 4) -> AlertFact:
    return AlertFact("S1", "G4", tier, tier, level, True, f"{tier} T1 S1: x", "x")


def found(used, hours: float = 0) -> dict[str, int]:
    """What does not reconcile."""
    return {name: n for name, n in counts(used.db_url, after(hours=hours)).items() if n}


def spoil(used, statement: Any) -> None:
    with waiting.transaction(used) as connection:
        connection.execute(statement)


def test_nothing_known_reconciles(used):
    assert counts(used.db_url) == GOOD


def test_what_was_raised_worsened_cleared_and_sent_reconciles(used):
    for facts in ([fact("P1"), fact("P2"), fact("P3"), fact("P4")], [fact("P1", 5)], [], [fact()]):
        tell(used, *facts)
        assert dispatch.run(used, lambda: NOW)["failed"] == 0
        assert counts(used.db_url) == GOOD


def test_an_alert_whose_message_is_gone(used):
    tell(used, fact())
    spoil(used, delete(tables.outbox))
    assert found(used) == {"alerts_without_message": 1}


def test_an_alert_whose_newer_message_is_gone(used):
    for level in (4, 5):
        tell(used, fact(level=level))
    spoil(used, delete(tables.outbox).where(tables.outbox.c.kind == "worsen"))
    assert found(used) == {"alerts_without_message": 1}


def test_an_alert_that_is_only_in_the_digest_needs_no_message(used):
    tell(used, fact("P3"))
    assert waiting.rows(used) == []
    assert found(used) == {}


def test_a_message_of_a_revision_that_never_was(used):
    tell(used, fact())
    waiting.change(used, revision=7)
    assert found(used) == {"alerts_without_message": 1, "messages_without_alert": 1}


def test_a_message_about_nothing(used):
    put(used, "a")
    assert found(used) == {}  # a reminder is about no alert
    waiting.change(used, kind="raise")
    assert found(used) == {"messages_without_alert": 1}


@pytest.mark.parametrize(
    ("tier", "hours", "late"),
    [("P1", 0.24, 0), ("P1", 0.25, 1), ("P2", 0.99, 0), ("P2", 1, 1), ("P4", 99, 0)],
)
def test_what_is_not_sent_in_time(used, tier, hours, late):
    put(used, "a", tier=tier)
    assert found(used, hours).get("urgent_messages_late", 0) == late


def test_quiet_hours_are_not_late(used):
    put(used, "a", not_before="2024-04-02T18:00:00+00:00")
    assert found(used, hours=10.9) == {}
    assert found(used, hours=11) == {"urgent_messages_late": 1}


def test_without_a_time_every_urgent_message_is_late(used):
    put(used, "a")
    assert counts(used.db_url)["urgent_messages_late"] == 1


def test_sent_without_an_entry(used):
    put(used, "a")
    waiting.change(used, state="sent", sent_at="2024-04-02T08:00:00+00:00")
    assert found(used) == {"sent_without_log": 1}


def test_an_entry_without_sent(used):
    put(used, "a", tier="P4")
    entry = {"outbox_id": 1, "attempt": 1, "outcome": "sent", "reply": "", "at": ""}
    spoil(used, insert(tables.delivery_log).values(**entry))
    assert found(used) == {"logged_sent_but_not_sent": 1}


def test_a_dead_message_that_nothing_replaces(used):
    put(used, "a", tier="P1")
    waiting.change(used, state="dead")
    assert found(used) == {"dead_without_another_way": 1}
    waiting.change(used, tier="P4")
    assert found(used) == {}


def test_a_dead_message_that_went_another_way(tmp_path, db_url):
    with running(Inbox()) as inbox:
        inbox.data = "554 rejected"
        used = waiting.smtp(tmp_path, inbox.port)
        put(used, "a", tier="P1")
        dispatch.run(used, lambda: NOW)
    assert found(used) == {}
    copies = tables.outbox.c.channel == "file"
    spoil(used, tables.outbox.update().where(copies).values(state="dead"))
    # neither the message nor its copy; and the copy had been sent
    assert found(used) == {"dead_without_another_way": 2, "logged_sent_but_not_sent": 1}


def test_a_study_alone(used):
    put(used, "a")
    assert counts(used.db_url, studyid="T1")["urgent_messages_late"] == 1
    assert counts(used.db_url, studyid="T2") == GOOD
