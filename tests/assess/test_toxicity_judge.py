"""A toxicity condition: grade, duration, resolution, symptoms, treatment, and what is absent."""

from __future__ import annotations

import pytest

from tests.assess.engine import (
    ANC,
    MET,
    NOT,
    UNKNOWN,
    at,
    course,
    day,
    event,
    judged,
    observed,
    reported,
    truth_of,
)

H1 = {"toxicity": [ANC], "grade": ">=4", "lasting": ">=7d"}
E3 = {"toxicity": "fatigue", "grade": "3", "lasting": "<=7d"}
LIPASE = "Lipase increased"
E4 = {"toxicity": [LIPASE], "grade": "3", "symptomatic": "no",
      "without": [{"toxicity": ["Pancreatitis"]}]}  # fmt: skip
E6 = {"toxicity": ["Hypertension"], "grade": "3", "treated_with": "ANTIHYPERTENSIVE"}


def anc(*graded: tuple[int, int]) -> list:
    return [observed(ANC, number, grade) for number, grade in graded]


def fatigue(grade, first, last=None, **more):
    return reported("Fatigue", grade, first, last, **more)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (anc((15, 4), (18, 4), (22, 4), (24, 3)), MET),  # vignette 1
        (anc((15, 4), (19, 3)), NOT),  # vignette 2
        (anc((15, 4), (22, 2)), UNKNOWN),  # vignette 3
        (anc((15, 4), (20, 4)), UNKNOWN),  # no recovery yet, 6 days
        (anc((15, 4), (21, 4)), MET),
        ([reported(ANC, 4, 15, 21)], MET),
        ([reported(ANC, 4, 15, 20)], NOT),
        # the longer of value and report counts for the alarm
        ([*anc((15, 4), (17, 3)), reported(ANC, 4, 15, 21)], MET),
        ([*anc((15, 4), (21, 4)), reported(ANC, 4, 15, 17)], MET),
        ([*anc((15, 4), (17, 3)), reported(ANC, 4, 15, 17)], NOT),
        ([*anc((15, 4), (22, 3)), reported(ANC, 4, 15, 17)], UNKNOWN),
        ([*anc((15, 4), (17, 3)), reported(ANC, 3, 15, 30)], NOT),  # grade 3 is no grade 4
        ([observed(ANC, 15, 4), observed(ANC, 18, 3, 4), observed(ANC, 22, 4)], UNKNOWN),
        # a report of unknown grade lends no length to a sure value
        ([*anc((15, 4), (16, 2)), reported(ANC, 1, 15, 24, high=5)], UNKNOWN),
    ],
)
def test_grade_4_for_7_days(records, expected) -> None:
    assert truth_of(H1, *records) is expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([fatigue(3, 5, 11)], MET),  # 7 days
        ([fatigue(3, 5, 12)], NOT),  # vignette 17: 8 days
        ([fatigue(3, 36)], UNKNOWN),  # 5 days at the data cut
        ([fatigue(3, 30)], NOT),  # 11 days already
        ([fatigue(4, 5, 6)], NOT),  # grade 4 is no grade 3
        ([fatigue(3, 5, 6, group="g"), fatigue(4, 6, 7, group="g", row=1)], NOT),
        ([fatigue(3, 5, 6, high=4)], UNKNOWN),
        ([fatigue(2, 5, 12)], NOT),
        ([fatigue(3, 5, 7), fatigue(1, 8, 20, high=3, row=1)], UNKNOWN),  # one run
        ([fatigue(3, 5, 7), fatigue(1, 9, 20, high=3, row=1)], MET),  # the first, by itself
    ],
)
def test_grade_3_for_at_most_7_days(records, expected) -> None:
    assert truth_of(E3, *records) is expected


def test_an_open_duration_says_what_settles_it() -> None:
    found = judged(H1, *anc((15, 4), (17, 4)), as_of=18)[0]
    assert (found.truth, found.open, found.settles_by) == (UNKNOWN, True, day(21))
    assert found.duration == "at least 3 days; samples up to 2 days apart"
    assert "a sample by 2024-03-24 decides" in found.missing[0]


def test_a_gap_is_shown_and_closed_for_good() -> None:
    found = judged(H1, *anc((15, 4), (22, 2)))[0]
    assert (found.truth, found.open, found.settles_by) == (UNKNOWN, False, day(21))
    assert found.duration == "1 to 7 days; samples up to 7 days apart"
    assert "would have decided" in found.missing[0]


def test_nothing_is_open_after_follow_up_ended() -> None:
    ended = (event("WITHDRAWAL BY SUBJECT", 18),)
    found = judged(H1, *anc((15, 4), (17, 4)), ended=ended)[0]
    assert (found.truth, found.open) == (UNKNOWN, False)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([observed(LIPASE, 10, 3, symptomatic=False)], MET),
        ([observed(LIPASE, 10, 3)], UNKNOWN),  # LBCLSIG blank: not stated
        ([observed(LIPASE, 10, 3, symptomatic=False), reported(LIPASE, 3, 10, 12)], MET),
        ([observed(LIPASE, 10, 3), reported(LIPASE, 3, 10, 12, symptomatic=False)], MET),
        ([observed(LIPASE, 10, 3), reported(LIPASE, 3, 10, 12, symptomatic=True)], NOT),
        (
            [observed(LIPASE, 10, 3, symptomatic=False),
             reported(LIPASE, 3, 10, 12, symptomatic=True)],
            NOT,
        ),
    ],
)  # fmt: skip
def test_symptoms_are_what_value_or_report_say(said, expected) -> None:
    assert truth_of(E4, *said) is expected


def test_unstated_symptoms_are_named_as_missing() -> None:
    found = judged(E4, observed(LIPASE, 10, 3))[0]
    assert found.missing == ("whether there were symptoms (AESYMP, LBCLSIG)",)
    assert truth_of(E4 | {"symptomatic": "yes"}, observed(LIPASE, 10, 3)) is UNKNOWN


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (reported("Pancreatitis", 2, 10, 12), NOT),
        (reported("Pancreatitis", 2, 15, 16), NOT),  # 3 days after its end
        (reported("Pancreatitis", 2, 16, 17), MET),  # 4 days: another time
        (reported("Pancreatitis", 2, 3, 7), NOT),
        (reported("Pancreatitis", 2, 3, 6), MET),
        (reported("Pancreatitis", 0, 10, 12, high=3), UNKNOWN),
        (reported("Anemia", 2, 10, 12), MET),
    ],
)
def test_what_must_be_absent_is_looked_for_at_its_time(other, expected) -> None:
    values = observed(LIPASE, 10, 3, symptomatic=False), observed(LIPASE, 12, 1)
    assert truth_of(E4, *values, other) is expected


@pytest.mark.parametrize(
    ("given", "last", "expected"),
    [
        ([course("AMLODIPINE", 9, 12, "ANTIHYPERTENSIVE")], 13, MET),
        ([course("ANTIHYPERTENSIVE", 9, 12)], 13, MET),  # by name
        ([course("AMLODIPINE", 1, None, "antihypertensive")], 13, MET),
        ([course("AMLODIPINE", 13, 20, "ANTIHYPERTENSIVE")], 13, MET),
        ([course("AMLODIPINE", 14, 20, "ANTIHYPERTENSIVE")], 13, NOT),  # after it resolved
        ([course("AMLODIPINE", 1, 7, "ANTIHYPERTENSIVE")], 13, NOT),  # before its onset
        ([course("AMLODIPINE", None, None, "ANTIHYPERTENSIVE")], 13, UNKNOWN),
        ([course("LOPERAMIDE", 9, 12, "SUPPORTIVE CARE")], 13, NOT),
        ([], 13, NOT),
        ([], None, UNKNOWN),  # it may still be given
    ],
)
def test_medication_given_from_onset_until_it_resolved(given, last, expected) -> None:
    report = reported("Hypertension", 3, 8, last)
    assert truth_of(E6, report, medications=tuple(given)) is expected


def test_what_was_given_after_follow_up_ended_is_not_known() -> None:
    ended = (event("WITHDRAWAL BY SUBJECT", 12),)
    found = judged(E6, reported("Hypertension", 3, 8), ended=ended)[0]
    assert (found.truth, found.open) == (UNKNOWN, False)


IN_A_WEEK = E6 | {"resolving": {"to": "<=2", "within": "7d"}}


@pytest.mark.parametrize(
    ("as_of", "expected"), [(12, UNKNOWN), (15, UNKNOWN), (16, NOT), (22, NOT), (45, NOT)]
)
def test_without_medication_by_the_deadline_it_was_not_treated(as_of, expected) -> None:
    """Review B2: the longer an untreated event goes on, the surer, not the less sure."""
    assert truth_of(IN_A_WEEK, reported("Hypertension", 3, 9), as_of=as_of) is expected


def test_until_the_deadline_medication_may_still_be_given() -> None:
    found = judged(IN_A_WEEK, reported("Hypertension", 3, 9), as_of=12)[0]
    assert (found.truth, found.open, found.settles_by) == (UNKNOWN, True, day(16))


def test_a_recurrence_does_not_reopen_what_was_over_untreated() -> None:
    """Review B3: 172/104 on day 10, normal on day 13, 172/104 again on day 15, no medication."""
    first = observed("Hypertension", 10, 3), observed("Hypertension", 13, 0)
    assert judged(IN_A_WEEK, *first, as_of=14) == []
    again = judged(IN_A_WEEK, *first, observed("Hypertension", 15, 3), as_of=16)
    assert [(o.truth, o.onset, o.open) for o in again] == [(UNKNOWN, at(15), True)]


def test_what_is_not_sure_is_not_open() -> None:
    found = judged(H1, observed(ANC, 15, 3, 4), as_of=18)[0]
    assert (found.truth, found.open) == (UNKNOWN, False)


def test_one_value_without_symptoms_does_not_speak_for_another() -> None:
    values = observed(LIPASE, 10, 3, symptomatic=False), observed(LIPASE, 12, 3)
    assert truth_of(E4, *values) is UNKNOWN
    assert truth_of(E4, *values, reported(LIPASE, 3, 10, 12, symptomatic=False)) is MET


def test_medication_that_was_not_delivered_is_not_absent() -> None:
    assert truth_of(E6, reported("Hypertension", 3, 8, 13), delivered=["dose"]) is UNKNOWN


def test_an_event_is_not_known_to_go_on_after_follow_up_ended() -> None:
    ended = (event("WITHDRAWAL BY SUBJECT", 12),)
    found = judged(E3, fatigue(3, 10), ended=ended)[0]
    assert (found.truth, found.duration, found.open) == (UNKNOWN, "at least 3 days", False)


def test_an_uncertain_beginning_does_not_move_what_is_sure() -> None:
    rows = fatigue(1, "2024-03-01", 3, high=5, group="g"), fatigue(4, 3, 9, group="g", row=1)
    found = judged({"toxicity": "fatigue", "grade": ">=3"}, *rows)
    assert [(o.truth, o.onset) for o in found] == [(UNKNOWN, at("2024-03-01")), (MET, at(3))]


def test_seriousness_is_the_reports() -> None:
    serious = {"toxicity": "fatigue", "grade": ">=2", "serious": "yes"}
    assert truth_of(serious, fatigue(2, 5, 6, serious=True)) is MET
    assert truth_of(serious, fatigue(2, 5, 6)) is NOT


def test_an_occurrence_tells_terms_grades_and_the_visit_it_was_found_at() -> None:
    found = judged({"toxicity": "infections", "grade": ">=3"},
                   reported("Sepsis", 4, 12, 15, soc="Infections and infestations"))[0]  # fmt: skip
    assert (found.terms, found.socs) == (("Sepsis",), ("Infections and infestations",))
    assert (found.low, found.high, found.reported) == (4, 4, True)
    assert (found.onset, found.known_until, found.end) == (at(12), at(15), at(15))
    predose = judged({"toxicity": [ANC]}, observed(ANC, 22, 3, clock="07:30", predose=2))[0]
    assert predose.predose_cycle == 2
    earlier = observed(ANC, 20, 3), observed(ANC, 22, 3, predose=2)
    assert judged({"toxicity": [ANC]}, *earlier)[0].predose_cycle is None


def test_an_uncertain_grade_says_which() -> None:
    found = judged({"toxicity": [ANC], "grade": ">=3"},
                   observed(ANC, 10, 2, 3, reasons="comparator"))[0]  # fmt: skip
    assert found.missing == (f"grade of {ANC} 2-3: comparator",)
    ungraded = judged({"toxicity": "fatigue", "grade": ">=3"}, fatigue(1, 10, 12, high=5))[0]
    assert (ungraded.truth, ungraded.missing) == (UNKNOWN, ("grade of Fatigue d10",))
