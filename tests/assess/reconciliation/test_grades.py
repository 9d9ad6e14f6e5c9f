"""Reported grades beside computed ones: literal rows, literal texts."""

from __future__ import annotations

from datetime import date

import pytest

from tests import trial
from tests.assess.reconciliation.course import ALT, ae, alt, compared, reconciled

AS_OF = date(2024, 4, 1)
UNREPORTED = f"{ALT} grade 3 without an adverse event"
RESULT = ": ALT 950 U/L (reference 0 to 40)"


def test_every_severe_value_without_an_event_is_asked_about() -> None:
    values = [alt("2024-03-10", 2), alt("2024-03-12", 3), alt("2024-03-14", 4)]
    assert compared(values, [], "UNREPORTED", AS_OF) == {
        "LB|S1|ALT|2024-03-12": f"{ALT} grade 3 without an adverse event",
        "LB|S1|ALT|2024-03-14": f"{ALT} grade 4 without an adverse event",
    }


@pytest.mark.parametrize("outcome", ["UNKNOWN", "RECOVERING/RESOLVING", None, "RECOVERED/RESOLVED"])
def test_severe_values_after_an_event_are_asked_about(outcome: str | None) -> None:
    events = [ae("1", "3", "2024-03-05", "2024-03-08", AEOUT=outcome)]
    values = [alt("2024-03-05", 3), alt("2024-03-11", 3), alt("2024-03-12", 3)]
    values += [alt("2024-03-19", 4)]
    found = reconciled(values, events, AS_OF, only=["UNREPORTED"])
    assert found[["KEY", "EPISODE", "UNREPORTED"]].to_numpy().tolist() == [
        [f"LB|S1|ALT|2024-03-{day}", f"S1|{ALT}|high|LB|S1|ALT|2024-03-05", text]
        for day, text in [
            ("05", ""), ("11", ""), ("12", UNREPORTED),
            ("19", f"{ALT} grade 4 without an adverse event"),
        ]
    ]  # fmt: skip


def test_a_result_that_is_severe_in_any_case_is_asked_about() -> None:
    either = alt("2024-03-12", None, POSSIBLE="3|4", NUMPOSS="3|4")
    assert compared([either], [], "UNREPORTED", AS_OF) == {
        "LB|S1|ALT|2024-03-12": f"{ALT} grade 3 or more without an adverse event"
    }
    mild = alt("2024-03-12", None, POSSIBLE="2|3", NUMPOSS="2|3")
    assert compared([mild], [], "UNREPORTED", AS_OF) == {}
    events = [ae("1", "1", "2024-03-10", "2024-03-14")]
    assert compared([either], events, "LOWERGRADE", AS_OF) == {
        "AE|S1|1": f"reported grade 1, but the value of 2024-03-12 is grade 3 or more{RESULT}"
    }
    assert compared([either], [ae("1", "3", "2024-03-10", None)], "LOWERGRADE", AS_OF) == {
        "AE|S1|1": ""
    }


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2024-03", None, ""),
        ("2024", "2024-03-31", ""),
        ("2024-04", None, ""),  # the value is three days before its earliest begin
        (None, None, ""),
        (None, "2024-03-31", ""),
        ("2024-03-02", "2024-03", ""),
        ("2024-02", "2024-03-25", UNREPORTED),
        (None, "2024-03-25", UNREPORTED),
        ("2024-02-02", "2024-02", UNREPORTED),
    ],
)
def test_an_event_of_a_partial_date_speaks_for_all_days_it_may_mean(
    start: str | None, end: str | None, text: str
) -> None:
    events = [ae("1", "3", start, end)]
    found = compared([alt("2024-03-29", 3)], events, "UNREPORTED", date(2024, 4, 20))
    assert found == {"LB|S1|ALT|2024-03-29": text}


def test_a_lower_grade_of_a_partial_date_is_asked_about_as_possible() -> None:
    values, later = [alt("2024-03-10", 4)], date(2024, 4, 20)
    text = (
        "reported grade 2, but the value of 2024-03-10, which may be of its time (its dates are "
        f"not complete), is grade 4{RESULT}"
    )
    assert compared(values, [ae("1", "2", "2024-03", None)], "LOWERGRADE", later) == {
        "AE|S1|1": text
    }
    assert compared(values, [ae("1", "4", "2024-03", None)], "LOWERGRADE", later) == {"AE|S1|1": ""}
    assert compared(values, [ae("1", "2", "2024-04", None)], "LOWERGRADE", later) == {}
    assert compared(values, [ae("1", "2", None, None)], "LOWERGRADE", later) == {}


def test_of_several_events_the_one_of_that_day_is_asked() -> None:
    values = [alt("2024-03-10", 4)]
    events = [ae("1", "2", "2024-03-09", "2024-03-12"), ae("2", "1", "2024-03", None)]
    found = compared(values, events, "LOWERGRADE", date(2024, 4, 20))
    assert found["AE|S1|1"] == f"reported grade 2, but the value of 2024-03-10 is grade 4{RESULT}"
    assert found["AE|S1|2"] == ""
    # the grade 4 may be that of the row without a date
    undated = [events[0], ae("3", "4", None, None)]
    assert compared(values, undated, "LOWERGRADE", date(2024, 4, 20)) == {"AE|S1|1": ""}


def test_a_usual_name_is_read_as_the_term_it_means() -> None:
    values = [alt("2024-03-10", 4)]
    events = [ae("1", "2", "2024-03-09", None, "ALT increased")]
    assert compared(values, events, "UNREPORTED", AS_OF) == {"LB|S1|ALT|2024-03-10": ""}
    assert compared(values, events, "LOWERGRADE", AS_OF) == {
        "AE|S1|1": f"reported grade 2, but the value of 2024-03-10 is grade 4{RESULT}"
    }
    other = [ae("1", "2", "2024-03-09", None, "Neutropenia")]
    assert compared(values, other, "UNREPORTED", AS_OF) == {
        "LB|S1|ALT|2024-03-10": f"{ALT} grade 4 without an adverse event"
    }
    low = [alt("2024-03-10", 4, TERM="Neutrophil count decreased", DIRECTION="low")]
    assert compared(low, other, "UNREPORTED", AS_OF) == {"LB|S1|ALT|2024-03-10": ""}


def test_a_name_that_may_mean_several_terms_is_a_report_of_each() -> None:
    events = [ae("1", "2", "2024-03-09", None, "Transaminases increased")]
    aspartate = "Aspartate aminotransferase increased"
    values = [alt("2024-03-10", 4), alt("2024-03-10", 4, MKEY="ast", TERM=aspartate)]
    found = compared(values, events, "UNREPORTED", AS_OF)
    assert found == {"LB|S1|ALT|2024-03-10": "", "ast": ""}
    assert compared(values, events, "LOWERGRADE", AS_OF) == {}
    assert compared([], events, "UNSUPPORTED", AS_OF) == {}


def test_an_event_three_days_away_speaks_for_it_and_one_four_days_away_does_not() -> None:
    values = [alt("2024-03-12", 3)]
    near = compared(values, [ae("1", "3", "2024-03-15", None)], "UNREPORTED", AS_OF)
    far = compared(values, [ae("1", "3", "2024-03-16", None)], "UNREPORTED", AS_OF)
    assert near == {"LB|S1|ALT|2024-03-12": ""}
    assert far == {"LB|S1|ALT|2024-03-12": f"{ALT} grade 3 without an adverse event"}


def test_three_days_are_left_to_the_site() -> None:
    values = [alt("2024-03-12", 3)]
    assert compared(values, [], "UNREPORTED", date(2024, 3, 15)) == {}
    assert len(compared(values, [], "UNREPORTED", date(2024, 3, 16))) == 1


def test_what_was_as_bad_before_treatment_is_no_news() -> None:
    assert compared([alt("2024-03-12", 3, BTOXGR=3)], [], "UNREPORTED", AS_OF) == {}
    before = alt("2024-02-20", 3, POSTFL="", BTOXGR=3)
    worse = [alt(day, 4, BTOXGR=3) for day in ("2024-03-12", "2024-03-19")]
    assert compared([before, alt("2024-03-05", 3, BTOXGR=3), *worse], [], "UNREPORTED", AS_OF) == {
        f"LB|S1|ALT|{day}": f"{ALT} grade 4 without an adverse event"
        for day in ("2024-03-12", "2024-03-19")
    }
    assert compared([alt("2024-03-12", 3, POSTFL="")], [], "UNREPORTED", AS_OF) == {}


def test_a_lower_reported_grade_is_asked_about() -> None:
    events = [ae("1", "2", "2024-03-10", "2024-03-14")]
    assert compared([alt("2024-03-17", 3)], events, "LOWERGRADE", AS_OF) == {
        "AE|S1|1": f"reported grade 2, but the value of 2024-03-17 is grade 3{RESULT}"
    }
    assert compared([alt("2024-03-18", 3)], events, "LOWERGRADE", AS_OF) == {}
    assert compared([alt("2024-03-17", 2)], events, "LOWERGRADE", AS_OF) == {"AE|S1|1": ""}


def test_days_are_left_to_enter_that_the_grade_changed() -> None:
    values, events = [alt("2024-03-14", 3)], [ae("1", "2", "2024-03-10", "2024-03-14")]
    assert compared(values, events, "LOWERGRADE", date(2024, 3, 21)) == {}
    assert len(compared(values, events, "LOWERGRADE", date(2024, 3, 22))) == 1
    within = [alt("2024-03-13", 3)]
    assert len(compared(within, events, "LOWERGRADE", date(2024, 3, 14))) == 1


def test_in_an_event_that_goes_on_only_a_severe_value_is_asked_about_at_once() -> None:
    events, day = [ae("1", "1", "2024-03-10", None)], date(2024, 3, 21)
    severe, mild = [alt("2024-03-14", 3)], [alt("2024-03-14", 2)]
    text = f"reported grade 1, but the value of 2024-03-14 is grade 3{RESULT}"
    assert compared(severe, events, "LOWERGRADE", date(2024, 3, 15)) == {"AE|S1|1": text}
    assert compared(mild, events, "LOWERGRADE", day) == {}
    assert compared(mild, events, "LOWERGRADE", date(2024, 3, 22)) == {
        "AE|S1|1": text.replace("is grade 3", "is grade 2")
    }


def test_of_several_values_the_first_of_the_highest_grade_is_named() -> None:
    events = [ae("1", "1", "2024-03-10", "2024-03-20")]
    values = [alt("2024-03-12", 2), alt("2024-03-14", 3), alt("2024-03-16", 3)]
    assert compared(values, events, "LOWERGRADE", AS_OF) == {
        "AE|S1|1": f"reported grade 1, but the value of 2024-03-14 is grade 3{RESULT}"
    }


def test_rows_of_a_changing_grade_are_read_together() -> None:
    events = [
        ae("1", "1", "2024-03-08", "2024-03-10", AEGRPID="1"),
        ae("2", "3", "2024-03-10", "2024-03-14", AEGRPID="1"),
    ]
    found = compared([alt("2024-03-11", 3)], events, "LOWERGRADE", AS_OF)
    assert found == {"AE|S1|1": "", "AE|S1|2": ""}
    found = compared([alt("2024-03-11", 4)], events, "LOWERGRADE", AS_OF)
    text = f"reported grade 3, but the value of 2024-03-11 is grade 4{RESULT}"
    assert found == {"AE|S1|1": "", "AE|S1|2": text}


def test_an_event_in_the_future_is_not_compared() -> None:
    events = [ae("1", "1", "2027-03-10", None)]
    assert compared([alt("2024-03-12", 2)], events, "LOWERGRADE", AS_OF) == {}
    assert compared([], events, "UNSUPPORTED", AS_OF) == {}


def test_a_run_has_the_name_of_its_first_severe_value() -> None:
    severe = [alt("2024-03-12", 3), alt("2024-03-16", 3)]
    expected = [
        [f"LB|S1|ALT|{day}", ALT, "high", f"S1|{ALT}|high|LB|S1|ALT|2024-03-12"]
        for day in ("2024-03-12", "2024-03-16")
    ]
    # what comes later of the time before and after does not change it, nor does one of any grade
    late = [alt("2024-03-08", 1), alt("2024-03-14", None), alt("2024-03-18", 2)]
    for values in (severe, [*severe, *late]):
        found = reconciled(values, [], AS_OF)
        wrong = found[found["UNREPORTED"].eq(UNREPORTED)]
        assert wrong[["KEY", "TERM", "DIRECTION", "EPISODE"]].to_numpy().tolist() == expected


def test_a_milder_value_ends_a_run() -> None:
    values = [alt("2024-03-12", 3), alt("2024-03-14", 2), alt("2024-03-16", 3)]
    found = reconciled(values, [], AS_OF)
    assert found["EPISODE"].tolist() == [
        f"S1|{ALT}|high|LB|S1|ALT|2024-03-{day}" for day in ("12", "16")
    ]


def test_a_term_of_special_interest_is_to_be_reported_from_grade_2_on() -> None:
    checks = {"parameters": {"special_interest": "liver"}}
    special = trial.study(checks=checks, terms={"liver": {"terms": [ALT]}})
    values = [alt("2024-03-12", 2)]
    assert compared(values, [], "UNREPORTED", AS_OF) == {}
    assert compared(values, [], "UNREPORTED", AS_OF, study=special) == {
        "LB|S1|ALT|2024-03-12": f"{ALT} grade 2 without an adverse event"
    }


def test_a_reported_grade_that_no_value_has() -> None:
    events = [ae("1", "3", "2024-03-10", "2024-03-14")]
    text = "reported grade 3, but no value of its time is above grade 2"
    assert compared([alt("2024-03-12", 2)], events, "HIGHERGRADE", AS_OF) == {"AE|S1|1": text}
    assert compared([alt("2024-03-12", 3)], events, "HIGHERGRADE", AS_OF) == {"AE|S1|1": ""}
    # a value that may be of the grade, or none at the time, says nothing against it
    open_ = [alt("2024-03-12", 2), alt("2024-03-13", None)]
    assert compared(open_, events, "HIGHERGRADE", AS_OF) == {"AE|S1|1": ""}
    assert compared([alt("2024-03-18", 2)], events, "HIGHERGRADE", AS_OF) == {}


def test_a_partial_date_may_mean_the_time_of_a_value_of_the_reported_grade() -> None:
    events = [ae("1", "3", "2024-03", "2024-03-25")]
    values = [alt("2024-03-10", 3), alt("2024-03-24", 2)]
    later = date(2024, 4, 20)
    assert compared(values, events, "HIGHERGRADE", later) == {"AE|S1|1": ""}
    complete = [ae("1", "3", "2024-03-20", "2024-03-25")]
    text = "reported grade 3, but no value of its time is above grade 2"
    assert compared(values, complete, "HIGHERGRADE", later) == {"AE|S1|1": text}


def test_events_that_are_not_coded_are_not_compared() -> None:
    feed = trial.study().feeds[0]
    uncoded = {n: d.model_copy(update={"coding": None}) for n, d in feed.domains.items()}
    feeds = [feed.model_copy(update={"domains": uncoded})]
    study = trial.study().model_copy(update={"feeds": feeds})
    events = [ae("1", "1", "2024-03-10", None)]
    medications = (trial.medication("2024-03-12"),)
    found = reconciled([alt("2024-03-12", 4)], events, study=study, medications=medications)
    assert found.empty


def test_a_row_without_a_group_is_named_by_itself_and_a_group_by_the_group() -> None:
    following = [
        ae("1", "1", "2024-03-08", "2024-03-10"),
        ae("2", "3", "2024-03-11", "2024-03-14"),
        ae("3", "1", "2024-03-20", None),
    ]
    named = reconciled([alt("2024-03-11", 3)], following)
    assert dict(zip(named["KEY"], named["EPISODE"], strict=True)) == {
        "AE|S1|1": f"S1|{ALT}||AE|S1|1",
        "AE|S1|2": f"S1|{ALT}||AE|S1|2",
        "AE|S1|3": f"S1|{ALT}||AE|S1|3",
        "LB|S1|ALT|2024-03-11": f"S1|{ALT}|high|LB|S1|ALT|2024-03-11",
    }
    grouped = [row | {"AEGRPID": "7"} for row in following]
    names = set(reconciled([], grouped)["EPISODE"])
    assert names == {f"S1|{ALT}||7"}
