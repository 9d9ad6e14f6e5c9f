"""A channel that fails rests and is probed; the clock is an argument, nobody waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from safety.alerts import claim
from safety.alerts.breaker import PROBE
from safety.alerts.claim import Asker
from tests.alerts import waiting
from tests.alerts.mail_server import Inbox, free_port, running
from tests.alerts.waiting import NOW, after, put, rows, sent, states


@pytest.fixture
def inbox():
    with running(Inbox()) as taken:
        yield taken


@pytest.fixture
def used(tmp_path, inbox, db_url):
    return waiting.smtp(tmp_path, inbox.port)


def test_the_breaker_opens_probes_and_closes(used, tmp_path, inbox):
    down = waiting.smtp(tmp_path, free_port())
    put(used, *"abcdefgh")
    assert sent(down) == (0, 3)  # three in a row, then the channel is left alone
    assert rows(used, "breaker")[0]["failures"] == 3
    assert sent(down, after(seconds=29)) == (0, 0)
    assert sent(down, after(seconds=30)) == (0, 1)  # the probe
    assert sent(used, after(seconds=59)) == (0, 0)
    assert sent(used, after(seconds=60)) == (8, 0)  # the probe gets through: all go at once
    assert rows(used, "breaker") == []


def test_a_probe_is_of_the_message_tried_least(used, tmp_path):
    put(used, *"abcd")
    down = waiting.smtp(tmp_path, free_port())
    sent(down)
    sent(down, after(seconds=30))
    assert [r["attempts"] for r in rows(used)] == [1, 1, 1, 1]


def test_a_channel_that_fails_keeps_no_other_waiting(used, tmp_path):
    down = waiting.smtp(tmp_path, free_port())
    put(down, *"abcd", tier="P1")
    put(waiting.settings(tmp_path), "file")
    assert sent(down) == (1, 3)
    assert states(used)["file"] == "sent"


def test_a_success_forgets_earlier_failures(used, tmp_path, inbox):
    down = waiting.smtp(tmp_path, free_port())
    put(used, "a", "b")
    for _ in range(3):
        sent(down)
        put(used, "c")
        sent(used)
        put(used, "d", "e")
    assert rows(used, "breaker") == []


def test_one_of_several_gets_the_probe(used, tmp_path):
    put(used, *"abcdef")
    sent(waiting.smtp(tmp_path, free_port()))
    claims = []
    for name in ("one", "two"):
        with waiting.transaction(used) as connection:
            claims.append(claim.next_message(connection, Asker(name, NOW + PROBE)))
    assert [c and c["leased_by"] for c in claims] == ["one", None]


def test_a_clock_set_back_does_not_end_the_probes(used, tmp_path, inbox):
    put(used, *"abc", tier="P3", at=after(days=-3))
    sent(waiting.smtp(tmp_path, free_port()))
    assert sent(used, after(days=-1)) == (3, 0)


def test_a_day_without_a_mail_server_costs_a_probe_each_half_minute(used, tmp_path, inbox):
    """3 failures and a probe a pass: a pass every two hours, then one each ten seconds."""
    down = waiting.smtp(tmp_path, free_port())
    put(used, *(f"m{i}" for i in range(40)), tier="P3")
    clock, passes = NOW, 0
    while clock < after(hours=24):
        sent(down, clock)
        clock, passes = clock + timedelta(hours=2), passes + 1
    assert passes == 12
    while clock < after(hours=24, minutes=2):
        sent(down, clock)
        clock += timedelta(seconds=10)
    attempts = sum(r["attempts"] for r in rows(used))
    assert attempts == 3 + 11 + 2 * 60 // 30
    assert sent(used, clock + PROBE) == (40, 0)
    assert len({m["Message-ID"] for m in inbox.mails}) == 40
    assert [r["state"] for r in rows(used)] == ["sent"] * 40
