"""What a request reads of subjects is in the trail, once a request, and no page waits for it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

import pytest
from flask import Flask, Response
from sqlalchemy import select

from dashboards import data, seen
from safety.audit.views import VIEWS, Views
from safety.settings import from_environment
from safety.store.engine import reader, writer
from safety.store.tables import audit


@dataclass
class Shot:
    """As much of a snapshot as reads need."""

    study: str = "T1"
    snapshot_id: str = "s1" * 32
    cut: data.Cut = field(default_factory=lambda: data.Cut("T1", 1))


@pytest.fixture
def used(db_url, tmp_path, monkeypatch):
    monkeypatch.setenv("TOXWATCH_HOME", str(tmp_path))
    monkeypatch.setenv("TOXWATCH_DB_URL", db_url)
    data._frame.cache_clear()
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


PAGE = {"inputs": [{"id": "_pages_location", "property": "pathname", "value": "/subject"}]}


def test_a_page_is_one_entry_however_much_it_reads(used) -> None:
    with request(**PAGE):
        seen.snapshot(Shot())
        data.frame("verdict", Shot())
        data.frame("verdict", Shot())
        data.subject_frame("grade", Shot(), "S-7")
        data.store().alerts("T1")
        seen.keep(Response())
    tables = '{"tables":["alert","grade","verdict"],"usubjid":["S-7"]}'
    assert entries(used) == [("T1", "dashboard", "view", "/subject", tables, "s1" * 32)]


def test_of_an_answer_it_is_told_what_was_drawn_anew(used) -> None:
    with request(output="subject-view.children", inputs=[{"id": "chosen", "value": "S-7"}]):
        data.store().frame("quarantine", Shot().cut, ["raw"], key="k")
        seen.keep(Response())
    [entry] = entries(used)
    assert entry[3:5] == ("subject-view.children", '{"tables":["quarantine"]}')


@pytest.mark.parametrize("asked", [[1], {"inputs": 3}, {"inputs": [{"id": "_pages_location"}]}])
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
        seen.snapshot(Shot())
        data.frame("pause", Shot())
        seen.keep(Response())
    data.frame("verdict", Shot())  # outside a request, e.g. a test
    assert entries(used) == []


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
