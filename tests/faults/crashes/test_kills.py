"""The short set: a few kills, a crash and a cut for each database. `make faults` does thousands."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import get_args

import pytest

from safety import failpoints
from tests.faults.crashes import controls, proxy, rounds, victim
from tests.faults.crashes.proxy import Proxy

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("crashes")]
ROOT = Path(__file__).resolve().parents[3]


def test_every_point_is_in_the_product_and_is_drawn() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "safety").rglob("*.py"))
    names = set(get_args(failpoints.Name))
    assert set(re.findall(r'\breached\("(\w+)"\)', code)) == names
    assert {*rounds.WHOLE, *rounds.RUN, *rounds.SENDING} == names


def test_a_point_kills_when_it_is_reached_for_the_asked_time(tmp_path) -> None:
    log = tmp_path / "log"

    def work() -> None:
        for name in ("outbox", "rows", "outbox"):
            failpoints.reached(name)
            with log.open("a") as file:
                file.write(f"{name} ")

    assert victim.run(work, log, "outbox:2").how == "killed"
    assert log.read_text() == "outbox rows "
    assert victim.run(work, log, "outbox:3").how == "done"
    assert victim.run(work, log).how == "done"


def test_kills_on_the_way_lose_nothing(either_round, first) -> None:
    played = either_round
    played.deliver(first, "rows:9", "before_commit:1", "after_commit:1", "accepted:1", "marking:1")
    tally = played.judge([first])
    assert tally.verdict.faults == {}, tally.verdict.said
    assert tally.kills.total() == 5
    assert tally.verdict.wire_repeats == 2  # said 250, and not written down: twice
    assert (tally.verdict.rows, tally.verdict.alerts) == (24, len(first.alarms))


def test_nobody_hears_of_what_was_rolled_back(sqlite_round, made) -> None:
    """The second day is delivered wrong, killed before it is committed, and delivered right."""
    day, wrong, right = made.story
    assert wrong.is_withdrawn
    assert wrong.alarms > right.alarms
    sqlite_round.deliver(day)
    sqlite_round.world.put(wrong)
    sqlite_round.disturb(wrong, rounds.Kill("before_commit:1"), 0.0)
    sqlite_round.deliver(right)
    verdict = sqlite_round.judge([day, right]).verdict
    assert verdict.faults == {}, verdict.said


def test_the_harness_finds_alerts_that_are_sent_after_the_commit(sqlite_round, first) -> None:
    sqlite_round.work = controls.commit_then_send
    sqlite_round.deliver(first, "after_commit:1")
    found = sqlite_round.judge([first]).verdict.faults
    assert found["mails_lost"] == 2 * len(first.alarms)


def test_the_harness_finds_alerts_that_are_sent_before_the_commit(sqlite_round, made) -> None:
    day, wrong, right = made.story
    sqlite_round.work = controls.send_inside
    sqlite_round.deliver(day, "before_commit:1")
    sqlite_round.world.put(wrong)
    sqlite_round.disturb(wrong, rounds.Kill("before_commit:1"), 0.0)
    sqlite_round.deliver(right)
    verdict = sqlite_round.judge([day, right]).verdict
    assert verdict.wire_repeats >= 2 * len(day.alarms)
    assert verdict.faults["mails_extra"] >= 2  # of the alarm that never was


def test_a_crash_of_the_database_loses_nothing(server_round, server, first) -> None:
    played = server_round
    played.world.put(first)
    child = victim.start(lambda: played.world.run(first), played.world.log)
    time.sleep(0.4)
    server.crash()
    server.start()
    victim.join(child)
    played.finish(first)
    assert played.judge([first]).verdict.faults == {}, played.tally.verdict.said


def test_an_answer_of_commit_that_never_comes_loses_nothing(
    made, server, tmp_path, monkeypatch, first
) -> None:
    monkeypatch.setattr(proxy, "FATES", {"answer of COMMIT lost": 1.0})
    bad = Proxy(tmp_path, server.port, seed=3)
    try:
        with rounds.opened(tmp_path / "cut", made, 1, server, bad.port) as played:
            played.world.put(first)
            assert played.disturb(first, rounds.Kill(share=1.0), 30.0) == "failed"
            assert bad.cuts().total() > 0
            played.world.db_url = played.world.read_url
            played.finish(first)
            assert played.judge([first]).verdict.faults == {}, played.tally.verdict.said
    finally:
        bad.stop()
