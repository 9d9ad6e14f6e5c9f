"""Naming a snapshot, and reading what it was made from."""

from __future__ import annotations

import json

import pytest

from safety.errors import StudyError, WrongUseError
from tests import build
from tests.snapshots.world import World


@pytest.fixture
def shots(world):
    world.deliver("lab", "2024-04-01", LB="1/lb.csv")
    return [world.publish(day, rules=rules) for day, rules in (
        ("2024-04-01", "r"), ("2024-04-02", "r"), ("2024-04-02", "r2")
    )]  # fmt: skip


def test_an_id_or_its_beginning_or_a_day(world, shots) -> None:
    for shot in shots:
        assert world.store.snapshot("T1", shot.snapshot_id[:16]) == shot
        assert world.store.snapshot("", shot.snapshot_id) == shot
    assert world.store.snapshot("T1", "2024-04-01") == shots[0]
    assert world.store.snapshot("T1", "2024-04-02") == shots[2]  # the newest of that day


@pytest.mark.parametrize("name", ["zz", "2024-04-09", ""])
def test_what_names_none_is_told_with_those_there_are(world, shots, name) -> None:
    with pytest.raises(WrongUseError) as raised:
        world.store.snapshot("T1", name)
    assert str(raised.value).startswith(f"T1: no snapshot begins with {name!r}; there are: ")
    assert all(shot.snapshot_id[:12] in str(raised.value) for shot in shots)


def test_a_day_of_two_studies_is_ambiguous(world, shots) -> None:
    other = World(world.db_url, "T2")
    other.deliver("lab", "2024-04-01", LB="1/lb.csv")
    other.publish("2024-04-01")
    other.close()
    with pytest.raises(WrongUseError, match=r"several .*\(T2, 2024-04-01\)"):
        world.store.snapshot("", "2024-04-01")
    assert world.store.snapshot("T2", "2024-04-01").study == "T2"


def test_the_study_of_the_newest_snapshot(world, shots) -> None:
    assert world.store.study("T1") == build.study(studyid="T1")
    assert world.store.study("T9") is None
    manifest = world.store.manifest(shots[0].snapshot_id)
    assert manifest is not None
    assert (manifest.as_of, manifest.rule_set, manifest.received_at) == ("2024-04-01", "r", "")
    world.publish("2024-04-03", kept=False)
    assert world.store.study("T1") is None


def test_a_study_of_another_version_is_told_and_not_guessed(world, shots) -> None:
    content = json.dumps({
        "study": {"studyid": "T1"}, "rule_set": "r", "code_version": "c", "as_of": "",
        "released": [], "deliveries": [],
    })  # fmt: skip
    world.tamper("snapshot", manifest=content)
    with pytest.raises(StudyError, match="Run the study again"):
        world.store.study("T1")
