"""A rebuilt snapshot beside the stored one, on both databases; runs are in test_whole_way."""

from __future__ import annotations

import pytest

from safety.settings import from_environment
from safety.snapshots import rebuild
from safety.store import tables
from safety.versioning import code_version
from tests.snapshots.world import measurement, verdict

OLD = "it is of before manifests were kept: what it was made from is not known."


@pytest.fixture
def shot(world):
    world.deliver("lab", "2024-04-01", LB="1/lb.csv")
    rows = [measurement(), measurement("LB|S1|2", AVAL=None, SRCROW=2)]
    return world.publish(
        "2024-04-01", measurement=rows, verdict=[verdict(ONSETDY=5), verdict("S2")]
    )


def compared(world, shot) -> rebuild.Rebuilt:
    records = {name: world.prepared(name) for name in tables.RECORDS}
    results = {name: world.prepared(name) for name in tables.RESULTS}
    return rebuild.compared(world.store, shot, records, results)


def test_the_same_rows_are_identical(world, shot) -> None:
    found = compared(world, shot)
    assert (found.is_identical, found.differs) == (True, "")
    assert (found.result_hash, found.record_hash) == (shot.result_hash, shot.record_hash)


@pytest.mark.parametrize(
    ("table", "values", "differs"),
    [
        ("measurement", {"aval": 0.4}, "measurement LB|S1|1: stored AVAL"),
        ("measurement", {"row_hash": "x"}, "measurement LB|S1|1: the stored hash of the row"),
        ("measurement", {"tx_to": 1}, "measurement LB|S1|1: the stored row is gone"),
        ("verdict", {"verdict": "NO_DLT"}, "verdict S1: stored VERDICT"),
        ("verdict", {"onsetdy": None, "late": "Y"}, "verdict S1: stored LATE, ONSETDY"),
    ],
)
def test_a_stored_row_that_was_changed_is_found(world, shot, table, values, differs) -> None:
    world.tamper(table, differs.split(":", 1)[0].split(" ")[1], **values)
    found = compared(world, shot)
    assert (found.is_identical, found.differs) == (False, differs)


def test_where_a_row_stands_does_not_matter(world, shot) -> None:
    world.tamper("measurement", srcrow=99)
    assert compared(world, shot).is_identical


def test_other_results_are_named_with_their_hashes(world, shot) -> None:
    world._tables["verdict"][0]["VERDICT"] = "PENDING"
    found = compared(world, shot)
    assert found.differs == "the hash of the results; verdict S1: stored VERDICT"
    assert found.result_hash != shot.result_hash
    assert found.record_hash == shot.record_hash


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"code": "other"}, f"it needs code version other; this is {code_version()}."),
        ({"kept": False}, OLD),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_said(world, shot, tmp_path, changes, why) -> None:
    old = world.publish("2024-04-02", **changes)
    settings = from_environment({"TOXWATCH_HOME": str(tmp_path), "TOXWATCH_DB_URL": world.db_url})
    found = rebuild.rebuild(settings, old)
    assert (found.cannot, found.is_identical) == (why, False)
