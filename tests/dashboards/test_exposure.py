"""Exposure: swimmer, dose intensity, deviations and rules of real runs; trials without a plan."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboards.exposure_page import lanes, rules
from dashboards.exposure_page.regimen import cycle_visit, planned, recorded
from dashboards.pages import exposure
from dashboards.shown import SOURCES
from tests.dashboards.desk import hrefs, said, tables, view

pytestmark = pytest.mark.xdist_group("pilot")


@pytest.fixture
def look(dose_finding):
    """The view of the page with something asked, e.g. `show=rules`."""
    return lambda asked="": view(dose_finding.environ, f"/exposure?study=NCT06038461&{asked}")


def test_the_swimmer_names_who_is_drawn(look):
    page = exposure.draw(look())
    assert tables(page)["Who is drawn"][1] == [
        "NCT06038461-001-101", "L1", "45", "45", "29", "15", "none recorded", "doses", "events",
    ]  # fmt: skip
    assert "Subjects 1 to 5 of 5, by level and first dose" in said(page)
    assert "no disposition was received" in said(page)


def test_the_table_of_the_swimmer_has_doses_and_holds(look):
    rows = SOURCES["exposure-lanes"].make(look()).rows
    own = rows[rows["USUBJID"].eq("NCT06038461-001-101")]
    assert ("surufatinib", 1, 21, "250 mg QD") in set(
        own[["WHAT", "START", "END", "TEXT"]].itertuples(index=False, name=None)
    )
    assert "hold: surufatinib" in set(own["WHAT"])


def test_no_address_names_a_subject(look):
    for show in exposure.SHOWN:
        assert not [h for h in hrefs(exposure.draw(look(f"show={show}"))) if "001-1" in h]


def test_intensity_is_told_by_level_and_drug(look):
    page = exposure.draw(look("show=intensity"))
    assert tables(page)["Relative dose intensity by level and drug"][1:] == [
        ["L1", "s1", "5", "0", "100", "100", "100", "0"],
        ["L1", "surufatinib", "5", "0", "100", "83.7", "100", "0"],
        ["L1", "temozolomide", "5", "0", "100", "80", "100", "0"],
    ]
    at = "/rows?study=NCT06038461&level=L1&table=dose_account&drug=s1"
    assert at in hrefs(page)
    assert "Nobody is below 80 %, and everybody can be judged." in said(page)


def test_deviations_are_counted_and_lead_to_their_rows(look):
    page = exposure.draw(look("show=against"))
    counts = tables(page)["Deviations from rules and plan"]
    assert counts[1] == ["not reduced as asked", "surufatinib", "5", "3"]
    assert sum(int(row[2]) for row in counts[1:]) == 18
    first = tables(page)["Expected against actual"][1]
    assert first[4:6] == ["taken although on hold", "S15-G4"]
    assert first[8] == "ec.csv 1; lb.csv 62; ae.csv 1; and 3 more"
    at = "/rows?study=NCT06038461&table=deviation&kind=missed_reduction&drug=surufatinib"
    assert at in hrefs(page)


def test_rules_in_force_are_apart_from_those_that_cannot_be_judged(look):
    page = exposure.draw(look("show=rules"))
    assert len(tables(page)["Dose modification rules in force"]) == 1 + 8
    assert len(tables(page)["Rules that cannot be judged"]) == 1 + 3
    assert "3 more cannot be judged" in said(page)


def test_a_trial_without_a_plan_says_so_and_shows_doses_as_recorded(pilot):
    here = view(pilot.environ, "/exposure?study=CDISCPILOT01")
    page = exposure.draw(here)
    assert "The study file has no drugs, dose levels or planned doses." in said(page)
    found = lanes.lanes(here)
    assert (found.first, found.last, found.size) == (1, 60, 254)
    assert "194 are not drawn here" in said(page)
    second = lanes.lanes(view(pilot.environ, "/exposure?study=CDISCPILOT01&page=5"))
    assert (second.first, second.last) == (241, 254)
    for show in ("intensity", "against", "rules"):
        other = view(pilot.environ, f"/exposure?study=CDISCPILOT01&show={show}")
        assert "The study file has no" in said(exposure.draw(other))
    assert planned(here) == ()


def test_a_page_that_is_none_is_the_first(look):
    for asked in ("page=0", "page=9", "page=x"):
        assert lanes.lanes(look(asked)).first == 1


def test_the_plan_is_that_of_the_study_file(look):
    assert [tuple(p) for p in planned(look())] == [
        ("s1", 1, 14, 21), ("surufatinib", 1, 21, 21), ("temozolomide", 10, 14, 21),
    ]  # fmt: skip
    assert cycle_visit(look()) == r"CYCLE\ (\d+)\ DAY\ 1"
    assert recorded(look(), "s1") == "S-1"
    assert recorded(look(), "none") == ""


def trigger(**more) -> dict:
    return {"STATE": "met", "WINS": "Y", "UNTILDT": None, "ACTION": "hold"} | more


@pytest.mark.parametrize(
    ("row", "is_in_force"),
    [
        (trigger(), True),
        (trigger(UNTILDT="2024-04-18"), True),
        (trigger(UNTILDT="2024-04-17"), False),
        (trigger(WINS=""), False),
        (trigger(STATE="not_evaluable"), False),
        (trigger(ACTION="continue"), False),
    ],
)
def test_a_rule_is_in_force_until_it_is_seen_to_end(row, is_in_force):
    found = rules.in_force(pd.DataFrame([row]), "2024-04-17")
    assert len(found) == int(is_in_force)


def test_only_the_first_few_places_are_named():
    assert rules.few(["a", "b", "a", "c", "d"]) == "a; b; c; and 1 more"
    assert rules.few([]) == ""
