"""Alerts, work items and deliveries as they stood then, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from safety.snapshots import as_of, diff
from safety.store import tables

ALERT = {
    "alert_id": "a1", "study": "T1", "usubjid": "S1", "rule": "DLT", "episode": "N1", "tier": "P1",
    "level": 3, "verified": 1, "title": "t", "body": "b", "state": "open", "revision": 1,
    "created_at": "",
}  # fmt: skip
ITEM = {
    "item_id": "i1", "study": "T1", "kind": "query", "key": "q", "usubjid": "S1", "state": "open",
    "owner": "site", "first_as_of": "", "last_as_of": "", "times_seen": 1, "fingerprint": "",
    "revision": 1,
}  # fmt: skip


def told(state: str, at: str, snapshot_id: str | None, title: str = "t") -> dict[str, object]:
    return {
        "alert_id": "a1", "revision": 1, "action": "raise", "actor": "x", "reason": "",
        "state_before": "", "state_after": state, "condition": "holds", "tier": "P1", "level": 3,
        "verified": 1, "title": title, "body": "b", "at": at, "snapshot_id": snapshot_id,
    }  # fmt: skip


@pytest.fixture
def shots(world):
    """Two snapshots; between them somebody acknowledged the alert that the first one raised."""
    world.deliver("lab", "2024-04-01", LB="1/lb.csv")
    first = world.publish("2024-04-01")
    world.deliver("lab", "2024-04-02", LB="2/lb.csv")
    second = world.publish("2024-04-02")
    with world.begin() as connection:
        connection.execute(insert(tables.alert).values(ALERT))
        for event in (
            told("open", first.created_at, first.snapshot_id),
            told("acknowledged", "2024-04-02T01:00:00+00:00", None),
            told("open", second.created_at, second.snapshot_id, "worse"),
        ):
            connection.execute(insert(tables.alert_event).values(event))
        ends = {"first_snapshot": first.snapshot_id, "last_snapshot": first.snapshot_id}
        connection.execute(insert(tables.work_item).values(ITEM | ends))
        for state, at in (("open", first.created_at), ("closed", "2024-04-02T01:00:00+00:00")):
            connection.execute(insert(tables.work_event).values(
                item_id="i1", action="x", actor="x", reason="", state_before="",
                state_after=state, at=at, snapshot_id=first.snapshot_id,
            ))  # fmt: skip
    return first, second


def states(connection, at: int | str) -> list[tuple[str, str]]:
    found = as_of.alerts(connection, "T1", at)
    return list(zip(found["STATE"], found["TITLE"], strict=True))


def test_alerts_as_of_a_snapshot_and_a_time(world, shots) -> None:
    first, second = shots
    with world.begin() as connection:
        assert states(connection, first.seq) == [("open", "t")]
        assert states(connection, second.seq) == [("open", "worse")]
        assert states(connection, "2024-04-02T01:00:00+00:00") == [("acknowledged", "t")]
        assert states(connection, "2024-04-01T19:59:59+00:00") == []
        assert len(as_of.alerts(connection, "T2", second.seq)) == 0


def test_a_clock_that_was_set_back_hides_nothing(world, shots) -> None:
    world.deliver("lab", "2024-04-03", LB="3/lb.csv")
    third = world.publish("2024-04-03", at="2023-01-01T00:00:00+00:00")
    with world.begin() as connection:
        assert states(connection, third.seq) == [("open", "worse")]


def test_snapshots_of_one_second_are_told_apart(world, shots) -> None:
    second = shots[1]
    world.deliver("lab", "2024-04-03", LB="3/lb.csv")
    third = world.publish("2024-04-03", at=second.created_at)
    with world.begin() as connection:
        connection.execute(insert(tables.alert_event).values(
            told("open", second.created_at, third.snapshot_id, "worst")
        ))  # fmt: skip
        assert states(connection, second.seq) == [("open", "worse")]
        assert states(connection, third.seq) == [("open", "worst")]


def test_work_items_and_deliveries(world, shots) -> None:
    first, second = shots
    with world.begin() as connection:
        assert list(as_of.work_items(connection, "T1", first.seq)["STATE"]) == ["open"]
        assert list(as_of.work_items(connection, "T1", second.seq)["STATE"]) == ["closed"]
        assert [d.day for d in as_of.deliveries(connection, "T1", first.seq)] == ["2024-04-01"]
        days = [d.day for d in as_of.deliveries(connection, "T1", second.seq)]
    assert days == ["2024-04-01", "2024-04-02"]


def test_a_difference_tells_of_alerts(world, shots) -> None:
    with world.begin() as connection:
        [change] = diff.between(connection, *shots).changes
    assert (change.table, change.what, change.usubjid) == ("alert", "changed", "S1")
    assert [(c.column, c.before, c.after) for c in change.cells] == [("TITLE", "t", "worse")]
