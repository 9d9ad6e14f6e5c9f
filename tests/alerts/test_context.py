"""What an alert says beside its finding, each line with the case in which it is left out."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from safety.alerts.context import cycle_day, with_context
from safety.alerts.fact import Results, alert
from safety.versioning import canonical_json
from tests import build, trial

VALUES = pd.DataFrame(
    [
        ("M1", "S1", "NEUT", "BLOOD", "4.1", "10^9/L", "2024-03-01", "2024-03-01"),
        ("M2", "S1", "NEUT", "BLOOD", "2.0", "10^9/L", "2024-03-05", "2024-03-05"),
        ("M3", "S1", "NEUT", "BLOOD", None, "10^9/L", "2024-03-06", "2024-03-06"),
        ("M4", "S1", "NEUT", "BLOOD", "1.1", "10^9/L", "2024-03-08T08:10", "2024-03-08"),
        ("M5", "S1", "NEUT", "BLOOD", "0.9", "10^9/L", "2024-03-10", "2024-03-10"),
        ("M6", "S1", "NEUT", "BLOOD", "0.4", "10^9/L", "2024-03-12", "2024-03-12"),
        ("M7", "S1", "NEUT", "BLOOD", "0.6", "10^9/L", "2024-03-14", "2024-03-14"),
        ("M8", "S1", "PLAT", "BLOOD", "90", "10^9/L", "2024-03-11", "2024-03-11"),
        ("M9", "S2", "NEUT", "BLOOD", "3.3", "10^9/L", "2024-03-11", "2024-03-11"),
    ],
    columns=["KEY", "USUBJID", "PARAMCD", "SPEC", "AVALC", "AVALU", "ADTC", "ADTMIN"],
)
EVENTS = pd.DataFrame(
    [("E1", "S1", "Neutrophil count decreased", None, "3", "N", "2024-03-12", "ae.csv", 4)],
    columns=["KEY", "USUBJID", "AEDECOD", "AETERM", "AETOXGR", "AESER", "STDTC", "SRCFILE",
             "SRCROW"],
)  # fmt: skip
TRIGGERS = pd.DataFrame(
    [("S1", "A1", "alpha", "hold", "met", "Y", "grade 4 neutropenia",
      canonical_json([{"record": "M6", "date": "2024-03-12", "text": "NEUT 0.4"}]))],
    columns=["USUBJID", "RULE", "DRUG", "ACTION", "STATE", "WINS", "RULETEXT", "EVIDENCE"],
)  # fmt: skip
LOW = {"day": "2024-03-12", "terms": ("Neutrophil count decreased",), "records": ("M6",)}


def lines(study=None, usubjid="S1", results=None, **about) -> list[str]:
    told = trial.study() if study is None else study
    fact = alert(told, usubjid, "GRADE4", "e", "P2", 4, True, ["it fell"], **about)
    placed = with_context([fact], results or found(), told)
    return placed[0].body.split("\n")[1:]


def found(**changes) -> Results:
    none = pd.DataFrame()
    frames = {
        "subjects": none, "grades": none, "episodes": none, "held": none, "rules": none,
        "deviations": none, "pauses": none, "monitors": none,
        "exposure": pd.DataFrame({"USUBJID": ["S1"], "TRTSDT": ["2024-03-01"]}),
        "verdicts": pd.DataFrame({"USUBJID": ["S1"], "DOSELVL": ["L1"]}),
        "measurements": VALUES, "events": EVENTS, "triggers": TRIGGERS,
    }  # fmt: skip
    return Results(as_of="2024-03-20", **frames | changes)


def test_an_alert_is_placed_with_its_trend_its_action_and_what_is_reported() -> None:
    assert lines(**LOW) == [
        "Dose level L1; study day 12, cycle 1 day 12",
        "NEUT before: 2024-03-05 2.0 10^9/L; 2024-03-08 1.1 10^9/L; 2024-03-10 0.9 10^9/L",
        "Protocol: hold alpha (rule A1: grade 4 neutropenia)",
        "Reported: Neutrophil count decreased, grade 3, from 2024-03-12, serious N [ae.csv row 4]",
    ]


def test_no_reported_event_of_the_term_is_said() -> None:
    other = LOW | {"terms": ("Platelet count decreased",)}
    assert lines(**other)[-1] == "No adverse event of this term is reported"


def test_the_event_an_alert_is_about_is_not_told_twice() -> None:
    about = {"terms": ("Neutrophil count decreased",), "records": ("E1",)}
    assert lines(**about) == ["Dose level L1"]


def test_a_subject_of_whom_nothing_is_known_adds_nothing() -> None:
    assert lines(usubjid="S3", day="2024-03-12") == []


def test_what_concerns_the_study_names_the_version_of_its_rules_alone() -> None:
    version = {"version": "0.3", "effective_from": "2024-01-01", "author": "A. Author"}
    draft = build.study(protocol=version)
    approved = build.study(protocol=version | {"approved_by": "B. Boss, 2024-01-01"})
    assert lines(draft, "") == ["Rules of version 0.3, a draft that nobody has approved"]
    assert lines(approved, "") == ["Rules of version 0.3"]
    assert lines(build.study(), "") == []


@pytest.mark.parametrize(
    ("change", "action"),
    [({}, 1), ({"WINS": ""}, 0), ({"STATE": "not_evaluable"}, 0), ({"USUBJID": "S2"}, 0)],
)
def test_only_an_action_that_wins_for_the_subject_is_told(change, action) -> None:
    told = lines(results=found(triggers=TRIGGERS.assign(**change)), **LOW)
    assert sum(line.startswith("Protocol: ") for line in told) == action


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2024-03-01", "study day 1, cycle 1 day 1"),
        ("2024-03-21", "study day 21, cycle 1 day 21"),
        ("2024-03-22", "study day 22, planned cycle 2 day 1"),
        ("2024-02-29", "study day -1"),
        ("2024-03", ""),
        ("2024-03-12T08:10:00", "study day 12, cycle 1 day 12"),
    ],
)
def test_days(day, text) -> None:
    assert cycle_day(date(2024, 3, 1), day, trial.study()) == text


def test_a_study_without_cycles_has_study_days_alone() -> None:
    assert cycle_day(date(2024, 3, 1), "2024-03-12", build.study()) == "study day 12"
