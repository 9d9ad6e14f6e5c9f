"""Anchors: a line a day and chain, outside the database, each following the one before it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from safety.audit import anchor, key
from safety.audit.chain import START, Entry
from safety.store.engine import writer
from tests.audit import home

MORNING = datetime(2024, 4, 2, 8, tzinfo=UTC)
LATER = MORNING + timedelta(hours=3)
TOMORROW = MORNING + timedelta(days=1)


@pytest.fixture
def used(db_url, tmp_path):
    """A home with two entries in the chain of T1 and one of no study."""
    made = home.settings(tmp_path)
    add(made, "T1", "T1", "")
    return made


def add(used, *studies: str) -> None:
    engine = writer(used.db_url)
    with engine.begin() as connection:
        for study in studies:
            entry = Entry(study, "root", "read", "alert", "")
            key.trail(used).append(connection, [entry], home.STAMP)
    engine.dispose()


def lines(used) -> list[tuple[str, int, str]]:
    told = [json.loads(line) for line in anchor.lines_of(used.anchors)]
    return [(t["study"], t["number"], t["at"]) for t in told]


def test_each_chain_has_one_line_a_day(used) -> None:
    heads = anchor.write(used, MORNING)
    assert [(h.study, h.number) for h in heads] == [("", 1), ("T1", 2)]
    first = [("", 1, "2024-04-02T08:00:00+00:00"), ("T1", 2, "2024-04-02T08:00:00+00:00")]
    assert lines(used) == first
    add(used, "T1")
    assert [h.number for h in anchor.write(used, LATER)] == [1, 3]
    assert lines(used) == first
    anchor.write(used, TOMORROW)
    assert lines(used)[2:] == [
        ("", 1, "2024-04-03T08:00:00+00:00"), ("T1", 3, "2024-04-03T08:00:00+00:00"),
    ]  # fmt: skip


def test_by_hand_a_chain_that_has_grown_gets_another_line(used) -> None:
    anchor.write(used, MORNING)
    anchor.write(used, LATER, again=True)
    assert len(lines(used)) == 2
    add(used, "T1")
    anchor.write(used, LATER, again=True)
    assert lines(used)[2:] == [("T1", 3, "2024-04-02T11:00:00+00:00")]


def test_a_day_is_one_of_utc(used) -> None:
    shanghai = timezone(timedelta(hours=8))
    anchor.write(used, datetime(2024, 4, 2, 7, tzinfo=shanghai))
    assert lines(used)[0] == ("", 1, "2024-04-01T23:00:00+00:00")


def test_two_who_write_at_once_write_each_line_once(used) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: anchor.write(used, MORNING), range(8)))
    assert len(lines(used)) == 2
    assert anchor.broken(anchor.lines_of(used.anchors), [key.trail(used).key]) is None


def test_each_line_follows_the_one_before_it(used) -> None:
    for day in range(3):
        anchor.write(used, MORNING + timedelta(days=day))
    written, keys = anchor.lines_of(used.anchors), [key.trail(used).key]
    assert json.loads(written[0])["prev"] == START
    assert anchor.broken(written, keys) is None
    assert anchor.broken([*written[:2], *written[3:]], keys) == 3
    assert anchor.broken(written[1:], keys) == 1
    assert anchor.broken([written[0].replace(b":1,", b":2,"), *written[1:]], keys) == 2
    assert anchor.broken(written, [b"x" * 32]) == 2


def test_a_line_that_a_crash_has_cut_is_ended_and_followed(used) -> None:
    anchor.write(used, MORNING)
    with used.anchors.open("ab") as file:
        file.write(b'{"at":"2024-04-0')
    anchor.write(used, TOMORROW)
    written = anchor.lines_of(used.anchors)
    assert [head is None for head in anchor.read(written)] == [False, False, True, False, False]
    assert anchor.broken(written, [key.trail(used).key]) is None


def test_where_nothing_was_anchored_there_are_no_lines(tmp_path) -> None:
    assert anchor.lines_of(tmp_path / "none") == []
