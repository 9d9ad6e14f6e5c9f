"""DLT candidates: met, not met, or what is missing."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.candidates import COLUMNS, find
from safety.assess.grades import grade_events
from tests import build
from tests.build import event, exposed, exposures, graded_day, graded_days, records

NO_VALUES = [graded_day("2024-02-01", 0, TRTEMFL="")]


def _rules(**changes) -> dict:
    content = build.study_content()["dose_limiting"]
    rules = [r | changes for r in content["rules"]]
    return {"dose_limiting": content | {"rules": rules}}


def _find(events=(), values=NO_VALUES, taken=None, **study) -> pd.DataFrame:
    used = build.study(**study)
    rows = records("AE", *(events or [event()]))
    graded = grade_events(rows if events else rows.iloc[:0], exposures(taken or exposed()), used)
    measured = graded_days(*values)
    return find(measured, graded, used)


def _states(found: pd.DataFrame) -> list[list]:
    return found[["RULE", "STATE", "MISSING"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grade": "3"}, [["P1", "met", ""]]),
        ({"grade": "2"}, []),
        ({"grade": "5"}, [["P1", "met", ""]]),
        ({"grade": "3", "AEREL": "NONE"}, []),
        ({"grade": "3", "AEREL": None}, [["P1", "met", "attribution (taken as related)"]]),
        ({"grade": None, "AESEV": "SEVERE"}, [["P1", "met", ""]]),  # 3 or 4: either is enough
        ({"grade": None, "AESEV": "MODERATE"}, []),
        ({"grade": None}, [["P1", "not_evaluable", "grade"]]),
        # window is study day 1 to 21
        ({"grade": "3", "AESTDTC": "2024-02-29"}, []),
        ({"grade": "3", "AESTDTC": "2024-03-01"}, [["P1", "met", ""]]),
        ({"grade": "3", "AESTDTC": "2024-03-21"}, [["P1", "met", ""]]),
        ({"grade": "3", "AESTDTC": "2024-03-22"}, []),
        ({"grade": "3", "AESTDTC": "2024-03"}, [["P1", "not_evaluable", "onset date"]]),
        ({"grade": "3", "AESTDTC": "2024-04"}, []),
        ({"grade": "3", "AESTDTC": None}, [["P1", "not_evaluable", "onset date"]]),
        (
            {"grade": None, "AESTDTC": "2024", "AEREL": None},
            [["P1", "not_evaluable", "grade;onset date;attribution (taken as related)"]],
        ),
    ],
)
def test_events(changes, expected) -> None:
    assert _states(_find([event(**changes)])) == expected


def test_an_excepted_term_is_not_a_candidate() -> None:
    severe = event(grade="4", AEDECOD="Alopecia")
    assert len(_find([severe])) == 1
    assert len(_find([severe], **_rules(except_terms=["Alopecia"]))) == 0


def test_a_rule_that_does_not_ask_for_relation() -> None:
    unrelated = event(grade="3", AEREL="NONE")
    found = _find([unrelated], **_rules(related=False))
    assert _states(found) == [["P1", "met", ""]]


def test_events_of_an_untreated_subject_are_no_candidates() -> None:
    taken = exposed(TRTSDT=None, TRTEDT=None)
    assert len(_find([event(grade="4")], taken=taken)) == 0


def test_one_row_a_subject_and_term_with_the_first_onset() -> None:
    found = _find(
        [
            event("1", grade="4", AESTDTC="2024-03-09"),
            event("2", grade="3", AESTDTC="2024-03-04"),
            event("3", grade=None, AESTDTC="2024-03-02"),
        ]
    )
    row = found.iloc[0]
    assert len(found) == 1
    assert (row["STATE"], row["ONSETDT"], row["ONSETDY"], row["GRADES"]) == (
        "met", "2024-03-04", 4, "3",
    )  # fmt: skip
    assert row["EVIDENCE"] == "AE|S1|2;AE|S1|1;AE|S1|3"


@pytest.mark.parametrize(
    ("grade", "day", "changes", "expected"),
    [
        (4, "2024-03-05", {}, [["P2", "met", ""]]),
        (3, "2024-03-05", {}, []),
        (4, "2024-03-21", {}, [["P2", "met", ""]]),
        (4, "2024-03-22", {}, []),
        (4, "2024-02-28", {"TRTEMFL": ""}, []),
        (4, "2024-03-05", {"TRTEMFL": ""}, []),
        (None, "2024-03-05", {"REASONS": "unit_missing"},
         [["P2", "not_evaluable", "unit_missing"]]),
        (None, "2024-03-05", {"NUMPOSS": "0|1"}, []),
        (None, "2024-03-05", {"NUMPOSS": "3|4", "REASONS": "value_censored"},
         [["P2", "not_evaluable", "value_censored"]]),
    ],
)  # fmt: skip
def test_values(grade, day, changes, expected) -> None:
    assert _states(_find(values=[graded_day(day, grade, **changes)])) == expected


@pytest.mark.parametrize(("base", "states"), [(3, ["met"]), (4, []), (None, ["met"])])
def test_a_value_must_be_worse_than_baseline(base, states) -> None:
    rows = [graded_day("2024-03-05", 4, BTOXGR=base)]
    assert _find(values=rows)["STATE"].tolist() == states
    assert _find(values=rows, **_rules(worsened=False))["STATE"].tolist() == ["met"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (5, 5, [["met", ""]]),
        (1, 21, [["met", ""]]),
        (1, 31, [["not_evaluable", "first-dose date"]]),
        (-9, 21, [["not_evaluable", "first-dose date"]]),
        (22, 52, []),
        (-30, -1, []),
        (None, None, [["not_evaluable", "first-dose date"]]),
    ],
)
def test_a_value_of_a_partial_date(first, last, expected) -> None:
    row = graded_day("2024-03-05", 4, ADY=None, ADYMIN=first, ADYMAX=last)
    assert _find(values=[row])[["STATE", "MISSING"]].to_numpy().tolist() == expected


def test_a_partial_sample_date_is_what_is_missing() -> None:
    row = graded_day("2024-03-05", 4, ADTMAX="2024-03-31", ADY=None, ADYMIN=5, ADYMAX=31)
    assert _find(values=[row])["MISSING"].tolist() == ["sample date"]


@pytest.mark.parametrize(
    ("possible", "base", "states"),
    [
        ("3|4", 2, ["met"]),
        ("3|4", 3, ["not_evaluable"]),  # 3 is no change, 4 is one
        ("3|4", 4, []),
        ("2|3", 3, []),
        ("2|3|4", 3, ["not_evaluable"]),
    ],
)
def test_an_open_grade_against_the_baseline(possible, base, states) -> None:
    row = graded_day("2024-03-05", None, NUMPOSS=possible, BTOXGR=base, REASONS="value_censored")
    assert _find(values=[row], **_rules(min_grade=3))["STATE"].tolist() == states


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ("2024-03-25", [["P1", "not_evaluable", "first-dose date"]]),  # study day -6 to 25
        ("2024-04-25", []),  # at least day 26
        ("2024-02-25", []),
    ],
)
def test_the_window_of_a_partial_first_dose(onset, expected) -> None:
    taken = exposed(TRTSDT="2024-03-01", TRTSDTMAX="2024-03-31", TRTEDT=None)
    assert _states(_find([event(grade="4", AESTDTC=onset)], taken=taken)) == expected


def test_a_value_names_its_evidence() -> None:
    row = _find(values=[graded_day("2024-03-05", 4), graded_day("2024-03-03", 4)]).iloc[0]
    assert (row["TERM"], row["DIRECTION"], row["ONSETDY"]) == ("ALT increased", "high", 3)
    assert row["EVIDENCE"] == "LB|S1|ALT|2024-03-03;LB|S1|ALT|2024-03-05"


def test_nothing_to_propose() -> None:
    found = _find()
    assert (len(found), list(found.columns)) == (0, COLUMNS)


def test_a_study_without_rules() -> None:
    content = build.study_content()["dose_limiting"] | {"rules": []}
    assert len(_find([event(grade="5")], dose_limiting=content)) == 0


def test_the_order_of_rows_does_not_matter() -> None:
    events = [event(str(i), grade=str(i), AEDECOD=f"T{i % 2}") for i in range(1, 6)]
    assert _find(events).to_dict("records") == _find(events[::-1]).to_dict("records")
