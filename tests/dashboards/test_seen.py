"""What a request reads of subjects is in the trail, once a request, and no page waits for it."""

from __future__ import annotations

import json
import time

import pytest
from flask import Flask, Response, g
from sqlalchemy import select

from dashboards import lasting, seen, view
from dashboards.view import View
from safety.audit.views import VIEWS, Views
from safety.settings import from_environment
from safety.store.engine import reader, writer
from safety.store.read import Snapshot
from safety.store.tables import audit
from tests.dashboards import desk

SHOT = Snapshot(1, "s1" * 32, "T1", 1, "2024-04-01", "r", "5.0", "c", "h", "h", "t", {}, {})


@pytest.fixture
def used(db_url, tmp_path, monkeypatch):
    monkeypatch.setenv("TOXWATCH_HOME", str(tmp_path))
    monkeypatch.setenv("TOXWATCH_DB_URL", db_url)
    view._frame.cache_clear()
    return from_environment()


def entries(used) -> list[tuple[str, ...]]:
    assert VIEWS.flush()
    c = audit.c
    query = select(c.study, c.actor, c.action, c.object_id, c.after, c.snapshot_id)
    engine = reader(used.db_url)
    with engine.connect() as connection:
        found = [tuple(r) for r in connection.execute(query.order_by(c.seq))]
    engine.dispose()
    return found


def request(**asked):
    return Flask("t").test_request_context("/_dash-update-component", method="POST", json=asked)


def looking(used) -> View:
    """Somebody who looks at a snapshot, signed in for this request."""
    visit = desk.visit(used, "/subject?study=T1", desk.person("monitor"))
    g.session = visit.session
    return View(used, visit.session, visit.address, desk.KEY, SHOT)


PAGE = {"inputs": [{"id": "address", "property": "pathname", "value": "/subject"}]}


def test_a_page_is_one_entry_however_much_it_reads(used) -> None:
    with request(**PAGE):
        shown = looking(used)
        seen.snapshot(SHOT)
        shown.frame("verdict")
        shown.frame("verdict")
        shown.frame("grade", usubjid="S-7")
        shown.store.alerts("T1")
        seen.keep(Response())
    tables = '{"tables":["alert","grade","verdict"],"usubjid":["S-7"]}'
    assert entries(used) == [("T1", "lee", "view", "/subject", tables, "s1" * 32)]


def test_what_is_drawn_once_is_noted_for_whoever_sees_it_later(used) -> None:
    drawn = []

    def part(shown: View) -> str:
        drawn.append(shown.frame("grade", usubjid="S-7"))
        return "a part"

    for _ in range(2):
        with request(**PAGE):
            shown = looking(used)
            assert lasting.drawn(shown, "part", lambda shown=shown: part(shown)) == "a part"
            seen.keep(Response())
    assert len(drawn) == 1
    assert [e[4] for e in entries(used)] == ['{"tables":["grade"],"usubjid":["S-7"]}'] * 2


def test_of_rows_it_is_told_on_which_page(used) -> None:
    state = [{"id": "address", "property": "pathname", "value": "/rows"}]
    with request(output="rows.getRowsResponse", inputs=[{"id": "x", "value": "S-7"}], state=state):
        looking(used).frame("quarantine", key="k")
        seen.keep(Response())
    [entry] = entries(used)
    assert entry[3:5] == ("/rows", '{"tables":["quarantine"]}')


@pytest.mark.parametrize("asked", [[1], {"inputs": 3}, {"inputs": [{"id": "address"}]}])
def test_whatever_a_browser_sends_can_be_written(used, asked) -> None:
    with Flask("t").test_request_context("/x\0y", method="POST", json=asked):
        seen.table("T1", "grade", "S\0\ud800" + "7" * 300)
        seen.keep(Response())
    [entry] = entries(used)
    assert entry[3] == "/x?y"
    assert json.loads(entry[4])["usubjid"] == ["S??" + "7" * 197]


def test_a_file_that_is_given_away_is_an_export(used) -> None:
    with request(output="queries-download.data"):
        seen.table("T1", "work_item")
        seen.file("T1", "T1_queries.csv", b"data")
        seen.keep(Response())
    [entry] = entries(used)
    assert entry[2] == "export"
    assert json.loads(entry[4]) == {
        "bytes": 4, "file": "T1_queries.csv", "tables": ["work_item"],
        "sha256": "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7",
    }  # fmt: skip


def test_what_is_not_about_a_subject_is_not_kept(used) -> None:
    with request(**PAGE):
        shown = looking(used)
        seen.snapshot(SHOT)
        shown.frame("pause")
        seen.keep(Response())
    shown.frame("verdict")  # outside a request, e.g. a test
    assert entries(used) == []


def test_a_large_table_is_never_read_whole(used) -> None:
    with request(**PAGE), pytest.raises(ValueError, match="never read whole"):
        looking(used).frame("grade")


def test_who_has_no_role_in_a_study_reads_nothing_of_it(used) -> None:
    stranger = desk.visit(used, "/subject?study=T1", desk.person("chair", study="T2"))
    shown = View(used, stranger.session, stranger.address, desk.KEY, SHOT)
    for read in (
        lambda: shown.frame("verdict"),
        shown.population,
        lambda: shown.store.alerts("T1"),
        lambda: shown.store.deliveries("T1"),
        lambda: shown.store.snapshots("T1"),
        lambda: lasting.drawn(shown, "x", list),
        lambda: shown.connection("grade").__enter__(),
    ):
        with pytest.raises(view.ForbiddenError, match="no role in this study"):
            read()


def test_nobody_waits_while_a_run_writes(used) -> None:
    engine = writer(used.db_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alert SET owner = 'me'")
        started = time.perf_counter()
        with request(**PAGE):
            seen.table("T1", "alert")
            seen.keep(Response())
        assert time.perf_counter() - started < 0.5
    engine.dispose()
    assert len(entries(used)) == 1


def test_what_cannot_be_written_now_is_written_later(used, monkeypatch) -> None:
    monkeypatch.setattr("safety.audit.views.RETRY_SECONDS", 0.01)
    tried = []

    def once(settings, batch) -> None:
        tried.append(len(batch))
        if len(tried) == 1:
            raise OSError

    monkeypatch.setattr("safety.audit.views._write", once)
    views = Views()
    with request(**PAGE):
        seen.table("T1", "alert")
        monkeypatch.setattr(seen, "VIEWS", views)
        seen.keep(Response())
    assert views.flush()
    assert tried == [1, 1]
