"""Anchors: a line a day and chain, outside the database, each following the one before it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from safety.audit import anchor, anchor_lines, key
from safety.audit.anchor_lines import ASTRAY, FORGED, NO_LINE, Head
from safety.audit.chain import START, Entry
from safety.store.engine import writer
from safety.versioning import canonical_json
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
    assert faults(used, anchor.lines_of(used.anchors)) == []


def faults(used, written: list[bytes]) -> list[tuple[int, str]]:
    """What is wrong with lines, by the key of the home."""
    return anchor_lines.read(written, [key.trail(used).key])[1]


@pytest.fixture
def three(used) -> list[bytes]:
    """The six lines of three days."""
    for day in range(3):
        anchor.write(used, MORNING + timedelta(days=day))
    return anchor.lines_of(used.anchors)


def test_each_line_follows_the_one_before_it(used, three) -> None:
    assert json.loads(three[0])["prev"] == START
    assert faults(used, three) == []
    assert faults(used, [*three[:2], *three[3:]]) == [(3, ASTRAY)]
    assert faults(used, three[1:]) == [(1, ASTRAY)]
    assert faults(used, [three[0], three[0], *three[1:]]) == [(2, ASTRAY)]
    assert faults(used, [three[0].replace(b":1,", b":2,"), *three[1:]]) == [(1, FORGED)]
    assert anchor_lines.read(three, [b"x" * 32]) == ([], [(n, FORGED) for n in range(1, 7)])


def test_the_newest_line_cannot_be_changed_either(used, three) -> None:
    last = json.loads(three[-1]) | {"number": 1}
    assert faults(used, [*three[:-1], canonical_json(last).encode()]) == [(6, FORGED)]


def test_nobody_without_the_key_begins_the_file_anew(used, three) -> None:
    """As a review did it: an empty line, then one that follows nothing, all over the file."""
    first = [canonical_json(json.loads(line) | {"prev": START}).encode() + b"\n" for line in three]
    forged = [part for line in first[::2] for part in (b"\n", line)]
    heads, wrong = anchor_lines.read(forged, [key.trail(used).key])
    assert [n for n, _ in wrong] == [1, 3, 4, 5, 6]  # line 2 is the first one that was written
    assert [(h.study, h.number) for h in heads] == [("", 1)]


def test_another_spelling_of_a_line_is_told_of(used, three) -> None:
    respelled = json.dumps(json.loads(three[1])).encode() + b"\n"
    assert faults(used, [three[0], respelled, *three[2:]]) == [(2, FORGED)]


def test_a_line_that_says_nothing_is_told_of(used, three) -> None:
    for nothing in (b"\n", b"#\n", b"{}\n", b"[1]\n", b"\xff\n", b'{"prev":""}\n'):
        assert faults(used, [*three[:2], nothing, *three[2:]]) == [(3, NO_LINE)]
        assert faults(used, [*three, nothing]) == [(7, NO_LINE)]
    assert faults(used, [*three, b'{"at":"20']) == []  # a crash has cut it


def test_a_line_that_a_crash_has_cut_is_ended_and_followed(used) -> None:
    anchor.write(used, MORNING)
    with used.anchors.open("ab") as file:
        file.write(b'{"at":"2024-04-0')
    assert faults(used, anchor.lines_of(used.anchors)) == []
    anchor.write(used, TOMORROW)
    written = anchor.lines_of(used.anchors)
    assert len(written) == 5
    assert faults(used, written) == []
    anchor.write(used, TOMORROW + timedelta(days=1))
    assert faults(used, anchor.lines_of(used.anchors)) == []
    assert faults(used, [*written[:2], b"#\n", *written[3:]]) == [(3, NO_LINE)]


def test_a_whole_line_without_its_end_is_followed(used) -> None:
    anchor.write(used, MORNING)
    used.anchors.write_bytes(used.anchors.read_bytes()[:-1])
    assert faults(used, anchor.lines_of(used.anchors)) == []
    anchor.write(used, TOMORROW)
    assert len(anchor.lines_of(used.anchors)) == 4
    assert faults(used, anchor.lines_of(used.anchors)) == []


def test_once_a_newer_key_was_used_an_older_one_counts_no_more(used) -> None:
    old, new = b"o" * 32, b"n" * 32
    head = Head("T1", 1, "h", home.STAMP)
    content = b""
    for key_ in (old, new, old):
        content += anchor_lines.text(content, [head], key_)
    assert anchor_lines.read(anchor_lines.split(content), [old, new])[1] == [(3, FORGED)]


def test_a_line_of_tomorrow_that_was_planted_stops_no_anchor(used) -> None:
    planted = {"study": "T1", "number": 9, "hash": "h", "at": "2999", "prev": START, "mac": "m"}
    used.anchors.parent.mkdir(parents=True, exist_ok=True)
    used.anchors.write_text(json.dumps(planted) + "\n")
    anchor.write(used, MORNING)
    assert [line[1] for line in lines(used)] == [9, 1, 2]
    assert faults(used, anchor.lines_of(used.anchors)) == [(1, FORGED)]


def test_where_nothing_was_anchored_there_are_no_lines(tmp_path) -> None:
    assert anchor.lines_of(tmp_path / "none") == []
