"""The whole way on the CDISC pilot, with the counts it must give.

The row counts are those of the public data; grade counts were checked against an independent
row-by-row reading of the criteria (tests/e2e/test_pilot_by_hand.py).
"""

from __future__ import annotations

import json

import pytest

from tests import databases

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]


def test_every_row_is_accounted_for(pilot):
    assert pilot.summary["rows"] == {
        "received": 118028, "accepted": 118028, "quarantined": 0, "duplicates": 0,
        "superseded": 0, "deleted": 0,
    }  # fmt: skip
    received = {d: c["received"] for d, c in pilot.summary["by_domain"].items()}
    assert received == {
        "DM": 306, "EX": 591, "AE": 1191, "LB": 59580, "VS": 29643, "EG": 26717,
    }  # fmt: skip


def test_every_measurement_is_graded_or_said_not_to_be(pilot):
    assert pilot.summary["measurements"] == {
        "all": 115940,
        "with_criteria": 57725,
        "without_criteria": 58207,
        "not_done": 8,
        "terms_evaluated": 76979,
    }
    assert pilot.summary["grades"] == {"0": 64592, "1": 7158, "2": 3304, "3": 878}
    assert pilot.summary["not_gradable"] == {
        "baseline_record": 1014,  # weight up to the first dose has nothing to be compared with
        "baseline_record;facts_unknown": 6,
        "facts_unknown;not_numeric_in_this_version": 26,  # glucose and phosphate (D45)
        "value_censored;facts_unknown": 1,  # glucose <40 mg/dL may be grade 3 or 4 (D27)
    }


def test_events_without_a_grade_keep_none(pilot):
    # AETOXGR was not collected: severity, death and life threat leave these grades open
    assert pilot.summary["event_grades"] == {
        "1": 770, "2": 375, "2|4": 3, "3|4": 39, "4": 1, "5": 3,
    }  # fmt: skip


def test_verdicts(pilot):
    assert pilot.summary["verdicts"] == {"DLT": 7, "INDETERMINATE": 1, "NO_DLT": 246}
    # by subject and rule; one of the seven has three terms
    assert pilot.summary["candidates"] == {"met": 7, "not_evaluable": 1}
    assert pilot.summary["rules"] == {"met": 7, "not_evaluable": 1, "not_met": 500}
    assert pilot.summary["late"] == 11


def test_escalation_does_not_apply_and_says_so(pilot):
    assert pilot.summary["escalation"] == "does not apply: the study file has no dose levels"
    assert pilot.summary["verdicts_by_level"] == {}
    sizes = databases.sizes(pilot.db_url)
    for name in ("surveillance", "dose_account", "trigger", "deviation", "pause"):
        assert sizes[name] == 0, name


def test_alerts(pilot):
    assert pilot.summary["new_alerts"] == 86
    assert pilot.summary["sent"] == {"sent": 86, "failed": 0}
    listed = json.loads(pilot.toxwatch("alerts", "list", "cdisc_pilot", "--json").stdout)
    tiers = [a["TIER"] for a in listed]
    assert (tiers.count("P1"), tiers.count("P2")) == (12, 74)
    # fault 41: with a criterion of seriousness, yet not serious
    data = [a["TITLE"].partition(": ")[2] for a in listed if "Data check" in a["TITLE"]]
    assert len(data) == 33
    assert {t.partition(" failed")[0] for t in data} == {"Data check AE-014"}


def test_the_surprises_of_the_pilot_are_named(pilot):
    query = "SELECT checkid || domain, failed FROM finding WHERE status = 'fail'"
    assert dict(databases.rows(pilot.db_url, query)) == {
        "AE-008AE": 26,  # partial start dates
        "AE-012AE": 4,  # no attribution
        "AE-014AE": 33,  # a criterion of seriousness, yet not serious
        "AE-022AE": 21,  # one term twice at a time, and not only because it grew worse or was over
        "AE-B03AE": 11,  # related to study drug, yet from before its first dose
        "DM-B05DM": 1,  # DM and the fatal event tell two days of one death
        "EX-010EX": 6,  # no dose end
        "ME-015LB": 6,  # `<x`: bilirubin five times, glucose once
        "ME-024LB": 567,  # drawn more than 28 days before the first dose
        "ME-025LB": 7,  # no value before the first dose to compare with
        "ME-028VS": 17,  # converted: a few heights in cm, temperatures in C, a weight in kg
        "ME-030VS": 5,  # weights that jump by more than a tenth
    }


def test_what_was_not_delivered_was_not_checked(pilot):
    query = "SELECT checkid, note FROM finding WHERE status = 'not_evaluable' AND domain = 'AE'"
    found = dict(databases.rows(pilot.db_url, query))
    # the column of toxicity grades is absent, which is not 1,191 rows without a grade
    assert found["AE-010"] == "not delivered: AETOXGR"
    assert found["AE-011"] == "not delivered: AETOXGR"


def test_urine_ph_is_not_graded_as_blood_ph(pilot):
    query = "SELECT count(*) FROM measurement WHERE paramcd = 'PH' AND spec = 'URINE'"
    assert databases.rows(pilot.db_url, query) == [(874,)]
    query = "SELECT count(*) FROM grade WHERE paramcd = 'PH'"
    assert databases.rows(pilot.db_url, query) == [(0,)]


def test_running_twice_gives_the_same_snapshot_and_adds_no_row(pilot):
    before = databases.sizes(pilot.db_url)
    again = json.loads(pilot.toxwatch("run", "cdisc_pilot", "--json").stdout)
    assert again["snapshot_id"] == pilot.summary["snapshot_id"]
    assert again["result_hash"] == pilot.summary["result_hash"]
    assert again["changed"] is False
    assert again["sent"] == {"sent": 0, "failed": 0}
    assert databases.sizes(pilot.db_url) == before
