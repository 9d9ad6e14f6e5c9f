"""Clocks that step, sites in other zones, and the backup of yesterday."""

from __future__ import annotations

import pytest

from tests.faults.crashes import restored
from tests.faults.crashes.rounds import Kill
from tests.faults.crashes.world import World

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("crashes")]


def test_a_clock_that_steps_back_in_another_zone_changes_no_result(sqlite_round, first) -> None:
    """After a kill right after landing; the checker compares with the hash of another run."""
    sqlite_round.world.put(first)
    sqlite_round.work = World.run_whole
    assert sqlite_round.disturb(first, Kill("landed:1"), 0.0) == "killed"
    restored.stepped_back(sqlite_round, first, "Pacific/Apia")
    assert sqlite_round.judge([first]).verdict.faults == {}, sqlite_round.tally.verdict.said


def test_a_lease_does_not_outlive_a_clock_that_was_set_back(sqlite_round, first) -> None:
    sqlite_round.world.put(first)
    assert sqlite_round.disturb(first, Kill("claimed:1"), 0.0) == "killed"
    restored.day_back(sqlite_round.world)
    verdict = sqlite_round.judge([first]).verdict
    assert verdict.faults == {}, verdict.said


def test_the_backup_of_yesterday_comes_to_the_state_of_today(sqlite_round, made) -> None:
    """Mails that were sent are sent again, under the same Message-ID; the gap is seen."""
    yesterday, _, today = made.story
    found = restored.play(sqlite_round, yesterday, today)
    assert found.verdict.faults == {}, found.verdict.said
    assert found.new_mails == set()
    assert found.gaps > 0
