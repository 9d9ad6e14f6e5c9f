"""To which drugs an event is related; what is not said counts as related, with a query."""

from __future__ import annotations

import pytest

from safety.assess.attribution import (
    attribute_test,
    drugs_of,
    is_related,
    of_reports,
    unreported,
)
from tests.assess.engine import (
    ANC,
    EVERY_DRUG,
    MET,
    NOT,
    PLT,
    at,
    case,
    judged,
    observed,
    reported,
    source,
    study,
)

YES = dict.fromkeys(EVERY_DRUG, MET)
NO = dict.fromkeys(EVERY_DRUG, NOT)
SEVERE = {"toxicity": [ANC], "grade": ">=3"}


def by(sur, tmz, s1) -> dict:
    return dict(zip(EVERY_DRUG, (sur, tmz, s1), strict=True))


@pytest.mark.parametrize(
    ("related", "cause", "expected", "unattributed", "query"),
    [
        (True, False, YES, False, None),
        (by(True, False, False), False, by(MET, NOT, NOT), False, None),
        (None, False, YES, True, "attribution missing, taken as related"),
        (by(True, None, False), False, by(MET, MET, NOT), False, "missing for temozolomide"),
        (by(False, None, False), True, by(NOT, MET, NOT), True, "attribution missing, taken"),
        (False, True, NO, False, None),
        (False, False, YES, True, "unrelated without a documented other cause"),
        ({}, False, YES, True, "attribution missing, taken as related"),
    ],
)
def test_what_a_report_says(related, cause, expected, unattributed, query) -> None:
    told = of_reports([reported(ANC, 3, 10, 12, related=related, cause=cause)], study())
    assert told.related == expected
    assert told.unattributed is unattributed
    assert len(told.queries) == (query is not None)
    assert all(query in q for q in told.queries)


def test_unrelated_needs_no_cause_where_the_study_says_so() -> None:
    told = of_reports([reported(ANC, 3, 10, related=False)], study(unrelated_needs_cause=False))
    assert (told.related, told.queries) == (NO, ())


def test_one_related_row_is_enough() -> None:
    rows = [reported(ANC, 3, 10, related=False, cause=True), reported(ANC, 3, 12, row=1)]
    assert of_reports(rows, study()).related == YES
    assert of_reports([], study()) == (YES, True, ())


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], YES),  # no adverse event: related, with a query
        ([reported(ANC, 3, 8, 12, related=False, cause=True)], NO),
        # a milder report does not speak for it, one of grade 4 does
        ([reported(ANC, 2, 8, 12, related=False, cause=True)], YES),
        ([reported(ANC, 4, 8, 12, related=False, cause=True)], NO),
        ([reported(ANC, 3, 10, 12, related=False, cause=True)], NO),
        ([reported(ANC, 3, 11, 12, related=False, cause=True)], YES),  # starts after the finding
        ([reported(ANC, 3, 5, 7, related=False, cause=True)], NO),  # over 3 days before
        ([reported(ANC, 3, 5, 6, related=False, cause=True)], YES),  # over 4 days before
        ([reported(ANC, 3, 5, None, related=False, cause=True)], NO),
        ([reported("Anemia", 3, 8, 12, related=False, cause=True)], YES),
    ],
)
def test_a_finding_is_attributed_as_the_report_of_its_time(records, expected) -> None:
    found = judged(SEVERE | {"source": "measured"}, observed(ANC, 10, 3), *records)[0]
    assert found.related == expected
    assert found.unattributed is (expected == YES)
    assert bool(found.queries) is (expected == YES)


def test_an_old_milder_report_does_not_silence_a_worse_value() -> None:
    """Review A0: cirrhosis explained the grade 1, nobody said what caused the grade 4."""
    mild = reported(PLT, 1, 5, None, related=False, cause=True)
    found = judged({"toxicity": [PLT], "grade": ">=4"}, observed(PLT, 15, 4), mild)[0]
    assert (found.related, found.unattributed, len(found.queries)) == (YES, True, 1)


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        (None, False, YES),  # a later word does not take the value out
        (False, False, NO),
        (False, by(False, True, False), by(NOT, MET, NOT)),  # but it can add a drug
        (False, True, YES),
    ],
)
def test_a_row_that_begins_after_the_first_value_can_only_add_a_drug(
    first, later, expected
) -> None:
    rows = [reported(ANC, 3, 11, 14, related=later, cause=True, row=1)]
    if first is not None:
        rows.append(reported(ANC, 3, 8, 10, related=first, cause=True))
    found = judged(SEVERE, observed(ANC, 9, 3), *rows)[0]
    assert found.related == expected


def test_a_query_names_every_term_a_finding_may_be_reported_as() -> None:
    assert unreported(source("AST 900 U/L", at(10)), {"Rash", "Nausea"}) == (
        "AST 900 U/L on 2024-03-13: no adverse event Nausea or Rash reported; "
        "attribution missing, taken as related"
    )


def test_a_query_names_finding_day_and_term() -> None:
    text = f"{ANC} 3-3 on 2024-03-13: no adverse event {ANC} reported"
    found = judged(SEVERE, observed(ANC, 10, 3))[0]
    assert found.queries == (f"{text}; attribution missing, taken as related",)


@pytest.mark.parametrize(
    ("test", "term", "expected"),
    [("NEUT", ANC, NO), ("NEUT", "Anemia", YES), ("PROT/URINE", "Proteinuria", NO),
     ("PROT", "Proteinuria", YES)],
)  # fmt: skip
def test_a_value_is_attributed_by_the_terms_its_test_is_graded_by(test, term, expected) -> None:
    about = case(reported(term, 2, 8, 12, related=False, cause=True))
    assert attribute_test(test, source("x", at(10)), at(10), about).related == expected


def test_a_study_without_drugs_has_one_attribution() -> None:
    assert drugs_of(study(treated=False)) == ("",)
    told = of_reports([reported(ANC, 3, 10, related={"": False}, cause=True)], study(treated=False))
    assert told.related == {"": NOT}


def test_related_to_any_drug_is_related() -> None:
    assert is_related(by(NOT, MET, NOT)) is MET
    assert is_related(NO) is NOT
