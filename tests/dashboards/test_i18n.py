"""The interface in two languages: every text has its translation, with the same names in it."""

from __future__ import annotations

from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

from dashboards import i18n
from tests.e2e.trials import ROOT

METHODS = [("**.py", "python"), ("**.html", "jinja2")]


def texts() -> set[str]:
    """Every text that the dashboard may say."""
    found = extract_from_dir(
        ROOT / "dashboards", METHODS, keywords={"t": None, "mark": None}, comment_tags=()
    )
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def names(text: str) -> set[str]:
    """The {names} that a text is filled with."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.fixture
def chinese():
    i18n.use("zh-CN")
    yield i18n.catalogue("zh-CN")
    i18n.use("en")


def test_every_text_is_translated(chinese) -> None:
    assert sorted(texts() - set(chinese)) == []
    assert len(texts()) > 500


def test_no_translation_is_left_of_what_is_not_said_any_more(chinese) -> None:
    assert sorted(set(chinese) - texts()) == []


def test_a_translation_has_the_names_of_its_text(chinese) -> None:
    wrong = {m: s for m, s in chinese.items() if names(m) != names(s)}
    assert wrong == {}


def test_a_text_is_said_in_the_language_of_the_request(chinese) -> None:
    assert i18n.t("Sign in") == chinese["Sign in"] != "Sign in"
    assert i18n.t("What the data say stays") == "What the data say stays"
    i18n.use("xx")
    assert i18n.t("Sign in") == "Sign in"


@pytest.mark.parametrize(
    ("asked", "told"),
    [(["zh-CN", "en"], "zh-CN"), (["zh"], "zh-CN"), (["de", "en-GB", "en"], "en"), ([], "en")],
)
def test_the_language_of_the_browser_is_taken(asked, told) -> None:
    assert i18n.wanted(asked) == told
