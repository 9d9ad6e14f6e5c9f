"""One rule on one subject: attribution, exceptions and place decide which occurrences count."""

from __future__ import annotations

import pytest

from safety.assess.conditions import occurrences
from safety.assess.rules import applicable, judge_rule
from safety.assess.window import dlt_window
from tests.assess.engine import ANY_SEVERE, MET, NOT, UNKNOWN, case, reported, rule, study

E3 = rule("E3", {"toxicity": "fatigue", "grade": "3", "lasting": "<=7d"}, kind="exception")
N1 = ANY_SEVERE | {"unless": ["E3"]}


def _judged(*records, rules=(N1, E3), **told) -> list[tuple]:
    about = case(*records, in_study=study(rules=list(rules)), cycles={2: 22}, **told)
    window = dlt_window(about)
    assert window is not None
    first = applicable(about)[0]
    return [(j.truth, j.place, j.counts) for j in judge_rule(first, about, window, occurrences)]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (reported("Rash", 3, 5, 9), (MET, "inside", MET)),
        (reported("Rash", 3, 25, 29), (MET, "after", NOT)),
        (reported("Rash", 3, 22, 29), (MET, "unclear", UNKNOWN)),
        (reported("Rash", 2, 5, 9, high=3), (UNKNOWN, "inside", UNKNOWN)),
        (reported("Rash", 3, 5, 9, related=None), (MET, "inside", MET)),
        (reported("Rash", 3, 5, 9, related=False, cause=True), (NOT, "inside", NOT)),
        # the exception: at most 7 days
        (reported("Fatigue", 3, 5, 11), (NOT, "inside", NOT)),
        (reported("Fatigue", 3, 5, 12), (MET, "inside", MET)),
        (reported("Fatigue", 3, 36), (UNKNOWN, "after", NOT)),
    ],
)
def test_which_occurrences_count(report, expected) -> None:
    assert _judged(report) == [expected]


def test_an_exception_speaks_of_its_own_event_alone() -> None:
    short, long = reported("Fatigue", 3, 2, 4), reported("Fatigue", 3, 8, 18, row=1)
    assert [t for t, _, _ in _judged(short, long)] == [NOT, MET]
    rash = reported("Rash", 3, 2, 4)
    assert [t for t, _, _ in _judged(short, rash)] == [NOT, MET]


def test_an_exception_counts_only_where_it_is_named() -> None:
    assert [t for t, _, _ in _judged(reported("Fatigue", 3, 2, 4), rules=(ANY_SEVERE, E3))] == [MET]


def test_the_doubt_of_an_exception_is_passed_on() -> None:
    about = case(reported("Fatigue", 3, 18), in_study=study(rules=[N1, E3]), as_of=20)
    window = dlt_window(about)
    assert window is not None
    found = judge_rule(applicable(about)[0], about, window, occurrences)[0]
    assert (found.truth, found.occurrence.open) == (UNKNOWN, True)
    assert "the rule asks for <=7d" in found.occurrence.missing[0]


@pytest.mark.parametrize(
    ("scope", "report", "expected"),
    [
        ({"related": False}, reported("Rash", 3, 5, 9, related=False, cause=True), MET),
        ({"in_window": False}, reported("Rash", 3, 30, 35), MET),
        ({"in_window": False}, reported("Rash", 3, "2024-03-01", 9), MET),
    ],
)
def test_the_scope_of_a_rule_may_be_wider(scope, report, expected) -> None:
    found = _judged(report, rules=(ANY_SEVERE | {"scope": scope},))
    assert [counts for _, _, counts in found] == [expected]


def test_worse_than_the_baseline_by_a_grade() -> None:
    rash = reported("Rash", 3, 5, 9)
    assert _judged(rash, baseline={"Rash": 3}) == []
    as_before = ANY_SEVERE | {"scope": {"worsened_by": 0}}
    assert len(_judged(rash, baseline={"Rash": 3}, rules=(as_before,))) == 1


def test_the_version_in_force_at_the_first_dose_applies() -> None:
    old = ANY_SEVERE | {"effective_until": "2024-03-03", "version": 1}
    new = ANY_SEVERE | {"effective_from": "2024-03-04", "version": 2}
    assert [r.version for r in applicable(case(in_study=study(rules=[old, new])))] == [2]
