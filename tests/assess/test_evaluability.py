"""Evaluable for the dose decision or not, and why (reference, section 3.4)."""

from __future__ import annotations

import pytest

from safety.assess.evaluability import Evaluable, evaluability
from safety.assess.surveillance import surveillance
from safety.assess.window import dlt_window
from tests.assess.engine import (
    all_taken,
    case,
    course,
    dose,
    event,
    lost,
    measured,
    reported,
    study,
)
from tests.dosing.builders import BODY

CBC = {"id": "CBC", "text": "count", "tests": ["NEUT"], "windows": ["C1D2-C1D21"], "grace": "1d"}
RULE = {"minimum_dose": ">=80%", "assessments": ["CBC"], "citation": "3.4",
        "prophylaxis": [{"category": "G-CSF", "indications": ["PROPHYLAXIS"]}]}  # fmt: skip
STUDY = study(surveillance=[CBC], evaluability=RULE)
COUNT = measured("NEUT", 10, 5.0)


def _found(*records, verdict="NO_DLT", in_study=STUDY, cycles=None, **told) -> Evaluable:
    when = {2: 22} if cycles is None else cycles
    about = case(*BODY, *records, in_study=in_study, cycles=when, **told)
    return evaluability(about, verdict, dlt_window(about), surveillance(about))


def missed(drug, first, last, reason, *, taken_from=1) -> list:
    others = [d for d in all_taken() if d.drug != drug]
    return [*others, dose(drug, taken_from, first - 1), lost(drug, first, last, reason), COUNT]


@pytest.mark.parametrize(
    ("verdict", "told", "expected", "reason"),
    [
        ("DLT", {}, True, "dose-limiting toxicity after at least one dose"),
        ("DLT", {"death": 18, "cycles": {}}, True, "dose-limiting toxicity"),
        ("NO_DLT", {"death": 18, "cycles": {}}, False, "follow-up ended on 2024-03-21"),
        ("INDETERMINATE", {"death": 18, "cycles": {}}, False, "to be replaced"),
        ("PENDING", {"cycles": {}, "as_of": 10}, None, "not decided"),
        ("NO_DLT", {}, True, "window completed"),
        ("PENDING", {"first_dose": None}, False, "no dose was taken"),
    ],
)
def test_what_happened_decides_first(verdict, told, expected, reason) -> None:
    found = _found(*all_taken(), COUNT, verdict=verdict, **told)
    assert found.evaluable is expected
    assert reason in found.reason


@pytest.mark.parametrize(
    ("drug", "first", "last", "begin", "expected"),
    [
        ("surufatinib", 18, 21, 1, True),  # 17 of 21
        ("surufatinib", 17, 21, 1, False),  # 16 of 21
        ("temozolomide", 14, 14, 10, True),  # 4 of 5
        ("temozolomide", 13, 14, 10, False),  # vignette 15: 3 of 5
        ("s1", 13, 14, 1, True),  # 24 of 28
        ("s1", 12, 14, 1, False),  # 22 of 28
    ],
)
def test_80_percent_of_each_drug(drug, first, last, begin, expected) -> None:
    found = _found(*missed(drug, first, last, "DRUG LOST", taken_from=begin))
    assert found.evaluable is expected
    assert ("to be replaced" in found.reason) is not expected


def test_23_of_28_intakes_are_enough() -> None:
    half = dose("s1", 12, 12, per_day=1), lost("s1", 12, 12, "DRUG LOST", per_day=1)
    others = [d for d in all_taken() if d.drug != "s1"]
    rest = lost("s1", 13, 14, "DRUG LOST")
    assert _found(*others, dose("s1", 1, 11), *half, rest, COUNT).evaluable is True


def test_doses_lost_to_toxicity_never_make_a_subject_not_evaluable() -> None:
    records = missed("surufatinib", 17, 21, "ADVERSE EVENT")  # vignette 16
    found = _found(*records, reported("Fatigue", 2, 17, 21))
    assert found.evaluable is True


def test_doses_without_a_record_leave_it_open() -> None:
    others = [d for d in all_taken() if d.drug != "surufatinib"]
    found = _found(*others, dose("surufatinib", 1, 10), COUNT)
    assert found.evaluable is None
    assert "up to 100 % if what is unclear was taken" in found.reason


@pytest.mark.parametrize(
    ("samples", "expected", "reason"),
    [
        ([COUNT], True, "window completed"),
        ([], False, "CBC of C1D2-C1D21 is missing: to be replaced"),
        ([measured("NEUT", 22, 5.0)], False, "CBC of C1D2-C1D21 is late: to be replaced"),
    ],
)
def test_required_assessments(samples, expected, reason) -> None:
    found = _found(*all_taken(), *samples)
    assert found.evaluable is expected
    assert reason in found.reason


@pytest.mark.parametrize(
    ("name", "first", "indication", "expected"),
    [
        ("FILGRASTIM", 5, "PROPHYLAXIS", None),
        ("FILGRASTIM", 5, "neutropenia prophylaxis", None),
        ("FILGRASTIM", 16, "NEUTROPENIA", True),  # vignette 20: as treatment
        ("FILGRASTIM", 25, "PROPHYLAXIS", True),  # after the window
        ("FILGRASTIM", None, "PROPHYLAXIS", True),
    ],
)
def test_preventive_growth_factors_are_for_the_committee(name, first, indication, expected) -> None:
    given = (course(name, first, None, "G-CSF", indication),)
    found = _found(*all_taken(), COUNT, medications=given)
    assert found.evaluable is expected
    assert bool(found.flags) is (expected is None)


def test_prophylaxis_is_flagged_with_a_dlt_too() -> None:
    given = (course("FILGRASTIM", 5, None, "G-CSF", "PROPHYLAXIS"),)
    found = _found(*all_taken(), COUNT, medications=given, verdict="DLT")
    assert found.evaluable is True
    assert found.flags == ("G-CSF given preventively in the window: FILGRASTIM",)


def test_withdrawal_before_the_window_closed() -> None:
    found = _found(*all_taken(12), COUNT, cycles={}, ended=(event("WITHDRAWAL BY SUBJECT", 12),))
    assert found.evaluable is False


def test_a_study_may_define_none() -> None:
    found = _found(*all_taken(), in_study=study())
    assert found.evaluable is None
