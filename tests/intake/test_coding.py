"""Reported events beside CTCAE: which rows are compared, and what a query says."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from safety.intake.coding import QUERIES, with_queries
from safety.study.feeds import Coding, Domain
from tests.build import event, intake, measurement

BOTH = Coding(term="AEDECOD", code="AELLTCD")


def queries(*rows: dict, coding: Coding | None = BOTH) -> list[dict[str, str]]:
    """The queries of each row that were compared, by column."""
    frame = with_queries(intake("AE", *rows), coding, "5.0").records[list(QUERIES)]
    return [{k: v for k, v in row.items() if pd.notna(v)} for row in frame.to_dict("records")]


def test_a_row_without_problems_has_empty_queries() -> None:
    assert queries(event(AELLTCD="10028813")) == [dict.fromkeys(QUERIES, "")]


@pytest.mark.parametrize(
    ("changes", "query", "says"),
    [
        ({"AEDECOD": "Alopecia", "grade": "3"}, "GRADEQUERY",
         "AETOXGR: 'Alopecia' has grades 1, 2 only in CTCAE 5.0, not 3."),
        ({"grade": "4"}, "GRADEQUERY",
         "AETOXGR: 'Nausea' has grades 1, 2, 3 only in CTCAE 5.0, not 4."),
        ({"AEDECOD": "Anaemia"}, "TERMQUERY",
         "AEDECOD: 'Anaemia' is not a CTCAE 5.0 term. Perhaps: Anemia."),
        ({"AEDECOD": "Thrombocytopenia"}, "TERMQUERY",
         "AEDECOD: 'Thrombocytopenia' is a term of CTCAE 6.0, not of 5.0. Perhaps: Platelet"),
        ({"AELLTCD": "10002272"}, "PAIRQUERY",
         "AELLTCD: 10002272 is 'Anemia', but the name says 'Nausea'; the grade was not"),
        ({"AELLTCD": "1"}, "CODEQUERY",
         "AELLTCD: 1 is not the code of a CTCAE 5.0 term. Perhaps: 10028813."),
    ],
)  # fmt: skip
def test_a_query_names_the_cell_and_what_is_suggested(changes, query, says) -> None:
    (found,) = queries(event(**changes))
    assert {k for k, v in found.items() if v} == {query}
    assert found[query].startswith(says)


@pytest.mark.parametrize(
    ("changes", "compared"),
    [
        ({"AEDECOD": None}, set()),
        ({"AEDECOD": None, "AELLTCD": "10028813"}, {"CODEQUERY", "GRADEQUERY"}),
        ({"grade": None}, {"TERMQUERY"}),
        ({"grade": "severe"}, {"TERMQUERY"}),  # what is no grade has its own check
        ({"AEDECOD": "sick"}, {"TERMQUERY"}),
        ({"AEDECOD": "sick", "AELLTCD": "10028813"}, {"TERMQUERY", "CODEQUERY", "GRADEQUERY"}),
        ({"AELLTCD": "1"}, {"TERMQUERY", "CODEQUERY", "GRADEQUERY"}),
        ({"AELLTCD": "10002272"}, {"TERMQUERY", "CODEQUERY", "PAIRQUERY"}),
    ],
)
def test_what_cannot_be_compared_is_missing_not_well(changes, compared) -> None:
    (found,) = queries(event(**changes))
    assert set(found) == compared


def test_the_term_stands_where_the_study_says() -> None:
    row = event(AETERM="Anaemia", AELLT="Anemia", AEDECOD="Anaemia")
    assert queries(row, coding=Coding(term="AELLT"))[0]["TERMQUERY"] == ""
    assert queries(row, coding=Coding(term="AETERM"))[0]["TERMQUERY"].startswith("AETERM: 'An")


def test_a_number_as_code_is_read_whatever_its_form() -> None:
    assert queries(event(AELLTCD="10028813.0"))[0]["CODEQUERY"] == ""


def test_without_coding_nothing_is_compared() -> None:
    assert queries(event(AEDECOD="Anaemia", grade="5"), coding=None) == [{}]


def test_rows_keep_their_place_in_the_file() -> None:
    first = event("1")
    found = with_queries(intake("AE", first, first, event("2", grade="4")), BOTH, "5.0").records
    assert found.index[found["GRADEQUERY"].fillna("").ne("")].tolist() == [3]


@pytest.mark.parametrize(
    ("missing", "coding", "absent"),
    [
        ({"AEDECOD"}, BOTH, {"CTCAETERM", "CTCAECODE", "GRADEQUERY"}),  # `event` has no AELLTCD
        (set(), BOTH, {"CTCAECODE"}),
        ({"AEDECOD"}, Coding(term="AEDECOD"), {"CTCAETERM", "GRADEQUERY"}),
        ({"AETOXGR"}, Coding(term="AEDECOD"), {"CTCAEGR"}),
        (set(), Coding(term="AEDECOD"), set()),
        ({"AEDECOD", "AETOXGR"}, None, set()),
    ],
)
def test_what_is_made_from_an_absent_column_is_absent(missing, coding, absent) -> None:
    before = intake("AE", {k: v for k, v in event().items() if k not in missing})
    after = with_queries(before, coding, "5.0")
    assert after.absent - before.absent == absent


def test_other_records_are_left_alone() -> None:
    found = intake("LB", measurement())
    assert with_queries(found, None, "5.0") is found


def test_coding_belongs_to_adverse_events() -> None:
    with pytest.raises(ValidationError, match="coding belongs to a domain of adverse events"):
        Domain.model_validate({"record": "dose", "key": ["USUBJID"], "coding": {"term": "AEDECOD"}})
