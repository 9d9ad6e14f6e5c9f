"""Alerts reach the inbox whatever the mail server did meanwhile, the most severe first."""

from __future__ import annotations

import pytest

from tests.faults.crashes import smtp

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("crashes")]


@pytest.mark.parametrize("mode", ["refused", "drop"])
def test_alerts_arrive_when_the_server_is_back(sqlite_round, first, mode) -> None:
    smtp.outage(sqlite_round, first, mode, hours=1)
    verdict = sqlite_round.judge([first]).verdict
    assert verdict.faults == {}, verdict.said
    tiers = [m.words.split()[0] for m in sqlite_round.sink.mails()]
    rest = tiers[1:]  # the first one is the probe of the channel
    # whether a client that is cut off still hears that its letter was taken is chance, so how many
    # P1 are left for later is not certain; whichever are, they leave before the others
    assert rest[0] == "P1", tiers
    assert "P1" not in rest[rest.index("P2") :], tiers


def test_what_a_server_refuses_for_ever_is_seen_and_goes_another_way(sqlite_round, first) -> None:
    world = sqlite_round.world
    world.put(first)
    sqlite_round.sink.mode("550")
    sqlite_round.finish(first)
    dead = world.rows("SELECT key FROM outbox WHERE state = 'dead' AND channel = 'smtp'")
    copies = world.rows("SELECT key FROM outbox WHERE state = 'sent' AND channel = 'file'")
    assert len(dead) >= 2 * len(first.alarms)
    assert len(copies) >= len(first.alarms)
    assert sqlite_round.sink.mails() == []
    assert len(list((world.home / "alerts").glob("*.eml"))) >= len(first.alarms)
