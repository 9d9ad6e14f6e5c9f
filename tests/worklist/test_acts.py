"""What is published and what people do ends in the database, with who did it and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from safety.errors import WrongUseError
from safety.manifest import Release
from safety.signed import sign
from safety.store import tables
from safety.store.engine import writer
from safety.worklist import acts, items, ledger, listing, releases
from safety.worklist.acts import Desk
from tests import build
from tests.trail import TRAIL
from tests.worklist.published import QUERY, ROW, publish

NOW = datetime(2024, 4, 3, 9, tzinfo=UTC)
KEY = ROW["KEY"]
LEE = sign("A. Lee", "confirmed by the laboratory", NOW)


@pytest.fixture
def rows(db_url, tmp_path):
    """A desk for held rows; one row and one query were found on 1 April."""
    publish(tmp_path, "s1", "2024-04-01", [ROW], [QUERY])
    return Desk(db_url, TRAIL, "T1", "held_row", frozenset({"ME-005"}))


@pytest.fixture
def queries(rows):
    return Desk(rows.db_url, TRAIL, "T1", "query")


def events(desk: Desk, key: str) -> list[tuple[str, ...]]:
    told = listing.history(desk.db_url, "T1", desk.kind, key)[1]
    names = ["ACTION", "ACTOR", "STATE_BEFORE", "STATE_AFTER", "SNAPSHOT_ID"]
    return list(told[names].itertuples(index=False, name=None))


def test_an_act_is_kept_with_name_reason_time_and_snapshot(rows) -> None:
    assert acts.perform(rows, KEY, "ask", LEE).state == "asked"
    told = listing.history(rows.db_url, "T1", "held_row", KEY)[1].iloc[-1]
    assert told.to_dict() == {
        "AT": "2024-04-03T09:00:00+00:00", "ACTION": "ask", "ACTOR": "A. Lee",
        "REASON": "confirmed by the laboratory", "STATE_BEFORE": "held", "STATE_AFTER": "asked",
        "SNAPSHOT_ID": "s1",
    }  # fmt: skip
    assert events(rows, KEY)[0] == ("open", "toxwatch", "", "held", "s1")


def test_a_query_goes_its_way_and_new_data_open_it_again(queries, tmp_path) -> None:
    for name in ("send", "answer", "close"):
        acts.perform(queries, QUERY["KEY"], name, LEE)
    publish(tmp_path, "s2", "2024-04-05", [ROW], [QUERY])
    [item] = [i for i in _items(queries) if i.kind == "query"]
    assert (item.state, item.times_seen) == ("closed", 2)
    publish(tmp_path, "s3", "2024-04-06", [ROW], [QUERY | {"EVIDENCE": "[]"}])
    publish(tmp_path, "s4", "2024-04-07", [ROW], [])
    assert events(queries, QUERY["KEY"]) == [
        ("open", "toxwatch", "", "open", "s1"), ("send", "A. Lee", "open", "sent", "s1"),
        ("answer", "A. Lee", "sent", "answered", "s1"),
        ("close", "A. Lee", "answered", "closed", "s1"),
        ("return", "toxwatch", "closed", "reopened", "s3"),
        ("settle", "toxwatch", "reopened", "closed", "s4"),
    ]  # fmt: skip


def _items(desk: Desk) -> list:
    engine = writer(desk.db_url)
    with engine.begin() as connection:
        found = items.items(connection, "T1")
    engine.dispose()
    return found


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("withdraw", "is held: withdraw is not possible; possible: ask, release, expire, assign."),
    ],
)
def test_an_act_that_the_state_does_not_allow_is_refused(rows, name, told) -> None:
    with pytest.raises(WrongUseError, match=told):
        acts.perform(rows, KEY, name, LEE)
    assert len(events(rows, KEY)) == 1


def test_an_unknown_key_is_refused_and_an_id_may_be_cut(rows) -> None:
    with pytest.raises(WrongUseError, match="'nothing' names no held row of T1"):
        acts.perform(rows, "nothing", "ask", LEE)
    short = items.item_id("T1", "held_row", KEY)[:12]
    assert acts.perform(rows, short, "expire", LEE).state == "expired"
    with pytest.raises(WrongUseError, match="names no"):
        acts.perform(rows, short[:4], "release", LEE)


@pytest.mark.parametrize(
    ("by", "reason"),
    [("", "x"), ("  ", "x"), ("x", " "), ("x" * 101, "x"), ("x", "x" * 1001), ("a\nb", "x")],
)
def test_a_name_and_a_reason_are_needed(by, reason) -> None:
    with pytest.raises(WrongUseError, match="give a text of one line"):
        sign(by, reason, NOW)


def test_an_item_may_be_given_to_somebody_else(rows, tmp_path) -> None:
    assert acts.assign(rows, KEY, "B. Wu", LEE).owner == "B. Wu"
    publish(tmp_path, "s2", "2024-04-02", [ROW], [QUERY])
    found = listing.listing(rows.db_url, "T1", "held_row")
    assert found.items[["STATE", "OWNER"]].values.tolist() == [["held", "B. Wu"]]
    assert events(rows, KEY)[-1] == ("assign", "A. Lee", "held", "held", "s1")
    with pytest.raises(WrongUseError, match="give a text"):
        acts.assign(rows, KEY, " ", LEE)


def test_two_people_at_once_do_not_overwrite_each_other(rows, monkeypatch) -> None:
    found = acts.find

    def meanwhile(connection, *arguments):
        item = found(connection, *arguments)
        connection.execute(update(tables.work_item).values(revision=9))
        return item

    monkeypatch.setattr(acts, "find", meanwhile)
    with pytest.raises(WrongUseError, match="changed by somebody else"):
        acts.perform(rows, KEY, "ask", LEE)


def test_a_release_is_in_force_until_it_is_withdrawn(rows) -> None:
    assert releases.in_force(rows.db_url, "T1") == ((), 0)
    acts.perform(rows, KEY, "release", LEE)
    release = Release(KEY, "f1", "A. Lee", "confirmed by the laboratory")
    assert releases.in_force(rows.db_url, "T1") == ((release,), 1)
    assert releases.in_force(rows.db_url, "T2") == ((), 0)
    acts.perform(rows, KEY, "withdraw", LEE)
    assert releases.in_force(rows.db_url, "T1") == ((), 2)
    acts.perform(rows, KEY, "release", sign("B. Wu", "again", NOW))
    assert releases.in_force(rows.db_url, "T1") == ((Release(KEY, "f1", "B. Wu", "again"),), 3)


def test_a_release_that_is_not_for_the_content_of_the_newest_snapshot_ends(rows, tmp_path) -> None:
    acts.perform(rows, KEY, "release", LEE)
    publish(tmp_path, "s2", "2024-04-02", [ROW | {"FINGERPRINT": "f2"}])
    assert releases.in_force(rows.db_url, "T1") == ((), 1)
    assert events(rows, KEY)[-1] == ("return", "toxwatch", "released", "held", "s2")


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([ROW | {"CHECKS": "ME-002;ME-005"}], "nobody may overrule ME-002"),
        ([ROW, ROW | {"KEY": f"{KEY}#2"}], "other held rows look exactly like it"),
        ([], "is not held in the newest snapshot"),
    ],
)
def test_what_may_not_be_released(rows, tmp_path, others, told) -> None:
    acts.perform(rows, KEY, "expire", LEE)
    publish(tmp_path, "s2", "2024-04-02", others)
    if not others:  # it came to the list again and went before anybody could act
        engine = writer(rows.db_url)
        with engine.begin() as connection:
            connection.execute(update(tables.work_item).values(state="held"))
        engine.dispose()
    with pytest.raises(WrongUseError, match=told):
        acts.perform(rows, KEY, "release", LEE)
    assert releases.in_force(rows.db_url, "T1")[0] == ()


def test_of_rows_of_one_key_one_may_be_released(rows, tmp_path) -> None:
    other = "LB|S1|ALT|1#ffffffffffff"
    publish(tmp_path, "s2", "2024-04-02", [ROW, ROW | {"KEY": other}])
    acts.perform(rows, KEY, "release", LEE)
    with pytest.raises(WrongUseError, match="Withdraw that one first"):
        acts.perform(rows, other, "release", LEE)


def test_a_held_row_that_went_by_itself_says_why(rows, tmp_path) -> None:
    publish(tmp_path, "s2", "2024-04-02", accepted=[{"KEY": "LB|S1|ALT|1"}], unchanged=[KEY])
    told = listing.history(rows.db_url, "T1", "held_row", KEY)[1].iloc[-1]
    assert told["STATE_AFTER"] == "gone"
    assert told["REASON"] == (
        "the row is accepted as it was received; it was held for: sample date is not in the future "
        "(ME-005, fault 7)"
    )


def test_lists_have_age_and_content_and_leave_out_what_is_over(rows, tmp_path) -> None:
    publish(tmp_path, "s2", "2024-04-11", [ROW], [])
    found = listing.listing(rows.db_url, "T1", "held_row")
    assert (found.snapshot_id, found.as_of) == ("s2", "2024-04-11")
    assert found.items.drop(columns="ITEM").to_dict("records") == [{
        "KEY": KEY, "USUBJID": "S1", "STATE": "held", "AGE": 10, "OWNER": "data engineering",
        "TIMES SEEN": 2, "FIRST SEEN": "2024-04-01", "LAST SEEN": "2024-04-11", "DOMAIN": "LB",
        "SRCFILE": "lb.csv", "SRCROW": 3, "CHECKS": "ME-005", "REASON": ROW["REASON"],
    }]  # fmt: skip
    assert listing.listing(rows.db_url, "T1", "query").items.empty
    ended = listing.listing(rows.db_url, "T1", "query", ended=True).items.iloc[0]
    assert (ended["STATE"], ended["TEXT"]) == ("closed", "=Please look at this")


def test_a_study_without_a_snapshot_has_no_list(rows) -> None:
    with pytest.raises(WrongUseError, match="T9 has no snapshot yet"):
        listing.listing(rows.db_url, "T9", "query")


@pytest.mark.parametrize("name", ["q.csv", "q.xlsx"])
def test_queries_are_exported_with_study_snapshot_and_day(queries, tmp_path, name) -> None:
    import pandas as pd

    assert listing.export_queries(queries.db_url, "T1", tmp_path / name) == 1
    read = pd.read_csv if name.endswith("csv") else pd.read_excel
    row = read(tmp_path / name).iloc[0].to_dict()
    assert row.pop("ITEM") == items.item_id("T1", "query", QUERY["KEY"])[:12]
    assert row == {
        "USUBJID": "S1", "QUERY": "'=Please look at this", "EVIDENCE": "2024-03-10 HGB 60 g/L",
        "STATE": "open", "AGE": 0, "OPENED": "2024-04-01", "CHECK": "RE-001",
        "SEVERITY": "critical", "TERM": "Anemia", "OWNER": "site", "STUDY": "T1", "SNAPSHOT": "s1",
        "AS OF": "2024-04-01",
    }  # fmt: skip


def test_queries_are_not_exported_as_something_else(queries, tmp_path) -> None:
    with pytest.raises(WrongUseError, match=r"give \.csv or \.xlsx"):
        listing.export_queries(queries.db_url, "T1", tmp_path / "q.pdf")
    assert not (tmp_path / "q.pdf").exists()


def test_people_of_the_study_own_new_items() -> None:
    content = build.study_content()
    content["alerts"]["monitors"] = [
        {"role": "data_engineer", "address": "data@example.org", "tiers": ["P3"]},
    ]
    study = build.study().model_validate(content)
    assert ledger.owners(study) == {"held_row": "data@example.org", "query": "site"}


def test_events_are_only_ever_added(rows) -> None:
    engine = writer(rows.db_url)
    with engine.begin() as connection:
        before = connection.execute(select(tables.work_event)).all()
    acts.perform(rows, KEY, "ask", LEE)
    with engine.begin() as connection:
        after = connection.execute(select(tables.work_event).order_by(tables.work_event.c.id)).all()
    engine.dispose()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
