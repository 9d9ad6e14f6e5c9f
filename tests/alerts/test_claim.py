"""Leases on both databases: who sends a message, and what a wrong clock does to that."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from safety.alerts import claim, outcome
from safety.alerts.claim import LEASE, Asker
from safety.alerts.outcome import Outcome
from safety.audit import key
from safety.store.engine import writer
from tests.alerts import waiting
from tests.alerts.mail_server import Inbox, running
from tests.alerts.waiting import NOW, after, change, log, put, rows, sent, states


@pytest.fixture
def inbox():
    with running(Inbox()) as taken:
        yield taken


@pytest.fixture
def used(tmp_path, inbox, db_url):
    return waiting.smtp(tmp_path, inbox.port)


def test_quiet_hours_end(used, inbox):
    put(used, "a", not_before="2024-04-02T09:00:00+00:00")
    assert sent(used, after(minutes=59)) == (0, 0)
    assert sent(used, after(minutes=60)) == (1, 0)


def test_a_message_of_a_clock_that_was_ahead_does_not_wait_for_it(used, inbox):
    put(used, "a", at=after(days=1), not_before="2024-04-03T20:00:00+00:00")
    assert sent(used) == (1, 0)


def test_a_lease_keeps_others_away_until_it_is_over(used, inbox):
    put(used, "a")
    change(used, lease_until="2024-04-02T08:02:00+00:00", leased_by="other", attempts=1)
    assert sent(used, after(seconds=119)) == (0, 0)
    assert sent(used, after(seconds=120)) == (1, 0)
    assert inbox.mails[0]["X-Toxwatch-Attempt"] == "2"


def test_a_clock_set_back_by_a_day_does_not_make_a_message_wait(used, inbox):
    put(used, "a", at=after(days=-2))
    change(used, lease_until="2024-04-03T08:02:00+00:00", leased_by="a day ahead", attempts=1)
    assert sent(used) == (1, 0)


def test_who_lost_the_lease_has_sent_it_once_in_the_ledger(used, inbox):
    put(used, "a")
    trail = key.trail(used)
    with waiting.transaction(used) as connection:
        slow = claim.next_message(connection, Asker("slow", NOW))
    assert sent(used, after(seconds=120)) == (1, 0)
    for _ in range(2):  # the second time after a COMMIT whose answer was lost
        with waiting.transaction(used) as connection:
            outcome.keep(connection, trail, slow, Outcome("sent", "250"), after(seconds=121))
    assert log(used) == [(2, "sent", "250 taken as 1"), (1, "again", "250")]
    assert rows(used)[0]["sent_at"] == "2024-04-02T08:02:00+00:00"


@pytest.mark.parametrize("kind", ["failed", "dead"])
def test_who_lost_the_lease_and_failed_takes_nothing_back(used, inbox, kind):
    put(used, "a")
    with waiting.transaction(used) as connection:
        slow = claim.next_message(connection, Asker("slow", NOW))
    sent(used, after(seconds=120))
    with waiting.transaction(used) as connection:
        outcome.keep(connection, key.trail(used), slow, Outcome(kind, "no"), after(seconds=121))
    assert states(used) == {"a": "sent"}
    assert [name for _, name, _ in log(used)] == ["sent", kind]


def test_who_lost_the_lease_does_not_end_that_of_the_next(used, inbox):
    put(used, "a")
    for name, at in (("slow", NOW), ("quick", after(seconds=120))):
        with waiting.transaction(used) as connection:
            row = claim.next_message(connection, Asker(name, at))
        if name == "slow":
            slow = row
    with waiting.transaction(used) as connection:
        outcome.keep(connection, key.trail(used), slow, Outcome("failed", "no"),
                     after(seconds=121))  # fmt: skip
    assert rows(used)[0]["leased_by"] == "quick"


def test_threads_that_claim_at_once_never_get_the_same(used):
    put(used, *(f"m{i}" for i in range(12)))
    engine, found, start = writer(used.db_url), [], threading.Barrier(4)

    def claims(name):
        start.wait()
        for _ in range(3):
            with engine.begin() as connection:
                row = claim.next_message(connection, Asker(name, NOW))
                found.append(row and row["id"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(claims, "abcd"))
    engine.dispose()
    assert sorted(found) == list(range(1, 13))
    assert all(r["lease_until"] == waiting.text(NOW + LEASE) for r in rows(used))
