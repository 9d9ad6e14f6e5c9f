"""The file of a pull: whole or not at all, and what a later one has to say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safety.errors import HeldDeliveryError
from safety.feeds import pulled
from safety.feeds.pulled import Head, Known, Line
from safety.feeds.redcap.source import parts_of

AT = datetime(2024, 3, 25, 6, 0, tzinfo=UTC)
HEAD = Head("ehr", "redcap", "2024-03-25T06:00:00Z", {"a": "2024-03-25T06:00:00Z"})
LINE = Line("a", "1", "", "2024-03-25T06:00:00Z", "S1", {"fields": {"x": "é\u2028"}})


def differences(known, lines, gone=(), at=AT):
    return [
        (n.id, n.updated, n.content is None)
        for n in pulled.difference(known, lines, gone, at, parts_of)
    ]


def learned(*lines):
    known = Known(HEAD)
    for line in lines:
        pulled._learn(known, line, parts_of)
    return known


def test_what_is_written_is_read_again(tmp_path):
    first = pulled.write(tmp_path / "2024-03-25" / "ehr", HEAD, [LINE])
    assert pulled.read(first, "x") == (HEAD, [LINE])
    second = pulled.write(first.parent, HEAD, [])
    assert (first.name, second.name) == ("pull_001.ndjson", "pull_002.ndjson")
    assert sorted(p.name for p in first.parent.iterdir()) == [first.name, second.name]


def test_a_number_of_its_own_for_every_pull(tmp_path):
    (tmp_path / "pull_009.ndjson").touch()
    (tmp_path / ".pull_050.ndjson.part").touch()  # left by one that was killed
    assert pulled.write(tmp_path, HEAD, []).name == "pull_010.ndjson"
    assert [pulled.number(n) for n in ("d/pull_007.ndjson", "pull_7.ndjson", "lb.ndjson")] == [
        7, None, None,
    ]  # fmt: skip


def test_no_part_of_a_pull_is_taken_for_a_whole_one(tmp_path):
    path = pulled.write(tmp_path, HEAD, [LINE, LINE])
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(HeldDeliveryError, match="it is no whole file of a pull"):
            pulled.read(path, "x")


@pytest.mark.parametrize(
    "content",
    [b"\n", b"[]\n", b"\x00\n", b'{"toxwatch_pull": 2, "records": 0}\n', b"[" * 9999 + b"\n",
     b'{"toxwatch_pull":1,"records":1,"feed":"e","kind":"f","pulled":"p"}\n{"group":1,"id":"x"}\n',
     b'{"toxwatch_pull":1,"records":0,"feed":"e","kind":"f","pulled":"p","else":1}\n'],
)  # fmt: skip
def test_what_is_no_pull(tmp_path, content):
    path = tmp_path / "pull_001.ndjson"
    path.write_bytes(content)
    with pytest.raises(HeldDeliveryError, match="no whole file of a pull"):
        pulled.read(path, "x")


def test_only_what_is_new_or_changed_is_told():
    known = learned(LINE)
    assert differences(known, [LINE]) == []
    changed = Line("a", "1", subject="S1", content={"fields": {"x": "2"}})
    assert differences(known, [changed]) == [("1", "2024-03-25T06:00:01Z", False)]
    moved = Line("a", "1", subject="S2", content=LINE.content)
    assert differences(known, [moved]) == [("1", "2024-03-25T06:00:01Z", False)]
    new = Line("a", "2", updated="2024-03-01T00:00:00.9+08:00", content={})
    assert differences(known, [new]) == [("2", "2024-02-29T16:00:00Z", False)]


def test_what_is_gone_is_told_once_and_later_than_what_was_said_of_it():
    known = learned(LINE)
    early = datetime(2024, 3, 25, 5, 0, tzinfo=UTC)  # a server whose clock went back
    assert differences(known, [], [("a", "1"), ("a", "9")], early) == [
        ("1", "2024-03-25T06:00:01Z", True),
    ]  # fmt: skip
    removed = Line("a", "1", updated="2024-03-25T06:00:01Z", subject="S1")
    assert differences(learned(LINE, removed), [], [("a", "1")]) == []


def test_what_comes_back_is_later_than_its_removal():
    known = learned(LINE, Line("a", "1", updated="2024-03-26T00:00:00Z", subject="S1"))
    assert differences(known, [LINE]) == [("1", "2024-03-26T00:00:01Z", False)]
