"""The whole assessment of a subject: which verdict wins, and what stays settled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.assess.result import SubjectAssessment
from safety.assess.subject import assess, assess_subject
from tests.assess.engine import (
    ANC,
    ANY_SEVERE,
    PLT,
    all_taken,
    day,
    event,
    facts,
    observed,
    reported,
    rule,
    study,
)
from tests.dosing.builders import BODY

RULES = [
    ANY_SEVERE | {"when": {"toxicity": "any", "except": [ANC, PLT], "grade": ">=3"}},
    rule("H1", {"toxicity": [ANC], "grade": ">=4", "lasting": ">=7d"}),
    rule("H4", {"toxicity": [PLT], "grade": ">=4"}),
]
STUDY = study(rules=RULES)
DLT_EVENT = observed(PLT, 12, 4)
OPEN_EVENT = observed(ANC, 20, 4)
UNDECIDED = (observed(ANC, 10, 4), observed(ANC, 17, 2))
LATE_EVENT = observed(PLT, 30, 4)


def _assessed(*records, as_of=40, in_study=STUDY, **told) -> SubjectAssessment:
    told = {"cycles": {2: 22}} | told
    return assess_subject(facts(*BODY, *all_taken(), *records, **told), in_study, day(as_of))


@pytest.mark.parametrize(
    ("records", "as_of", "cycles", "expected"),
    [
        ([], 40, {2: 22}, "NO_DLT"),
        ([], 10, {}, "PENDING"),
        ([DLT_EVENT], 40, {2: 22}, "DLT"),
        ([DLT_EVENT], 13, {}, "DLT"),  # an open window does not hide it
        ([OPEN_EVENT], 40, {2: 22}, "PENDING"),  # followed beyond the window
        ([*UNDECIDED], 40, {2: 22}, "INDETERMINATE"),
        ([DLT_EVENT, *UNDECIDED], 40, {2: 22}, "DLT"),
        ([DLT_EVENT, OPEN_EVENT], 40, {2: 22}, "DLT"),
        ([*UNDECIDED], 18, {}, "PENDING"),
        ([reported("Nausea", 2, 5, 9, high=3), OPEN_EVENT], 40, {2: 22}, "PENDING"),
        ([reported("Nausea", 3, "2024-03", None)], 40, {2: 22}, "INDETERMINATE"),
        ([LATE_EVENT], 40, {2: 22}, "NO_DLT"),
    ],
)
def test_which_verdict_wins(records, as_of, cycles, expected) -> None:
    assert _assessed(*records, as_of=as_of, cycles=cycles).verdict == expected


def test_vignette_12_is_late() -> None:
    found = _assessed(observed(PLT, 31, 4))
    assert (found.verdict, found.late_dlt_equivalent, found.dlt_onset_day) == ("NO_DLT", True, None)
    assert [r.id for r in found.late] == ["H4"]
    assert "after the window" in found.flags[0]


def test_late_events_count_where_the_study_says_so() -> None:
    counting = study(rules=RULES, count_late=True)
    found = _assessed(LATE_EVENT, in_study=counting)
    assert (found.verdict, found.dlt_onset_day) == ("DLT", 30)


def test_an_unrelated_report_that_comes_later_undoes_no_dlt() -> None:
    records = observed(PLT, 16, 4), reported(PLT, 4, 18, 25, related=False, cause=True)
    assert [_assessed(*records, as_of=n, cycles={}).verdict for n in (17, 18)] == ["DLT", "DLT"]


def test_nothing_is_settled_while_an_assessment_is_due() -> None:
    cbc = {"id": "CBC", "text": "count", "tests": ["NEUT"], "windows": ["C1D15-C1D21"],
           "grace": "1d"}  # fmt: skip
    used = study(rules=[ANY_SEVERE | {"needs": ["CBC"]}], surveillance=[cbc])
    found = [_assessed(as_of=n, in_study=used).verdict for n in (22, 23)]
    assert found == ["PENDING", "INDETERMINATE"]


def test_several_rules_are_all_kept_and_the_earliest_onset_is_the_dlts() -> None:
    found = _assessed(DLT_EVENT, reported("Sepsis", 4, 9, 11))
    assert [r.id for r in found.rules if r.state == "met"] == ["N1", "H4"]
    assert found.dlt_onset_day == 9


@pytest.mark.parametrize(
    ("told", "verdict", "evaluable", "text"),
    [
        ({"first_dose": None, "cycles": {}}, "PENDING", False, "not treated"),
        (
            {"first_dose": None, "cycles": {}, "ended": (event("WITHDRAWAL BY SUBJECT", 3),)},
            "NO_DLT", False, "not treated",
        ),
        (
            {"cycles": {}, "ended": (event("WITHDRAWAL BY SUBJECT", 12),)},
            "NO_DLT", False, "follow-up ended on 2024-03-15, before it closed",
        ),
    ],
)  # fmt: skip
def test_who_was_not_treated_or_not_followed(told, verdict, evaluable, text) -> None:
    with_doses = study(rules=RULES, evaluability={
        "minimum_dose": ">=80%", "assessments": [], "citation": "3.4"})  # fmt: skip
    found = _assessed(in_study=with_doses, **told)
    assert (found.verdict, found.evaluable, found.window_text) == (verdict, evaluable, text)


def test_subjects_are_assessed_in_order_each_by_itself() -> None:
    many = {u: facts(*all_taken(), usubjid=u) for u in ("S-2", "S-1")}
    found = assess(many, STUDY, day(10))
    assert [s.usubjid for s in found] == ["S-1", "S-2"]
    assert found[0] == assess_subject(many["S-1"], STUDY, day(10))


def test_what_came_later_is_not_known() -> None:
    assert _assessed(DLT_EVENT, as_of=11, cycles={}) == _assessed(as_of=11, cycles={})


@st.composite
def values(draw) -> list:
    """Graded counts of different days of cycle 1."""
    days = draw(st.lists(st.integers(2, 21), max_size=6, unique=True))
    return [observed(draw(st.sampled_from([ANC, PLT])), n, draw(st.integers(0, 4))) for n in days]


@given(values(), st.randoms())
def test_the_order_of_records_changes_nothing(records, random) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)
    assert _assessed(*shuffled) == _assessed(*records)


@given(values(), st.integers(0, 5))
def test_a_worse_grade_never_takes_a_dlt_away(records, which) -> None:
    if not records or _assessed(*records).verdict != "DLT":
        return
    o = records[which % len(records)]
    worse = observed(o.term, (o.when.first_day - day(1)).days + 1, min(o.lowest + 1, 4))
    others = [r for r in records if r is not o]
    assert _assessed(*others, worse).verdict == "DLT"


@given(values(), st.integers(2, 39))
def test_a_dlt_of_values_is_not_undone_by_a_later_day(records, as_of) -> None:
    cycles = {2: 22} if as_of >= 22 else {}
    if _assessed(*records, as_of=as_of, cycles=cycles).verdict == "DLT":
        assert _assessed(*records, as_of=40).verdict == "DLT"
