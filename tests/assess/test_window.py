"""The DLT window in each of its forms (reference, section 3.3), and where an onset lies."""

from __future__ import annotations

import pytest

from safety.assess.occurrence import Occurrence
from safety.assess.window import dlt_window, inside, settles
from tests.assess.engine import MET, NOT, UNKNOWN, all_taken, at, case, day, event, lost, study


def held(last: int, reason: str = "ADVERSE EVENT"):
    """Doses not taken from planned day 22 on."""
    return lost("surufatinib", 22, last, reason)


def _window(*records, **told):
    found = dlt_window(case(*all_taken(), *records, **told))
    assert found is not None
    return found


def _of(*records, **told) -> tuple:
    w = _window(*records, **told)
    predose = w.predose_day and (w.predose_day - day(1)).days + 1
    return (w.last_day - day(1)).days + 1, predose, w.is_open


@pytest.mark.parametrize(
    ("cycle_2", "records", "as_of", "expected"),
    [
        # (last day, day of the assessment before cycle 2, open)
        (22, [], 40, (21, 22, False)),  # on time
        (22, [], 22, (21, 22, False)),
        (20, [], 40, (21, None, False)),  # early
        (21, [], 40, (21, None, False)),
        # late for toxicity: to the day before cycle 2 and its assessment
        (23, [held(22)], 40, (22, 23, False)),  # by 1 day
        (29, [held(28)], 40, (28, 29, False)),
        (36, [held(35)], 40, (35, 36, False)),  # by 14 days
        (37, [held(36)], 40, (36, None, False)),  # by 15: at most to day 36
        (45, [held(44)], 50, (36, None, False)),
        (29, [], 40, (28, 29, False)),  # reason not recorded: taken as toxicity
        # late for another reason: closed on day 21
        (23, [held(22, "HOLIDAY")], 40, (21, None, False)),
        (36, [held(35, "HOLIDAY")], 40, (21, None, False)),
        # not started
        (None, [], 10, (21, 22, True)),
        (None, [], 21, (21, 22, True)),
        (None, [], 22, (22, None, True)),
        (None, [held(30)], 30, (30, None, True)),
        (None, [held(36)], 36, (36, None, True)),
        (None, [held(37)], 37, (36, None, False)),
        (None, [held(30, "HOLIDAY")], 30, (21, None, False)),
    ],
)
def test_the_days_of_the_window(cycle_2, records, as_of, expected) -> None:
    cycles = {2: cycle_2} if cycle_2 else {}
    assert _of(*records, as_of=as_of, cycles=cycles) == expected


@pytest.mark.parametrize(
    ("ended", "as_of", "expected"),
    [
        ("PROGRESSIVE DISEASE", 15, (21, None, True)),  # followed on, to day 21
        ("PROGRESSIVE DISEASE", 30, (21, None, False)),
        ("ADVERSE EVENT", 30, (30, None, True)),  # stopped for toxicity: to day 36
        ("ADVERSE EVENT", 37, (36, None, False)),
    ],
)
def test_treatment_that_ended_in_cycle_1(ended, as_of, expected) -> None:
    assert _of(as_of=as_of, ended=(event(ended, 12),)) == expected


@pytest.mark.parametrize(
    ("death", "cycles", "last", "cut_short"),
    [
        (18, {}, 21, True),  # what is told of later days all the same keeps its place
        (1, {}, 21, True),
        (20, {}, 21, True),
        (21, {}, 21, False),
        (22, {2: 22}, 21, False),
        (30, {2: 22}, 21, False),
    ],
)
def test_death_cuts_a_window_short_that_was_not_over(death, cycles, last, cut_short) -> None:
    found = _window(death=death, cycles=cycles)
    assert (found.last_day, found.cut_short, found.is_open) == (day(last), cut_short, False)


def test_withdrawal_while_cycle_2_is_held_cuts_it_short() -> None:
    found = _window(held(30), ended=(event("WITHDRAWAL BY SUBJECT", 30),), as_of=30)
    assert (found.last_day, found.cut_short, found.is_open) == (day(30), True, False)
    assert found.text == "follow-up ended on 2024-04-02, before it closed"


def test_without_a_treatment_or_an_extension_it_has_its_last_day() -> None:
    assert _of(in_study=study(treated=False), as_of=21) == (21, None, True)
    assert _of(in_study=study(treated=False), as_of=22) == (21, None, False)
    short = study(window={"last_day": 21})
    assert _of(held(28), in_study=short, as_of=40, cycles={2: 29}) == (21, None, False)


def test_there_is_none_before_the_first_dose() -> None:
    assert dlt_window(case(first_dose=None)) is None


def occurrence(onset, *, predose=None, standing=False) -> Occurrence:
    return Occurrence(MET, onset, onset, None, predose_cycle=predose, standing=standing)


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        (at(-1), "before"),
        (at(1), "inside"),
        (at(21), "inside"),
        (at(21, "23:59"), "inside"),
        (at(23), "after"),
        (at(22), "unclear"),  # the day of cycle 2's first dose, without a time
        (at(22, "07:30"), "unclear"),  # doses have no time
        (at("2024-02"), "before"),
        (at("2024-03"), "unclear"),  # 1 to 31 March: days -3 to 28
        (at("2024-04"), "after"),
    ],
)
def test_where_an_onset_lies_when_cycle_2_began_on_day_22(onset, expected) -> None:
    assert _window(cycles={2: 22}).place(occurrence(onset)) == expected


def test_a_sample_of_the_visit_before_cycle_2_is_inside() -> None:
    window = _window(cycles={2: 22})
    assert window.place(occurrence(at(22, "07:30"), predose=2)) == "inside"
    assert window.place(occurrence(at(43), predose=3)) == "after"
    assert window.place(occurrence(at(60), standing=True)) == "inside"


@pytest.mark.parametrize(("number", "expected"), [(28, "inside"), (29, "unclear"), (30, "after")])
def test_onsets_in_the_extension_count(number, expected) -> None:
    assert _window(held(28), cycles={2: 29}).place(occurrence(at(number))) == expected


@pytest.mark.parametrize(("number", "expected"), [(21, "inside"), (22, "after"), (29, "after")])
def test_there_is_no_extension_for_another_reason(number, expected) -> None:
    window = _window(held(28, "HOLIDAY"), cycles={2: 29})
    assert window.place(occurrence(at(number))) == expected
    late_sample = occurrence(at(29), predose=2)
    assert window.place(late_sample) == "after"


def test_a_partial_date_up_to_the_last_day_is_inside() -> None:
    wide = study(window={"last_day": 28})
    assert _window(in_study=wide, cycles={2: 22}).place(occurrence(at("2024-03"))) == "inside"


@pytest.mark.parametrize(
    ("place", "expected"), [("inside", MET), ("unclear", UNKNOWN), ("before", NOT), ("after", NOT)]
)
def test_a_place_is_a_truth(place, expected) -> None:
    assert inside(place) is expected


@pytest.mark.parametrize(("as_of", "expected"), [(10, 22), (21, 22), (22, 36), (30, 36)])
def test_the_day_on_which_an_open_window_closes_at_the_latest(as_of, expected) -> None:
    about = case(*all_taken(), as_of=as_of)
    window = dlt_window(about)
    assert window is not None
    assert settles(about, window) == day(expected)


def test_the_end_of_follow_up_keeps_the_last_day() -> None:
    """What was found after it all the same, but in the window, has its place (review A2)."""
    found = _window(as_of=40, ended=(event("WITHDRAWAL BY SUBJECT", 15),))
    assert (found.last_day, found.is_open, found.cut_short) == (day(21), False, True)
    assert found.place(Occurrence(MET, at(18), at(18), None)) == "inside"
