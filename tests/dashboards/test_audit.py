"""The page of the audit trail: what is asked, found and told, and who may read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from dashboards import search
from dashboards.acts import ACTS, Doing
from dashboards.audit_page import entry, listing, query, state
from dashboards.pages.audit import ACCOUNTS, PAGE
from dashboards.shown import SOURCES
from dashboards.view import ForbiddenError, View
from safety.audit import key
from safety.audit.chain import Entry
from safety.errors import WrongUseError
from safety.export import MAX_EXPORTED
from safety.settings import Settings, from_environment
from safety.store import tables
from tests import databases
from tests.dashboards import desk
from tests.dashboards.desk import hrefs, said
from tests.snapshots.world import World, verdict
from tests.trail import give_key

NOW = datetime(2024, 4, 3, 9, tzinfo=UTC)
ALERT = {"alert_id": "al1", "usubjid": "S1", "state": "open"}
ENTRIES = (
    ("2024-04-01T08:00:00+00:00", Entry("T1", "toxwatch", "raise", "alert", "al1", None, ALERT)),
    ("2024-04-01T08:00:00+00:00",
     Entry("T1", "toxwatch", "raise", "alert", "al2", None, ALERT | {"usubjid": "S11"})),
    ("2024-04-02T09:00:00+00:00",
     Entry("T1", "Dr B", "acknowledge", "alert", "al1", {"state": "open"},
           {"state": "acknowledged"}, "seen")),
    ("2024-04-02T10:00:00+00:00",
     Entry("T1", "b", "view", "page", "/alerts", None, {"tables": ["alert"]})),
    ("2024-04-02T10:00:00+00:00",
     Entry("T1", "b", "view", "page", "/subject", None, {"usubjid": ["S1"]})),
    ("2024-04-02T10:00:00+00:00", Entry("T2", "c", "view", "page", "/alerts")),
)  # fmt: skip


@dataclass
class Home:
    settings: Settings
    world: World

    def view(self, asked: str = "", *roles: str) -> View:
        url = f"/audit?study=T1{asked}"
        return desk.visit(self.settings, url, desk.person(*(roles or ("auditor",)))).view()

    def numbers(self, asked: str) -> list[int]:
        return [int(n) for n in listing.listed(self.view(asked)).rows["NUMBER"]]

    def do(self, name: str, **values: str) -> str:
        return ACTS[name].do(Doing(self.view(), "T1", values, NOW))


@contextmanager
def _home(db_url: str, folder: Path) -> Iterator[Home]:
    give_key(folder)
    settings = from_environment({"TOXWATCH_HOME": str(folder), "TOXWATCH_DB_URL": db_url})
    world = World(db_url)
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    known = [{"KEY": s, "USUBJID": s} for s in ("S1", "S11")]
    world.publish("2024-04-01", subject=known, verdict=[verdict("S1")])
    trail = key.trail(settings)
    with world.begin() as connection:
        for at, each in ENTRIES:
            trail.append(connection, [each], at)
    yield Home(settings, world)
    world.close()


@pytest.fixture
def home(tmp_path):
    with _home(databases.of(tmp_path), tmp_path) as made:
        yield made


ASKED = (
    ("", [5, 4, 3, 2, 1]), ("&kind=people", [3]), ("&kind=looked", [5, 4]),
    ("&kind=machine", [2, 1]), ("&actor=Dr+B", [3]), ("&action=view", [5, 4]),
    ("&type=alert", [3, 2, 1]), ("&id=al2", [2]), ("&since=2024-04-02", [5, 4, 3]),
    ("&until=2024-04-01", [2, 1]), ("&first=3", [2, 1]), ("&id=%25", []),
)  # fmt: skip


def test_what_is_asked_is_what_is_found_newest_first(db_url, tmp_path):
    with _home(db_url, tmp_path) as home:
        for asked, numbers in ASKED:
            assert (asked, home.numbers(asked)) == (asked, numbers)
        handle = home.view().handle("S1")
        assert home.numbers(f"&subject={handle}") == [5, 3, 1]  # not S11, not pages without it


def test_a_subject_of_another_study_is_told(home):
    with pytest.raises(WrongUseError, match="none of this study"):
        home.numbers("&subject=other")


def test_a_page_says_which_entries_of_how_many_it_shows(home, monkeypatch):
    monkeypatch.setattr(query, "PAGE", 2)
    monkeypatch.setattr(query.page, "__defaults__", (2,))
    drawn = listing.part(home.view("&first=2"))
    assert "3-4 of 5 entries that are asked for" in said(drawn)
    links = hrefs(drawn)
    assert "/audit?study=T1" in links  # newer
    assert "/audit?study=T1&first=4" in links  # older


def test_nothing_found_is_told_and_a_wrong_day_leaves_the_form(home):
    assert "No entry of this study is as you ask." in said(listing.part(home.view("&actor=x")))
    drawn = listing.part(home.view("&since=2024-77-01"))
    assert "'2024-77-01' is no day" in said(drawn)
    assert {"search": "since"} in desk.ids(drawn)


def test_an_export_has_all_entries_in_full_and_refuses_too_many(home, monkeypatch):
    found = SOURCES[listing.WHOLE].make(home.view("&first=3&type=alert")).rows
    assert found["NUMBER"].tolist() == [3, 2, 1]
    assert found["AFTER"].iloc[0] == '{"state":"acknowledged"}'
    assert set(found["HASH"].str.len()) == {64}
    assert MAX_EXPORTED == 200_000
    monkeypatch.setattr(listing, "MAX_EXPORTED", 2)
    with pytest.raises(WrongUseError, match="3 entries are asked for"):
        SOURCES[listing.WHOLE].make(home.view("&type=alert"))


def test_auditor_and_chair_read_the_trail_and_nobody_else(home):
    assert PAGE.roles == {"auditor", "chair"}
    assert {SOURCES[name].roles for name in (listing.NAME, listing.WHOLE)} == {PAGE.roles}
    assert ACTS[state.CHECK].roles == ACTS[state.RECORD].roles == {"auditor"}
    told = said(state.part(home.view("", "chair")))
    assert "Auditors verify and review the trail; the chair reads it." in told


def test_an_entry_is_shown_in_full_with_its_hashes(home):
    drawn = entry.part(home.view(), "3")
    assert desk.tables(drawn)["Before and after"][1:] == [["state", "open", "acknowledged"]]
    with home.world.begin() as connection:
        found = query.page(connection, query.Wanted("T1"))
    assert found["HASH"].iloc[3] in said(drawn)  # of entry 2, which it follows
    assert "It fits its hash and follows the entry before it." in said(drawn)
    assert "It fits its hash" in said(entry.part(home.view(), "1"))


@pytest.mark.parametrize("given", ["0", "6", "x", "9" * 12])
def test_an_entry_that_is_not_there_is_told(home, given):
    with pytest.raises(WrongUseError, match="entry"):
        entry.part(home.view(), given)


def test_an_entry_that_somebody_changed_is_told(home):
    with home.world.begin() as connection:
        lite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql(
            "DROP TRIGGER no_update_of_audit" if lite else "ALTER TABLE audit DISABLE TRIGGER USER"
        )
        changed = update(tables.audit).values(actor="nobody").where(tables.audit.c.number == 3)
        connection.execute(changed)
    assert "It does NOT fit its hash" in said(entry.part(home.view(), "3"))


def test_a_review_is_recorded_and_what_came_after_is_counted(home):
    assert "never; 5 entries to review" in said(state.part(home.view()))
    home.do(state.RECORD, up_to="4", reason="read all")
    told = said(state.part(home.view()))
    assert (
        "up to entry 4 by Lee at 2024-04-03T09:00:00+00:00 UTC (read all); 2 entries since" in told
    )
    with pytest.raises(WrongUseError, match="was reviewed up to entry 4 by Lee"):
        home.do(state.RECORD, up_to="4", reason="again")
    with pytest.raises(WrongUseError, match="has no entry 99"):
        home.do(state.RECORD, up_to="99", reason="x")
    with pytest.raises(WrongUseError, match="give its number"):
        home.do(state.RECORD, up_to="all", reason="x")


def test_a_verification_tells_the_first_thing_wrong_and_stays_on_record(home):
    assert "never on this page" in said(state.part(home.view()))
    with pytest.raises(WrongUseError, match="problems in 1 chains, 5 entries"):
        home.do(state.CHECK)  # the alerts of the entries are in no table here
    drawn = state.part(home.view())
    assert "2024-04-03T09:00:00+00:00 UTC by lee" in said(drawn)
    assert "The trail is not as it was written" in str(drawn)


@pytest.mark.parametrize(("typed", "asked"), [
    ({"id": " al1 "}, "&id=al1"), ({"id": "", "since": "2024-04-02"}, "&since=2024-04-02"),
])  # fmt: skip
def test_a_search_becomes_an_address(home, typed, asked):
    view = home.view("&first=50&entry=3&id=old")
    assert search.address(view, typed) == f"/audit?study=T1{asked}"


def test_a_subject_that_is_searched_for_stands_in_no_address(home):
    view = home.view()
    assert search.address(view, {"id": "page S11 x"}) == (
        f"/audit?study=T1&subject={view.handle('S11')}"
    )


def test_entries_on_accounts_are_for_who_answers_for_every_study(home):
    with home.world.begin() as connection:
        made = Entry(
            "", "root", "grant", "role_grant", '["x","T1","chair"]', None, {"role": "chair"}
        )
        key.trail(home.settings).append(connection, [made], "2024-04-02T10:00:00+00:00")
    for who in (desk.person("admin"), desk.person("auditor")):
        drawn = ACCOUNTS.draw(desk.visit(home.settings, "/audit/accounts", who))
        assert [row[3] for row in desk.tables(drawn)["Entries on accounts"][1:]] == ["grant"]
        assert "1 of 1 entries" in said(drawn)
    for who in (desk.person("auditor", study="T1"), desk.person("chair", "engineer")):
        with pytest.raises(ForbiddenError, match="an auditor of every study"):
            ACCOUNTS.draw(desk.visit(home.settings, "/audit/accounts", who))
