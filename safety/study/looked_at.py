"""Which tests tell of a condition, and how often a study requires them."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

from safety.ctcae.criteria import Ladder, ladders
from safety.study.conditions import AtBaseline, HysLaw, Toxicity, Value
from safety.study.dlt import Assessment
from safety.study.language import ValueTest
from safety.study.model import Study
from safety.study.names import terms_meant


def test_name(ladder: Ladder) -> str:
    """Return a test as rules spell it: --TESTCD, with /URINE for urine."""
    return f"{ladder.testcd}/URINE" if ladder.specimen == "URINE" else ladder.testcd


@cache
def tests_by_term(version: str) -> dict[str, tuple[str, ...]]:
    """Return, by CTCAE term, the tests that its grades can be measured by."""
    found: dict[str, list[str]] = {}
    for ladder in ladders(version):
        if ladder.assign == "grade":
            found.setdefault(ladder.term, []).append(test_name(ladder))
    return {term: tuple(dict.fromkeys(tests)) for term, tests in found.items()}


@cache
def units_by_test(version: str) -> dict[str, tuple[str, ...]]:
    """Return, by test, the UCUM units that CTCAE's criteria are stated in."""
    found: dict[str, list[str]] = {}
    for ladder in ladders(version):
        found.setdefault(test_name(ladder), []).extend(ladder.stated_units())
    return {test: tuple(dict.fromkeys(units)) for test, units in found.items()}


def value_tests(condition: Any) -> list[ValueTest]:
    """Return the comparisons of values that a condition itself makes."""
    if isinstance(condition, Value):
        return [condition.value]
    if isinstance(condition, AtBaseline):
        return [condition.at_baseline]
    if isinstance(condition, HysLaw):
        return [condition.aminotransferase, condition.bilirubin, condition.cholestasis_absent]
    if isinstance(condition, Toxicity) and condition.resolving is not None:
        return list(condition.resolving.or_values)
    return []


def measured_terms(condition: Toxicity, study: Study) -> dict[str, tuple[str, ...]]:
    """Return the terms of a condition that values can tell of, with their tests."""
    if condition.source == "reported":
        return {}
    tests = tests_by_term(study.ctcae)
    terms = [t.term for t in terms_meant(study, condition)]
    return {term: tests[term] for term in terms if term in tests}


def days_between(assessment: Assessment) -> int:
    """Return how many days may lie between two samples of an assessment done as required."""
    if assessment.at_least > 1 or len(assessment.windows) == 1:
        return max(w.days // assessment.at_least for w in assessment.windows)
    starts = sorted((w.cycle or 0, w.first) for w in assessment.windows)
    return max(later - earlier for (_, earlier), (_, later) in pairwise(starts))


def assessments_of(tests: tuple[str, ...], study: Study) -> list[Assessment]:
    """Return the assessments required in cycle 1 that include any of some tests."""
    return [
        a
        for a in study.dose_limiting.surveillance
        if not set(tests).isdisjoint(a.tests) and any(w.cycle in {None, 1} for w in a.windows)
    ]
