"""Grades of measurements and of reported events."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.analysis import analysis_measurements
from safety.assess.grades import (
    combine_directions,
    grade_events,
    grade_measurements,
    highest,
    lowest,
    superseded,
)
from tests import build
from tests.build import event, exposed, exposures, measurement, records, subject


def _measured(study, *rows, taken=None) -> pd.DataFrame:
    frame = analysis_measurements(
        records("LB", *rows), records("DM", subject()), exposures(taken or exposed()), study
    )
    return grade_measurements(frame, study)


def _events(study, *rows, taken=None) -> pd.DataFrame:
    return grade_events(records("AE", *rows), exposures(taken or exposed()), study)


def test_one_row_a_measurement_and_term(study) -> None:
    found = _measured(study, measurement(value="130"), measurement("K", "6.5", "mmol/L"))
    assert found["KEY"].tolist() == [
        "LB|S1|ALT|1|2024-03-10#Alanine aminotransferase increased#high",
        "LB|S1|K|1|2024-03-10#Hyperkalemia#high",
        "LB|S1|K|1|2024-03-10#Hypokalemia#low",
    ]
    assert found["MKEY"].tolist()[0] == "LB|S1|ALT|1|2024-03-10"


@pytest.mark.parametrize(
    ("day", "after", "flag"),
    [
        ("2024-02-28", "", ""),
        ("2024-03-02", "Y", "Y"),
        ("2024-04-19", "Y", "Y"),  # 30 days after the last dose on 2024-03-20
        ("2024-04-20", "Y", ""),
    ],
)
def test_treatment_emergent_values(study, day, after, flag) -> None:
    found = _measured(study, measurement(day=day))
    assert (found["POSTFL"].tolist(), found["TRTEMFL"].tolist()) == ([after], [flag])


def test_while_treatment_goes_on_every_later_value_is_emergent(study) -> None:
    taken = exposed(TRTEDT=None)
    found = _measured(study, measurement(day="2026-01-01"), taken=taken)
    assert found["TRTEMFL"].tolist() == ["Y"]


def test_values_of_an_untreated_subject_are_not_treatment_emergent(study) -> None:
    taken = exposed(TRTSDT=None, TRTEDT=None)
    assert _measured(study, measurement(), taken=taken)["TRTEMFL"].tolist() == [""]


def test_what_was_not_done_is_not_graded(study) -> None:
    found = _measured(study, measurement(value=None, LBSTAT="NOT DONE"), measurement(VISITNUM="2"))
    assert found["MKEY"].tolist() == ["LB|S1|ALT|2|2024-03-10"]


def test_policy_of_the_study_is_used() -> None:
    row = measurement("K", "3.2", "mmol/L", LBORNRLO="3.5", LBORNRHI="5")
    low = [_measured(build.study(policy=p), row) for p in ("number_only", "worst_case")]
    assert [f.query("DIRECTION == 'low'")["ATOXGR"].item() for f in low] == [1, 2]  # D12


@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ({"grade": "3"}, "3"),
        ({"grade": "1", "AESEV": "SEVERE"}, "1"),  # the reported grade stands
        # what contradicts the reported grade leaves the higher one open
        ({"grade": "2", "AESDTH": "Y"}, "2|5"),
        ({"grade": "2", "AEOUT": "FATAL"}, "2|5"),
        ({"grade": "2", "AESLIFE": "Y"}, "2|4"),
        ({"grade": "2", "AESLIFE": "Y", "AESDTH": "Y"}, "2|5"),
        ({"grade": "5", "AESLIFE": "Y", "AEOUT": "FATAL"}, "5"),
        ({"grade": "4", "AESLIFE": "Y"}, "4"),
        ({"grade": None}, "1|2|3|4|5"),
        ({"grade": "9"}, "1|2|3|4|5"),
        ({"grade": None, "AESEV": "MILD"}, "1"),
        ({"grade": None, "AESEV": "SEVERE"}, "3|4"),
        ({"grade": None, "AESEV": "severe"}, "3|4"),  # letter case means nothing
        ({"grade": None, "AESEV": "AWFUL"}, "1|2|3|4|5"),  # not on the study's scale
        ({"grade": "4.0", "AESEV": "MODERATE"}, "4"),
        ({"grade": "GRADE 4", "AESEV": "MILD"}, "1|2|3|4|5"),  # a grade nobody can read
        ({"grade": None, "AESEV": "MODERATE", "AEOUT": "Fatal"}, "5"),
        ({"grade": None, "AESEV": "SEVERE", "AESLIFE": "Y"}, "4"),
        ({"grade": None, "AESEV": "MILD", "AESLIFE": "Y"}, "1|4"),  # they disagree
        ({"grade": None, "AESDTH": "Y"}, "5"),
        ({"grade": None, "AESEV": "MILD", "AEOUT": "FATAL"}, "5"),
    ],
)
def test_possible_grades_of_an_event(study, changes, possible) -> None:
    found = _events(study, event(**changes))
    assert found["POSSIBLE"].tolist() == [possible]


def test_a_missing_grade_stays_missing(study) -> None:
    found = _events(study, event(grade=None, AESEV="MILD"), event("2", grade="4"))
    assert found["ATOXGR"].fillna(-1).tolist() == [-1, 4]


def test_without_a_scale_severity_says_nothing() -> None:
    found = _events(build.study(severity=None), event(grade=None, AESEV="MILD"))
    assert found["POSSIBLE"].tolist() == ["1|2|3|4|5"]


@pytest.mark.parametrize(
    ("attribution", "related"),
    [("POSSIBLE", "Y"), ("NONE", "N"), (None, ""), ("MAYBE", ""), ("none", "N")],
)
def test_attribution(study, attribution, related) -> None:
    assert _events(study, event(AEREL=attribution))["REL"].tolist() == [related]


@pytest.mark.parametrize(
    ("start", "flag", "first", "last"),
    [
        ("2024-02-29", "N", -1, -1),
        ("2024-03-01", "Y", 1, 1),
        ("2024-04-19", "Y", 50, 50),
        ("2024-04-20", "N", 51, 51),
        ("2024-03", "Y", 1, 31),
        ("2024-02", "N", -29, -1),
        ("2024-04", "U", 32, 61),  # may be after the end of the period
        ("2024", "U", -60, 306),
        (None, "U", None, None),
    ],
)
def test_treatment_emergent_events(study, start, flag, first, last) -> None:
    row = _events(study, event(AESTDTC=start)).iloc[0]
    days = [None if pd.isna(row[c]) else row[c] for c in ("ASTDYMIN", "ASTDYMAX")]
    assert (row["TRTEMFL"], *days) == (flag, first, last)


@pytest.mark.parametrize("start", ["2024-03-05", None])
def test_events_of_an_untreated_subject(study, start) -> None:
    taken = exposed(TRTSDT=None, TRTEDT=None)
    assert _events(study, event(AESTDTC=start), taken=taken)["TRTEMFL"].tolist() == ["N"]


@pytest.mark.parametrize(
    ("start", "flag", "first", "last"),
    [
        ("2024-02-29", "N", -31, -1),
        ("2024-03-15", "U", -16, 15),  # before or after the first dose
        ("2024-03-31", "Y", 1, 31),
    ],
)
def test_events_around_a_partial_first_dose(study, start, flag, first, last) -> None:
    taken = exposed(TRTSDT="2024-03-01", TRTSDTMAX="2024-03-31", TRTEDT=None)
    row = _events(study, event(AESTDTC=start), taken=taken).iloc[0]
    assert (row["TRTEMFL"], row["ASTDYMIN"], row["ASTDYMAX"]) == (flag, first, last)
    assert pd.isna(row["ASTDY"])


def test_study_day_of_a_partial_start_is_missing(study) -> None:
    found = _events(study, event(AESTDTC="2024-03"), event("2"))
    assert found["ASTDY"].fillna(-99).tolist() == [-99, 5]


def test_no_events(study) -> None:
    found = grade_events(records("AE", event()).iloc[:0], exposures(exposed()), study)
    assert (len(found), {"POSSIBLE", "REL", "TRTEMFL"} <= set(found.columns)) == (0, True)


def test_ends_of_possible_grades() -> None:
    texts = pd.Series(["1|2|3", "4", "", None], dtype="str")
    assert (highest(texts).tolist(), lowest(texts).tolist()) == ([3, 4, 0, 0], [1, 4, 0, 0])


@pytest.mark.parametrize(
    ("low", "high", "combined"),
    [
        (0, 0, 0),
        (2, 0, -2),
        (4, None, -4),
        (0, 3, 3),
        (None, 1, 1),
        (1, 2, -1),  # low wins
        (0, None, None),  # what is missing may be a grade
        (None, 0, None),
        (None, None, None),
    ],
)
def test_two_directions_in_one_grade_d30(low, high, combined) -> None:
    one = [pd.Series([g], index=[7], dtype="Int8") for g in (low, high)]
    found = combine_directions(*one)
    assert (found.dtype, found.index.tolist()) == ("Int8", [7])
    assert (None if pd.isna(found[7]) else found[7]) == combined


def test_two_directions_of_no_values() -> None:
    none = pd.Series([], dtype="Int8")
    assert combine_directions(none, none).dtype == "Int8"


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ("superseded", True),
        ("derived;superseded", True),
        ("superseded;likely_unit=g/L", True),
        ("", False),
        ("derived", False),
    ],
)
def test_superseded_rows_are_told_by_their_reasons(reasons, expected) -> None:
    assert superseded(pd.DataFrame({"REASONS": [reasons]})).tolist() == [expected]
