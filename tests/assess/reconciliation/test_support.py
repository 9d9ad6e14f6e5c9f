"""Events of laboratory terms beside results."""

from __future__ import annotations

from datetime import date

from safety.assess.reconciliation.support import laboratory_terms
from tests.assess.reconciliation.course import ae, alt, compared

AS_OF = date(2024, 4, 1)


def test_an_event_of_a_laboratory_term_needs_a_result() -> None:
    events = [ae("1", "1", "2024-03-10", "2024-03-11"), ae("2", "1", "2024-03-10", None, "Nausea")]
    lacking = {"AE|S1|1": "no result within 7 days supports it"}
    assert compared([], events, "UNSUPPORTED", AS_OF) == lacking
    assert compared([alt("2024-03-10", 0)], events, "UNSUPPORTED", AS_OF) == lacking
    assert compared([alt("2024-03-19", 1)], events, "UNSUPPORTED", AS_OF) == lacking
    assert compared([alt("2024-03-18", 1)], events, "UNSUPPORTED", AS_OF) == {"AE|S1|1": ""}
    # a value that may be of a grade is enough
    assert compared([alt("2024-03-10", None)], events, "UNSUPPORTED", AS_OF) == {"AE|S1|1": ""}


def test_a_result_of_any_day_that_a_partial_date_may_mean_supports() -> None:
    lacking = {"AE|S1|1": "no result within 7 days supports it"}
    for events in (
        [ae("1", "3", "2024-03", "2024-03-15")],
        [ae("1", "3", "2024-02-28", "2024-03")],
    ):
        assert compared([alt("2024-03-10", 3)], events, "UNSUPPORTED", AS_OF) == {"AE|S1|1": ""}
        assert compared([alt("2024-02-10", 3)], events, "UNSUPPORTED", AS_OF) == lacking
    undated = [ae("1", "3", None, None)]
    assert compared([], undated, "UNSUPPORTED", AS_OF) == {}


def test_what_is_told_life_threatening_is_so_by_its_results() -> None:
    events = [ae("1", "4", "2024-03-10", "2024-03-14", AESLIFE="Y")]
    text = "told life-threatening, but no result of its time is above grade 2"
    assert compared([alt("2024-03-12", 2)], events, "NOTGRAVE", AS_OF) == {"AE|S1|1": text}
    assert compared([alt("2024-03-12", 3)], events, "NOTGRAVE", AS_OF) == {"AE|S1|1": ""}
    assert compared([alt("2024-03-12", None)], events, "NOTGRAVE", AS_OF) == {"AE|S1|1": ""}
    assert compared([], events, "NOTGRAVE", AS_OF) == {}
    mild = [row | {"AESLIFE": "N"} for row in events]
    assert compared([alt("2024-03-12", 2)], mild, "NOTGRAVE", AS_OF) == {}


def test_laboratory_terms() -> None:
    terms = laboratory_terms("5.0")
    assert {"Anemia", "CPK increased", "Proteinuria"} <= terms
    assert not {"Hypertension", "Febrile neutropenia", "Fever", "Nausea"} & terms
