"""Marks end in the database with their entries of the trail; they are read with the rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safety.errors import WrongUseError
from safety.review.mark import mark
from safety.review.states import counts, states
from safety.rows.asked import Asked
from safety.rows.page import page
from safety.settings import from_environment
from safety.store.engine import reader, writer
from tests import databases, trail
from tests.rows import stored
from tests.rows.stored import FIRST, SECOND

NOW = datetime(2024, 4, 3, 9, tzinfo=UTC)
AT = "2024-04-03T09:00:00+00:00"
GRADES = "graded_value"


@pytest.fixture
def settings(db_url, tmp_path, monkeypatch):
    for name, text in databases.environment(tmp_path).items():
        monkeypatch.setenv(name, text)
    trail.give_key(tmp_path)
    engine = writer(db_url)
    with engine.begin() as connection:
        stored.write_all(connection)
    engine.dispose()
    return from_environment()


@pytest.fixture
def connection(settings):
    engine = reader(settings.db_url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def seen(settings, table: str, cut=FIRST) -> dict[str, str]:
    engine = reader(settings.db_url)
    with engine.connect() as connection:
        rows = page(connection, Asked(table, cut)).rows
    engine.dispose()
    return dict(zip(rows["KEY"], rows["ROW_HASH"], strict=True))


def told(connection, table: str, cut, since: int | None = None) -> list[tuple[str, ...]]:
    rows = page(connection, Asked(table, cut)).rows
    found = states(connection, cut, table, rows, since)
    tallied = found["REVIEW"].value_counts().to_dict()
    assert counts(connection, cut, table, since) == {
        state: tallied.get(state, 0) for state in ("new", "changed", "reviewed", "unreviewed")
    }
    return list(found.itertuples(index=False, name=None))


def marked(settings, table: str, *keys: str, state="reviewed", by="lee", shot="s1") -> int:
    hashes = seen(settings, table, FIRST if shot == "s1" else SECOND)
    return mark(settings, "T1", table, [(k, hashes[k]) for k in keys], by, NOW, shot, state)


def test_rows_are_reviewed_until_their_data_change(settings, connection) -> None:
    assert marked(settings, "measurement", "LB|1", "LB|3") == 2
    assert told(connection, "measurement", FIRST) == [
        ("LB|1", "reviewed", "lee", AT), ("LB|2", "unreviewed", "", ""),
        ("LB|3", "reviewed", "lee", AT), ("LB|4", "unreviewed", "", ""),
    ]  # fmt: skip
    assert told(connection, "measurement", SECOND, 1) == [
        ("LB|1", "changed", "lee", AT), ("LB|3", "reviewed", "lee", AT),
        ("LB|4", "unreviewed", "", ""),
    ]  # fmt: skip


def test_the_newest_mark_counts_and_each_has_its_entry(settings, connection) -> None:
    marked(settings, "measurement", "LB|3")
    marked(settings, "measurement", "LB|3", "LB|4", by="kim", state="unreviewed")
    marked(settings, "measurement", "LB|4", by="kim")
    assert told(connection, "measurement", FIRST)[2:] == [
        ("LB|3", "unreviewed", "", ""), ("LB|4", "reviewed", "kim", AT),
    ]  # fmt: skip
    entries = "SELECT actor, action, object_id, snapshot_id FROM audit ORDER BY seq"
    assert databases.rows(settings.db_url, entries) == [
        ("lee", "review", "1", "s1"), ("kim", "take review back", "2", "s1"),
        ("kim", "take review back", "3", "s1"), ("kim", "review", "4", "s1"),
    ]  # fmt: skip


def test_an_older_snapshot_does_not_know_later_marks(settings, connection) -> None:
    marked(settings, "measurement", "LB|3", shot="s2")
    assert {state for _, state, *_ in told(connection, "measurement", FIRST)} == {"unreviewed"}
    assert told(connection, "measurement", SECOND)[1] == ("LB|3", "reviewed", "lee", AT)


def test_a_grade_is_another_when_its_value_is(settings, connection) -> None:
    marked(settings, GRADES, "LB|1#Anemia#low", "LB|9#Anemia#low")
    assert [r[:3] for r in told(connection, GRADES, SECOND, 1)] == [
        ("LB|1#Anemia#low", "changed", "lee"), ("LB|2#Anemia#low", "changed", ""),
        ("LB|4#Anemia#low", "unreviewed", ""), ("LB|9#Anemia#low", "reviewed", "lee"),
    ]  # fmt: skip
    assert told(connection, "grade", SECOND)[0] == ("LB|1#Anemia#low", "unreviewed", "", "")


def test_what_appeared_since_the_meeting_is_new(settings, connection) -> None:
    engine = writer(settings.db_url)
    with engine.begin() as writing:
        more = {"KEY": "AE|3", "USUBJID": "S2", "AETERM": "Fever"}
        stored.write(writing, 3, adverse_event=[*stored.EVENTS, more])
    engine.dispose()
    third = SECOND._replace(seq=3)
    assert [r[1] for r in told(connection, "event", third, 2)] == ["unreviewed"] * 2 + ["new"]
    assert [r[1] for r in told(connection, "event", third)] == ["unreviewed"] * 3


def refused(settings, rows, by="lee", shot="s1", state="reviewed", table="measurement") -> str:
    with pytest.raises(WrongUseError) as error:
        mark(settings, "T1", table, rows, by, NOW, shot, state)
    return str(error.value)


def test_what_was_not_shown_so_is_refused_and_not_named(settings) -> None:
    rows = list(seen(settings, "measurement").items())
    unlike = "2 of 4 rows are not in this snapshot as they were shown: open the page again"
    assert refused(settings, rows, shot="s2").startswith(unlike)
    assert refused(settings, [("LB|7", "x")]).startswith("1 of 1 rows are not in this snapshot")
    assert refused(settings, rows, shot="s9").startswith("T1 has no snapshot 's9'")
    assert refused(settings, rows, by=" ").startswith("the reviewer: give a name of one line")
    assert refused(settings, rows, state="seen").startswith("'seen' is no mark")
    assert refused(settings, rows, table="account").startswith("'account' is no table")
    assert refused(settings, []).startswith("0 rows, 0 of them different: mark 1 to 1,000 rows")
    assert refused(settings, rows * 2).startswith("8 rows, 4 of them different")
    for table in ("review", "audit"):
        assert databases.rows(settings.db_url, f"SELECT count(*) FROM {table}") == [(0,)]
