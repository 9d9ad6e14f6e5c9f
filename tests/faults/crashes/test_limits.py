"""A disk without room, a database that is locked, and several processes at once."""

from __future__ import annotations

import pytest

from tests.faults.crashes import limits, migrated, together

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("crashes")]


def test_a_full_disk_leaves_nothing_or_everything(made, tmp_path) -> None:
    """With room for some of it, and with enough."""
    counts = limits.sweep(made, tmp_path, [300 * limits.KB, limits.ENOUGH])
    assert counts == {"failed": 1, "fitted": 1, "violations": 0}


def test_a_database_that_is_locked_is_waited_for(sqlite_round, first) -> None:
    sqlite_round.world.put(first)
    with limits.locked(sqlite_round.world, 1.0):
        assert sqlite_round.disturb(first, limits.NEVER, 60.0) == "done"
    assert sqlite_round.judge([first]).verdict.faults == {}, sqlite_round.tally.verdict.said


def test_three_at_once_write_each_thing_once(server_round) -> None:
    verdict = together.play(server_round, 3).verdict
    assert verdict.faults == {}, verdict.said
    assert verdict.wire_repeats == 0


def test_a_migration_that_is_killed_is_made_good(tmp_path) -> None:
    assert migrated.killed(tmp_path / "m", 2)[1] == []
