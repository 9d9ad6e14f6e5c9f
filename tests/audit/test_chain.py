"""Entries, their hashes, and that each follows the one before it."""

from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from safety.audit import record
from safety.audit.chain import HASHED, START, Entry, hash_of, row_of
from safety.audit.trail import Trail, head_of
from safety.audit.verify import chain
from safety.store import tables
from safety.store.engine import writer
from safety.versioning import canonical_json

AT = "2024-04-02T08:00:00+00:00"
KEY = b"k" * 32
TRAIL = Trail(KEY)
ACT = Entry("T1", "A. Lee", "ask", "work_item", "i1", {"state": "held"}, {"state": "asked"}, "why")


def append(url: str, *entries: Entry, trail: Trail = TRAIL) -> None:
    engine = writer(url)
    with engine.begin() as connection:
        trail.append(connection, entries, AT)
    engine.dispose()


def follow(url: str, study: str = "T1", *keys: bytes) -> tuple[chain.Told, list[str]]:
    engine = writer(url)
    with engine.connect() as connection:
        told, wrong = chain.follow(connection, study, keys or (KEY,), ("work_item",), ())
    engine.dispose()
    return told, [problem.what for problem in wrong]


def test_the_hash_is_over_every_column_in_canonical_json() -> None:
    row = row_of(ACT, AT, 1, START, KEY)
    content = (
        '["T1",1,"2024-04-02T08:00:00+00:00","A. Lee","","ask","work_item","i1",'
        '"{\\"state\\":\\"held\\"}","{\\"state\\":\\"asked\\"}","why","","' + "0" * 64 + '"]'
    )
    assert row["hash"] == hmac.new(KEY, content.encode(), hashlib.sha256).hexdigest()


@pytest.mark.property
@given(st.lists(st.text(), min_size=12, max_size=12), st.integers(0, 10**9))
def test_what_is_hashed_is_canonical_json_of_any_text(texts, number) -> None:
    row = dict(zip([n for n in HASHED if n != "number"], texts, strict=True)) | {"number": number}
    content = canonical_json([row[name] for name in HASHED]).encode(errors="replace")
    assert hash_of(row, KEY) == hmac.digest(KEY, content, "sha256").hex()


@pytest.mark.property
@given(st.sampled_from(HASHED), st.text(min_size=1))
def test_whatever_changes_the_hash_changes(name, added) -> None:
    row = row_of(ACT, AT, 7, START, KEY)
    other = row | {name: row[name] + 1 if name == "number" else row[name] + added}
    assert hash_of(other, KEY) != row["hash"]
    assert hash_of(row, b"x" * 32) != row["hash"]


def test_each_study_has_a_chain_of_its_own(db_url) -> None:
    append(db_url, ACT, Entry("T2", "toxwatch", "see", "work_item", "j"), ACT)
    append(db_url, ACT)
    told, wrong = follow(db_url)
    assert (told.entries, wrong) == (3, [])
    assert told.objects == {"work_item": {"i1": {"state": "asked"}}}
    told, wrong = follow(db_url, "T2")
    assert (told.entries, wrong) == (1, [])
    assert follow(db_url, "T3")[0].entries == 0


def test_an_entry_is_there_only_if_what_it_tells_of_is(db_url) -> None:
    append(db_url)
    engine = writer(db_url)
    with engine.connect() as connection:
        transaction = connection.begin()
        TRAIL.append(connection, [ACT], AT)
        transaction.rollback()
    with engine.connect() as connection:
        assert head_of(connection, "T1") == (0, START)
    engine.dispose()


def test_two_who_write_at_once_never_fork_a_chain(db_url) -> None:
    def write(name: str) -> None:
        for number in range(12):
            append(db_url, Entry("T1", name, "see", "page", str(number)), ACT)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, ("one", "two", "three")))
    told, wrong = follow(db_url)
    assert (told.entries, wrong) == (72, [])
    engine = writer(db_url)
    with engine.connect() as connection:
        numbers = connection.scalars(select(tables.audit.c.number).order_by("number")).all()
    engine.dispose()
    assert numbers == list(range(1, 73))


def test_a_newer_key_takes_over_and_the_older_one_never_comes_back(db_url) -> None:
    newer = Trail(b"n" * 32, (KEY,))
    append(db_url, ACT)
    append(db_url, ACT, trail=newer)
    assert follow(db_url, "T1", KEY, newer.key)[1] == []
    append(db_url, ACT, trail=Trail(KEY, (newer.key,)))
    [wrong] = follow(db_url, "T1", KEY, newer.key)[1]
    assert wrong.startswith("entry 3 (2024-04-02T08:00:00+00:00, A. Lee: ask work_item i1) was alt")


def test_with_another_key_one_sentence_says_so(db_url) -> None:
    append(db_url, ACT, ACT)
    [wrong] = follow(db_url, "T1", b"x" * 32)[1]
    assert wrong == "none of its 2 entries was written with the key of this home"


def test_what_is_told_twice_is_folded_and_what_is_gone_is_none(db_url) -> None:
    long, short = "x" * 121, "y"
    for text in (short, long):
        row = {"item_id": "i1", "owner": text, "state": "held"}
        append(db_url, record.added(tables.work_item, row, "T1", "open"))
    sha256 = hashlib.sha256(long.encode()).hexdigest()
    assert follow(db_url)[0].objects["work_item"]["i1"] == {
        "item_id": "i1", "owner_sha256": sha256, "state": "held",
    }  # fmt: skip
    append(db_url, record.removed(tables.work_item, {"item_id": "i1"}, "T1", "remove"))
    assert follow(db_url)[0].objects["work_item"] == {"i1": None}


def test_of_a_change_only_what_differs_is_kept() -> None:
    before = {"delivery_seq": 1, "name": "a.xml", "domain": "LB", "received": 2}
    entry = record.changed(
        tables.delivery_file, before, before | {"received": 3}, "T1", "change", reason="again"
    )
    assert (entry.object_type, entry.object_id) == ("delivery_file", '[1,"a.xml","LB"]')
    assert (entry.before, entry.after, entry.reason) == ({"received": 2}, {"received": 3}, "again")


def test_a_value_that_is_no_text_does_not_stop_the_walk() -> None:
    links = chain._Links("T1", [KEY])
    row = row_of(ACT, AT, 1, START, KEY)
    assert not links.add([*[row[n] for n in HASHED][:-1], None], row["hash"], 1)


def test_gaps_are_named() -> None:
    assert chain._gap(3, 5) == "entry 4 of the chain is missing"
    assert chain._gap(3, 9) == "entries 4 to 8 of the chain are missing"
    assert chain._gap(3, 3) == "entry 3 comes twice"


def test_an_entry_that_was_altered_is_named(tmp_path, db_url) -> None:
    append(db_url, ACT, ACT)
    engine = writer(db_url)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        else:
            connection.exec_driver_sql("DROP TRIGGER no_update_of_audit")
        audit = tables.audit
        connection.execute(update(audit).where(audit.c.number == 2).values(actor="B. Wu"))
    engine.dispose()
    told, wrong = follow(db_url)
    [what] = wrong
    named = "entry 2 (2024-04-02T08:00:00+00:00, B. Wu: ask work_item i1)"
    assert what == f"{named} was altered: its hash does not fit"
    assert told.entries == 2
