"""An alert of P1 a serious event, whatever its grade."""

from __future__ import annotations

import pytest

from safety.reporting.facts import facts
from tests import build
from tests.reporting.cases import frame, serious, study


def _facts(*rows, **reporting):
    chosen = study(**reporting)
    return facts(frame(*rows, of=chosen), chosen)


def test_a_serious_event_is_told_in_full() -> None:
    (fact,) = _facts(serious("1"))
    assert (fact.usubjid, fact.rule, fact.episode) == ("S1", "SAE", "Nausea|2024-03-05")
    assert (fact.tier, fact.level, fact.verified) == ("P1", 3, True)
    assert fact.title == "P1 T1 S1: Nausea: serious adverse event"
    assert fact.body.splitlines() == [
        "Nausea: serious adverse event",
        "Criteria: hospitalisation; seriousness (AESER) Y",
        "Grade 3, severity not given",
        "Outcome RECOVERED/RESOLVED",
        "Onset 2024-03-05, study day 5",
        "Attribution POSSIBLE; suspected: yes",
        "Expected: no",
        "Report: serious adverse event to sponsor, within 24 hours",
        "Report: other SUSAR to authority and ethics committee, within 15 calendar days",
        "Source ae.csv row 1",
    ]


@pytest.mark.parametrize(
    ("changes", "level", "verified"),
    [
        ({"AETOXGR": "1"}, 3, True),
        ({"AESLIFE": "Y"}, 4, True),
        ({"AESDTH": "Y"}, 5, True),
        ({"AESER": None}, 3, False),
        ({"AESHOSP": None, "AETOXGR": "4"}, 4, False),
    ],
)
def test_level_and_certainty(changes, level, verified) -> None:
    (fact,) = _facts(serious(**changes))
    assert (fact.level, fact.verified) == (level, verified)


def test_an_upgrade_is_worse_and_another_number_is_the_same_alert() -> None:
    (first,), (fatal,) = _facts(serious("1")), _facts(serious("9", AEOUT="FATAL"))
    assert first.alert_id("T1") == fatal.alert_id("T1")
    assert fatal.worse_than(first.level, first.verified)


def test_silent_where_it_is_not_serious_or_the_study_reports_nothing() -> None:
    assert _facts(build.event(grade="4"), build.event("2", "4", AESER=None)) == []
    assert facts(frame(serious()), build.study()) == []
    row = serious(AEDECOD="Progression", AEREL="NONE")
    assert _facts(row, progression_terms=["Progression"]) == []
    assert len(_facts(row)) == 1
