"""Worst treatment-emergent grade of each subject and term."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess.grades import grade_events
from safety.assess.worst import of_events, of_measurements
from tests import build
from tests.build import event, exposed, exposures, graded_day, graded_days, records

BASELINE = {"ABLFL": "Y", "POSTFL": "", "TRTEMFL": ""}


def _worst(*rows) -> dict:
    found = of_measurements(graded_days(*rows))
    plain = found.astype("object").where(found.notna(), None)
    assert len(plain) == 1
    return plain.iloc[0].to_dict()


def _events(*rows) -> pd.DataFrame:
    return of_events(grade_events(records("AE", *rows), exposures(exposed()), build.study()))


def test_the_highest_grade_after_the_first_dose() -> None:
    found = _worst(
        graded_day("2024-02-28", 1, **BASELINE),
        graded_day("2024-03-05", 2, BTOXGR=1),
        graded_day("2024-03-06", 3, BTOXGR=1),
        graded_day("2024-03-07", None, BTOXGR=1),
    )
    assert {k: found[k] for k in ("BASEGR", "WORSTGR", "WORSTPOS", "TRTEMFL")} == {
        "BASEGR": 1, "WORSTGR": 3, "WORSTPOS": 4, "TRTEMFL": "Y",
    }  # fmt: skip
    assert [found[k] for k in ("VALUES", "GRADED", "UNGRADED")] == [3, 2, 1]


@pytest.mark.parametrize(
    ("base", "after", "base_grade", "flag"),
    [
        (0, 1, 0, "Y"),
        (2, 2, 2, ""),
        (3, 2, 3, ""),
        (None, 1, None, "Y"),  # a baseline without a grade: any grade is worse
        (None, 0, None, ""),
        (0, None, 0, ""),  # nothing graded: not called worse, but counted
    ],
)
def test_worse_than_baseline(base, after, base_grade, flag) -> None:
    baseline = graded_day("2024-02-28", base, BTOXGR=base, **BASELINE)
    found = _worst(baseline, graded_day("2024-03-05", after, BTOXGR=base))
    assert (found["BASEGR"], found["WORSTGR"], found["TRTEMFL"]) == (base_grade, after, flag)


def test_no_baseline_at_all() -> None:
    found = _worst(graded_day("2024-03-05", 1))
    assert (found["BASEGR"], found["TRTEMFL"]) == (None, "Y")


def test_each_value_is_held_against_its_own_baseline() -> None:
    # lying 3 from a baseline of 3, standing 2 from a baseline of 1: the second is worse
    found = _worst(
        graded_day("2024-03-05", 3, BTOXGR=3, KEY="lying"),
        graded_day("2024-03-05", 2, BTOXGR=1, KEY="standing"),
    )
    assert (found["BASEGR"], found["WORSTGR"], found["TRTEMFL"]) == (3, 3, "Y")


@pytest.mark.parametrize("bases", [(2, 3), (3, 2)])
def test_of_equally_bad_values_the_lower_baseline_is_shown(bases) -> None:
    days = ("2024-03-05", "2024-03-06")
    found = _worst(*(graded_day(d, 3, BTOXGR=b) for d, b in zip(days, bases, strict=True)))
    assert (found["BASEGR"], found["TRTEMFL"]) == (2, "Y")


def test_values_before_treatment_are_not_the_worst() -> None:
    rows = [graded_day("2024-02-20", 4, TRTEMFL=""), graded_day("2024-03-05", 1)]
    assert _worst(*rows)["WORSTGR"] == 1


def test_directions_are_kept_apart() -> None:
    rows = [graded_day("2024-03-05", 1), graded_day("2024-03-05", 3, DIRECTION="low")]
    found = of_measurements(graded_days(*rows))
    assert found[["DIRECTION", "WORSTGR"]].to_numpy().tolist() == [["high", 1], ["low", 3]]


def test_no_values_after_treatment() -> None:
    found = of_measurements(graded_days(graded_day("2024-02-28", 1, **BASELINE)))
    assert (len(found), {"BASEGR", "WORSTGR", "UNGRADED"} <= set(found.columns)) == (0, True)


def test_the_worst_event_of_a_term() -> None:
    found = _events(
        event("1", grade="2", AESER="N", AEREL="NONE"),
        event("2", grade=None, AESEV="SEVERE", AESER="Y", AEREL="NONE"),
        event("3", grade="3", AEREL="POSSIBLE"),
    )
    row = found.iloc[0]
    assert (row["WORST"], row["MAXGR"], row["MINGR"]) == ("3|4", 4, 3)
    assert (row["RELATED"], row["SERIOUS"], row["EVENTS"]) == ("Y", "Y", 3)


@pytest.mark.parametrize(
    ("attribution", "related"), [("NONE", ""), ("POSSIBLE", "Y"), (None, "Y"), ("MAYBE", "Y")]
)
def test_an_event_without_attribution_counts_as_related(attribution, related) -> None:
    assert _events(event(AEREL=attribution))["RELATED"].tolist() == [related]


def test_events_before_treatment_are_left_out_and_undated_ones_are_not() -> None:
    found = _events(
        event("1", AESTDTC="2024-02-01", AEDECOD="Before"),
        event("2", AESTDTC=None, AEDECOD="Undated"),
    )
    assert found["TERM"].tolist() == ["Undated"]


def test_a_term_that_is_not_coded_is_shown_as_reported() -> None:
    row = _events(event(AEDECOD=None, AEBODSYS=None)).iloc[0]
    assert (row["TERM"], row["SOC"]) == ("sick", "(no system organ class)")


def test_no_events() -> None:
    empty = grade_events(records("AE", event()).iloc[:0], exposures(exposed()), build.study())
    assert len(of_events(empty)) == 0
