"""What is held now: files as the snapshot knows them, and deliveries that came after it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from safety.report.text import held_files
from safety.store import tables
from safety.store.engine import writer
from safety.store.read import Hold, Snapshot, Store

FILE = {"file": "2024-04-02/ae.csv", "domain": "AE", "since": "2024-04-02", "reason": "too short"}
GOOD, BAD = ("published", ""), ("held", "lb.csv: the file is empty.")


@pytest.fixture
def url(db_url):
    return db_url


def receive(url: str, *received: tuple[str, str, tuple[str, str]]) -> Store:
    """Record deliveries: feed, day of receipt, and what became of it."""
    engine = writer(url)
    with engine.begin() as connection:
        for feed, day, (status, reason) in received:
            connection.execute(insert(tables.delivery).values(
                study="T1", feed=feed, day="", sha256=day, received_at=f"{day}T08:00:00+00:00",
                status=status, reason=reason,
            ))  # fmt: skip
    engine.dispose()
    return Store(url)


def shot(delivery_seq: int, *held: dict[str, str], feed: str = "edc") -> Snapshot:
    summary: dict[str, Any] = {"feeds": [{"feed": feed, "newest": "", "held": list(held)}]}
    texts = ("x",) * 6
    return Snapshot(1, "s1", "T1", delivery_seq, "2024-04-01", *texts, {}, summary)


def test_nothing_is_held(url) -> None:
    store = receive(url, ("edc", "2024-04-01", BAD), ("edc", "2024-04-02", GOOD))
    assert store.holds(shot(2)) == []


def test_a_delivery_is_held_since_the_first_one_that_could_not_be_used(url) -> None:
    store = receive(
        url, ("edc", "2024-04-01", GOOD), ("lab", "2024-04-01", GOOD), ("edc", "2024-04-02", BAD),
        ("edc", "2024-04-03", ("held", "lb.csv: column LBDTC is missing.")),
    )  # fmt: skip
    assert store.holds(shot(2)) == [
        Hold("edc", "", "2024-04-02", "lb.csv: column LBDTC is missing.")
    ]


def test_files_that_a_snapshot_holds_are_told_once(url) -> None:
    store = receive(url, ("edc", "2024-04-02", ("held", "2024-04-02/ae.csv: too short")))
    of_file = Hold("edc", "AE", "2024-04-02", "2024-04-02/ae.csv: too short")
    assert store.holds(shot(1, FILE)) == [of_file]
    receive(url, ("edc", "2024-04-03", BAD))
    assert store.holds(shot(1, FILE)) == [
        of_file, Hold("edc", "", "2024-04-02", "lb.csv: the file is empty."),
    ]  # fmt: skip


def test_a_run_says_which_file_waits_and_what_counts_meanwhile() -> None:
    assert held_files(shot(1, FILE).summary) == [
        "2024-04-02/ae.csv since 2024-04-02: too short; the state of AE before it stays current"
    ]
    assert held_files(shot(1).summary) == []
