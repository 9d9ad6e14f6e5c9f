"""The page of alerts: what it counts, lists, and says of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from dashboards.app import create_app
from safety.alerts.life import Source, advance
from safety.store.read import Store
from tests import databases
from tests.alerts import told
from tests.alerts.told import fact

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
PARTS = {"suppressed_until": "2026-12-01T00:00:00+00:00", "outcome": "data_error", "owner": "B. Wu"}


@pytest.fixture(scope="module")
def page() -> Any:
    create_app()  # a page module needs it to be imported
    return import_module("dashboards.pages.alerts")


@pytest.fixture
def db_of_page(tmp_path, monkeypatch) -> str:
    for name, value in databases.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    url = databases.of(tmp_path)
    told.snapshot(url, fact(), fact("S2", "P3"))
    return url


def test_the_page_counts_what_waits_and_lists_no_content(page, db_of_page):
    found = page.told(Store(db_of_page).alerts("T1"), NOON)
    assert page.counted(found) == "2 alerts, 2 open, 1 not sent yet, 1 overdue."
    assert found["WHAT"].tolist() == ["DLT rash of S1", "DLT rash of S2"]
    assert found["CREATED_AT"].tolist() == ["2026-11-24 02:00:00"] * 2
    assert not {"BODY", "TITLE"} & set(found.columns)


@pytest.mark.usefixtures("db_of_page")
def test_a_link_shows_its_alert_and_a_wrong_one_a_message(page):
    alert_id = fact().alert_id("T1")
    shown = str(page.show_detail(None, alert_id, "T1"))
    assert "P1 T1 S1: DLT rash" in shown
    assert f"toxwatch alerts acknowledge STUDY {alert_id[:12]} --by" in shown
    assert "names no alert of T1" in str(page.show_detail(None, "0" * 32, "T1"))
    assert "No alert is selected." in str(page.show_detail(None, None, "T1"))


def test_where_an_alert_stands_is_a_sentence(page):
    [change] = advance([], [fact()], Source("T1", "s", told.AT))
    alert = replace(change.alert, due_at="2026-11-24T06:00:00+00:00")
    assert page.standing(alert) == (
        "P1, open, revision 1, to be acknowledged by 2026-11-24 06:00 UTC, owner nobody. "
        "The newest data support it."
    )
    assert page.standing(replace(change.alert, state="resolved", condition="cleared", **PARTS)) == (
        "P1, resolved, revision 1, suppressed until 2026-12-01 00:00 UTC, outcome data error, "
        "owner B. Wu. The newest data do not support it any more: it still wants an answer."
    )


def test_each_act_has_a_command(page):
    assert page.what_to_do("t1", "a" * 32, ["resolve", "suppress", "assign"]) == [
        f"toxwatch alerts {act} t1 aaaaaaaaaaaa {more} --by 'YOUR NAME' --reason 'WHY'"
        for act, more in (
            ("resolve", "--outcome OUTCOME"), ("suppress", "--until 'DAY'"),
            ("assign", "--to 'NAME'"),
        )
    ]  # fmt: skip


@pytest.mark.usefixtures("db_of_page")
def test_the_page_opens_on_the_study_of_a_link(page):
    alert_id = fact().alert_id("T1")
    shown = str(page.layout(study="ANOTHER", alert=alert_id))
    assert "2 alerts, 2 open" in shown
    assert f"data='{alert_id}'" in shown
    assert "data='T1'" in shown


def test_a_database_without_a_table_has_no_alerts(page, tmp_path, monkeypatch):
    monkeypatch.setenv("TOXWATCH_DB_URL", f"sqlite:///{tmp_path / 'none.db'}")
    assert "No data" in str(page.layout(alert="0" * 32))
