"""What must be asked of the site, and what the reader is told beside a verdict."""

from __future__ import annotations

import pytest

from safety.assess.dlt import Outcome
from safety.assess.queries import flags, queries
from safety.assess.result import AssessmentDone, RuleResult
from safety.assess.window import dlt_window
from tests.assess.engine import (
    ANC,
    all_taken,
    case,
    course,
    day,
    event,
    lost,
    observed,
    reported,
    study,
)
from tests.dosing.builders import BODY

NOTHING = Outcome((), (), (), ())
PROPHYLAXIS = {"minimum_dose": ">=80%", "assessments": [], "citation": "3.4",
               "prophylaxis": [{"category": "G-CSF", "indications": ["PROPHYLAXIS"]}]}  # fmt: skip
UNREPORTED = (
    f"{ANC} 3-3 on 2024-03-13: no adverse event {ANC} reported; attribution missing, taken as "
    "related"
)
PROGRESSION = "DEATH DUE TO PROGRESSIVE DISEASE"


def _queries(*records, **told) -> tuple[str, ...]:
    told = {"cycles": {2: 22}, "as_of": 22} | told
    return queries(case(*BODY, *all_taken(), *records, **told), NOTHING)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([observed(ANC, 10, 3)], [UNREPORTED]),
        ([observed(ANC, 10, 2)], []),
        ([observed(ANC, 10, 2, 3)], []),  # perhaps grade 3
        ([observed(ANC, 10, 3), reported(ANC, 3, 10, 12)], []),
        ([observed(ANC, 10, 3), reported(ANC, 3, 13, 14)], []),  # told some days later
        ([observed(ANC, 10, 3), reported(ANC, 3, 14, 15)], [UNREPORTED]),
        ([observed(ANC, 10, 3), reported("Anemia", 3, 10, 12)], [UNREPORTED]),
    ],
)
def test_a_severe_value_without_an_event_is_asked_about(records, expected) -> None:
    assert [q for q in _queries(*records) if "no adverse event" in q] == expected


@pytest.mark.parametrize(
    ("records", "asked"),
    [
        ([observed(ANC, 10, 4), reported(ANC, 3, 10, 12)], True),
        ([observed(ANC, 10, 3), reported(ANC, 3, 10, 12)], False),
        ([observed(ANC, 10, 3, 4), reported(ANC, 3, 10, 12)], False),  # perhaps
        ([observed(ANC, 10, 4), reported(ANC, 3, 14, 20)], False),  # another time
        # a later row of the event has the grade
        ([observed(ANC, 10, 4), reported(ANC, 3, 10, 11), reported(ANC, 4, 11, 12, row=1)], False),
    ],
)
def test_a_report_below_the_value_of_its_time_is_asked_about(records, asked) -> None:
    text = f"{ANC} ({ANC} d10): reported grade 3, but a value of its time is grade 4"
    assert (text in _queries(*records)) is asked


@pytest.mark.parametrize(
    ("records", "told", "asked"),
    [
        ([], {"death": 18, "ended": (event(PROGRESSION, 18),)}, True),
        ([reported("Sepsis", 5, 12, 18, fatal=True)],
         {"death": 18, "ended": (event(PROGRESSION, 18),)}, False),
        ([], {"death": 18}, False),
        ([], {"ended": (event(PROGRESSION, 18),)}, False),
    ],
)  # fmt: skip
def test_progression_as_cause_of_death_is_to_be_confirmed(records, told, asked) -> None:
    used = study(cause_of_death={"dispositions": [PROGRESSION]})
    found = _queries(*records, in_study=used, cycles={}, as_of=30, **told)
    assert any("confirm the cause" in q for q in found) is asked


def test_the_reason_of_a_late_cycle_is_asked_for() -> None:
    found = _queries(cycles={2: 25}, as_of=25)
    text = "delay of cycle 2: cycle 2 is late: reason not recorded, taken as toxicity"
    assert text in found
    on_time = _queries(lost("surufatinib", 22, 24, "HOLIDAY"), cycles={2: 25}, as_of=25)
    assert not [q for q in on_time if "delay of cycle 2" in q]


def test_every_query_is_asked_once() -> None:
    found = queries(case(*BODY, *all_taken(), observed(ANC, 10, 3), as_of=21),
                    Outcome((), (), (), (UNREPORTED, "x")))  # fmt: skip
    assert found == (UNREPORTED, "x")


def _flags(*records, verdict="NO_DLT", outcome=NOTHING, done=(), **told) -> list[str]:
    used = study(evaluability=PROPHYLAXIS)
    about = case(*all_taken(), *records, in_study=used, cycles={2: 22}, **told)
    return list(flags(about, verdict, outcome, done, dlt_window(about)))


@pytest.mark.parametrize(
    ("said", "verdict", "expected"),
    [
        (True, "NO_DLT", ["investigator says Nausea (Nausea d5) is dose-limiting"]),
        (True, "DLT", []),
        (False, "DLT", ["investigator says Nausea (Nausea d5) is not dose-limiting"]),
        (False, "NO_DLT", []),
        (None, "DLT", []),
    ],
)
def test_the_investigator_may_see_it_otherwise(said, verdict, expected) -> None:
    assert _flags(reported("Nausea", 3, 5, 6, dlt=said), verdict=verdict) == expected


@pytest.mark.parametrize(
    ("number", "indication", "expected"),
    [
        (16, "NEUTROPENIA", ["G-CSF given in the window as treatment: FILGRASTIM"]),
        (16, "", ["G-CSF given in the window for a purpose not stated (CMINDC): FILGRASTIM"]),
        (16, "PROPHYLAXIS", []),  # said by evaluability
        (25, "NEUTROPENIA", []),
        (None, "NEUTROPENIA", []),
    ],
)
def test_growth_factors_in_the_window_are_shown(number, indication, expected) -> None:
    assert (
        _flags(medications=(course("FILGRASTIM", number, None, "G-CSF", indication),)) == expected
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("late", ["assessed late: CBC of C1D2-C1D7"]),
        ("missing", ["required assessment missing: CBC of C1D2-C1D7"]),
        ("done", []),
        ("due", []),
        ("not_due", []),
    ],
)
def test_assessments_that_lack_are_shown(status, expected) -> None:
    assert _flags(done=(AssessmentDone("CBC", "C1D2-C1D7", status, day(7)),)) == expected


def test_late_toxicity_is_shown() -> None:
    late = RuleResult("H4", "dose_limiting", "met", terms=("Platelet count decreased",))
    text = "toxicity after the window that would have been dose-limiting: Platelet count decreased"
    assert _flags(outcome=Outcome((), (late,), (), ())) == [text]
