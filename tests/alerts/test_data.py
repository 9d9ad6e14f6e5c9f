"""Alerts of the data: which failing checks somebody hears of, once, and not twice."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from expectations.check import Check
from expectations.common import compared
from safety.alerts import data
from safety.alerts.fact import AlertFact, Results, alert
from safety.study.model import Study
from tests import build

SERIOUS = compared("AE-014", "adverse_event", "It is serious", "X", "fault 41", alert="P2")
UNCODED = compared("AE-018", "adverse_event", "It is a term", "X", "fault 36", alert="P4")
OVERDOSE = compared("EX-B03", "dose", "No more intakes", "X", "fault 43; source", alert="P2")
UNTOLD = compared("DM-B04", "subject", "Death is told", "X", "fault 40", alert="P1")
REPORTED = compared(
    "RC-001", "reconciliation", "It is reported", "UNREPORTED", "fault 31", alert="P3"
)
LATE = compared("IN-004", "file", "A feed delivers", "IN004", "fault 53", alert="P4")
SILENT = replace(SERIOUS, alert="")
EMPTY = pd.DataFrame()
HELD = pd.DataFrame(
    {"KEY": ["AE|S1|1#0123456789ab"], "GRADES": ["4"], "SRCFILE": ["ae.csv"], "SRCROW": [1]}
)


@cache
def _study() -> Study:
    return build.study()


def rows(check: str, *records: tuple[str, str, int]) -> pd.DataFrame:
    """Failing records: subject, record, row."""
    told = [
        {"CHECKID": check, "DOMAIN": "AE", "USUBJID": who, "RECORD": key, "FILE": "ae.csv",
         "SRCROW": row}
        for who, key, row in records
    ]  # fmt: skip
    return pd.DataFrame(told)


def findings(check: str, **changes: Any) -> pd.DataFrame:
    row = {"CHECKID": check, "DOMAIN": "AE", "FILE": "ae.csv", "STATUS": "fail", "NOTE": ""}
    return pd.DataFrame([row | changes])


def raised(
    check: Check, failing: pd.DataFrame, others: tuple[AlertFact, ...] = (), **changes: Any
) -> list[AlertFact]:
    told = {
        "findings": findings(check.id), "failing": failing, "held": HELD.iloc[:0],
        "reconciled": EMPTY, "deviations": EMPTY,
    } | changes  # fmt: skip
    nothing = dict.fromkeys(
        ("subjects", "exposure", "grades", "episodes", "measurements", "events", "rules",
         "triggers", "pauses", "monitors"), EMPTY,
    )  # fmt: skip
    results = Results(as_of="2024-03-12", checks=[check], **nothing | told)
    return list(data.derive(results, others, _study()))


TWO = (("S1", "AE|S1|1", 1), ("S1", "AE|S1|2", 2))


def test_one_alert_a_record() -> None:
    found = raised(SERIOUS, rows("AE-014", *TWO))
    assert [(a.usubjid, a.rule, a.episode, a.tier, a.level) for a in found] == [
        ("S1", "DATA", "AE-014|AE|S1|1", "P2", 1),
        ("S1", "DATA", "AE-014|AE|S1|2", "P2", 1),
    ]
    assert found[0].title == "P2 T1 S1: Data check AE-014 failed: It is serious (fault 41)"
    assert found[0].body.split("\n")[1] == "S1 AE|S1|1 [ae.csv row 1]"


def test_a_check_without_a_tier_is_silent() -> None:
    assert raised(SILENT, rows("AE-014", *TWO)) == []


def test_a_list_for_the_study_is_one_alert_told_again_when_it_has_grown() -> None:
    few = raised(UNCODED, rows("AE-018", *TWO))
    many = raised(UNCODED, rows("AE-018", *((f"S{n}", f"AE|S{n}|1", n) for n in range(23))))
    assert [(a.usubjid, a.episode, a.tier, a.level) for a in (*few, *many)] == [
        ("", "AE-018", "P4", 2),
        ("", "AE-018", "P4", 20),
    ]
    assert many[0].body.split("\n")[-1] == "and 3 more records"
    assert many[0].worse_than(few[0].level, few[0].verified)


def test_urgent_doses_are_one_alert_a_day() -> None:
    days = ["2024-03-01T08:00", "2024-03-01T20:00", "2024-03-20"]
    doses = [("S1", f"EX|S1|DRUG|{day}", n) for n, day in enumerate(days)]
    found = raised(OVERDOSE, rows("EX-B03", *doses, ("S2", "EC|S2|1", 9), ("S2", "EC|S2|2", 10)))
    assert [(a.usubjid, a.episode, a.level) for a in found] == [
        ("S1", "EX-B03|2024-03-01", 2), ("S1", "EX-B03|2024-03-20", 1),
        ("S2", "EX-B03|EC|S2|1", 1), ("S2", "EX-B03|EC|S2|2", 1),  # no day in the key
    ]  # fmt: skip


def test_doses_that_can_wait_are_one_alert_a_subject() -> None:
    waits = replace(OVERDOSE, alert="P3")
    doses = [("S1", f"EX|S1|DRUG|2024-03-0{n}", n) for n in range(1, 4)]
    assert [(a.episode, a.level) for a in raised(waits, rows("EX-B03", *doses))] == [("EX-B03|", 2)]


def test_an_episode_is_reminded_of_once() -> None:
    told = {"DOMAIN": "LB", "USUBJID": "S1", "SRCFILE": "lb.csv", "EPISODE": "S1|ALT|high|LB|1"}
    reconciled = pd.DataFrame(
        [
            told | {"KEY": "LB|1", "SRCROW": 1, "UNREPORTED": "grade 3 without an event"},
            told | {"KEY": "LB|2", "SRCROW": 2, "UNREPORTED": "grade 3 without an event"},
            told | {"KEY": "LB|3", "SRCROW": 3, "UNREPORTED": ""},
        ]
    )
    failing = rows("RC-001", ("S1", "LB|1", 1), ("S1", "LB|2", 2))
    (found,) = raised(REPORTED, failing, reconciled=reconciled)
    assert (found.episode, found.tier, found.level) == ("RC-001|S1|ALT|high|LB|1", "P3", 2)
    assert found.body.split("\n")[1] == "S1 LB|1: grade 3 without an event [lb.csv row 1]"
    off = findings("RC-001", STATUS="not_applicable")
    assert raised(REPORTED, failing.iloc[:0], reconciled=reconciled, findings=off) == []
    well = reconciled.assign(UNREPORTED="")
    assert raised(REPORTED, failing.iloc[:0], reconciled=well) == []


def test_a_feed_or_a_file_is_one_alert() -> None:
    late = findings("IN-004", DOMAIN="central_lab", FILE="2024-03-10", NOTE="central_lab: late")
    (found,) = raised(LATE, rows("IN-004").reindex(columns=rows("X", *TWO).columns), findings=late)
    assert (found.usubjid, found.episode) == ("", "IN-004|central_lab|2024-03-10")
    assert found.body.split("\n")[1] == "central_lab: late"
    passed = late.assign(STATUS="pass")
    assert raised(LATE, rows("X", *TWO).iloc[:0], findings=passed) == []


def test_what_a_held_row_alarms_is_not_told_twice() -> None:
    assert [a.episode for a in raised(SERIOUS, rows("AE-014", *TWO), held=HELD)] == [
        "AE-014|AE|S1|2"
    ]


@pytest.mark.parametrize(
    ("tier", "held", "is_told"),
    [
        ("P2", {}, False),
        ("P1", {}, True),  # the alert of the held row is P2 only
        ("P1", {"GRADES": "5"}, False),
        ("P2", {"KEY": "LB|S1|ALT|1|2024-03-10#0123456789ab"}, True),  # row 1 of another domain
        ("P2", {"KEY": "AE|S1|1#0123456789ab#2"}, False),
    ],
)
def test_a_held_row_silences_only_its_own_checks_of_its_tier(
    tier: str, held: dict[str, str], *, is_told: bool
) -> None:
    check = replace(SERIOUS, alert=tier)
    found = raised(check, rows("AE-014", ("S1", "AE|S1|1", 1)), held=HELD.assign(**held))
    assert bool(found) is is_told


def test_a_death_is_not_told_twice() -> None:
    failing = rows("DM-B04", ("S1", "DM|S1", 1), ("S2", "DM|S2", 2))
    verified = True
    death = alert(_study(), "S1", "DEATH", "DM", "P1", 5, verified, ["Death"])
    assert [a.usubjid for a in raised(UNTOLD, failing, (death,))] == ["S2"]


def test_a_dose_that_is_a_deviation_is_not_told_twice() -> None:
    failing = rows("EX-B03", ("S1", "EC|S1|1", 1), ("S2", "EC|S2|1", 2))
    deviations = pd.DataFrame({"EVIDENCE": ['[{"record": "EC|S1|1"}]']})
    assert [a.usubjid for a in raised(OVERDOSE, failing, deviations=deviations)] == ["S2"]


@pytest.mark.parametrize(
    ("count", "expected"), [(1, 1), (2, 2), (4, 2), (5, 5), (19, 10), (20, 20), (730, 500)]
)
def test_rungs(count: int, expected: int) -> None:
    assert data.rung(count) == expected
