"""What is said where nothing can be shown: each kind of nothing looks like what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import g
from sqlalchemy.exc import OperationalError

from dashboards import acts, router
from dashboards.app import create_app
from dashboards.components import grades
from dashboards.page import SEES_DATA, Page
from dashboards.pages import PAGES
from dashboards.view import View
from safety.errors import WrongUseError
from safety.settings import from_environment
from safety.store.engine import upgrade
from tests.dashboards import desk
from tests.e2e.trials import ROOT


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("TOXWATCH_HOME", str(tmp_path))
    monkeypatch.delenv("TOXWATCH_DB_URL", raising=False)
    upgrade(from_environment().db_url)
    return create_app()


def shown(app, path: str, search: str = "", *roles: str, pages=PAGES) -> str:
    with app.server.test_request_context("/"):
        who = desk.person(*(roles or ("chair",)))
        g.session = desk.visit(from_environment(), "/", who).session
        screen = router.screen(pages, path, search)
    return desk.said([screen.content])


def test_no_data_is_not_nothing_to_report(app) -> None:
    assert "No snapshot of any study of yours has been published yet" in shown(app, "/decision")


def test_an_address_that_is_none_is_told(app) -> None:
    assert "grade '9' is none: give 1 to 5." in shown(app, "/events", "?grade=9")
    assert "Choose one at the left." in shown(app, "/nowhere")


def test_a_study_that_is_not_theirs_says_no_more(app) -> None:
    with app.server.test_request_context("/"):
        g.session = desk.visit(from_environment(), "/", desk.person("chair", study="T1")).session
        screen = router.screen(PAGES, "/decision", "?study=T2")
    assert "You have no role in this study." in desk.said([screen.content])


def test_a_database_that_does_not_answer_is_told(app, monkeypatch) -> None:
    def down(_):
        raise OperationalError("SELECT 1", {}, Exception("down"))

    monkeypatch.setattr(View, "__init__", down)
    monkeypatch.setattr("dashboards.view.Permitted.is_ready", down)
    said = shown(app, "/decision")
    assert "The database does not answer." in said
    assert "0" not in said


def test_a_page_that_refuses_says_why(app) -> None:
    def refuses(_):
        raise WrongUseError("the term of this address is none.")

    page = Page("/x", "X", refuses, of_study=False, roles=SEES_DATA)
    assert "the term of this address is none." in shown(app, "/x", pages=(page,))


def test_an_act_that_there_is_not_is_refused(app, tmp_path) -> None:
    visit = desk.visit(from_environment(), "/alerts", desk.person("monitor"))
    with pytest.raises(router.NoSnapshotError):
        acts.perform(replace(visit), "nothing", "x", {})


def test_grades_look_alike_in_tables_and_grids() -> None:
    """The colours of tables stand in a style sheet, those of grids and figures in Python."""
    css = (ROOT / "dashboards/assets/toxwatch.css").read_text(encoding="utf-8")
    for grade, colour in grades.COLOURS.items():
        rule = f".toxwatch-g{grade} {{ background: {colour}; color: {grades.TEXT[grade]}; }}"
        assert rule in css
    assert f".toxwatch-ng {{ background: {grades.NOT_GRADABLE};" in css


def test_the_library_of_figures_is_that_of_the_package() -> None:
    """A part of plotly.js is served in place of the whole; another version may draw otherwise."""
    import plotly

    whole = ROOT / plotly.__path__[0] / "package_data" / "plotly.min.js"
    version = next(w for w in whole.read_text(encoding="utf-8")[:200].split() if w[:1] == "v")
    part = (ROOT / "dashboards/assets/plotly-cartesian.min.js").read_text(encoding="utf-8")[:200]
    assert f"plotly.js (cartesian - minified) {version}" in part
