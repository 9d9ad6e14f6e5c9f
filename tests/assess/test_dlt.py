"""DLT rules: met, not met, or not to be judged, with evidence, what is missing and by when."""

from __future__ import annotations

import pytest

from safety.assess.dlt import Outcome, judge
from safety.assess.surveillance import surveillance
from safety.assess.window import dlt_window
from tests.assess.engine import (
    ANC,
    ANY_SEVERE,
    all_taken,
    case,
    day,
    observed,
    reported,
    rule,
    study,
)

H1 = rule("H1", {"toxicity": [ANC], "grade": ">=4", "lasting": ">=7d"})
CBC = {"id": "CBC", "text": "count", "tests": ["NEUT"], "windows": ["C1D2-C1D21"]}


def _outcome(*records, rules=(ANY_SEVERE,), cycles=None, surveyed=(), **told) -> Outcome:
    used = study(rules=list(rules), surveillance=list(surveyed))
    when = {2: 22} if cycles is None else cycles
    about = case(*all_taken(), *records, in_study=used, cycles=when, **told)
    window = dlt_window(about)
    assert window is not None
    return judge(about, window, surveillance(about))


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], "not_met"),
        ([reported("Rash", 3, 5, 9)], "met"),
        ([reported("Rash", 2, 5, 9)], "not_met"),
        ([reported("Rash", 2, 5, 9, high=3)], "not_evaluable"),
        ([reported("Rash", 3, "2024-03", None)], "not_evaluable"),
        ([reported("Rash", 3, 30, 32)], "not_met"),
        ([reported("Rash", 2, 5, 9, high=3), reported("Sepsis", 3, 7, 9)], "met"),
    ],
)
def test_the_state_of_a_rule(records, expected) -> None:
    assert _outcome(*records).results[0].state == expected


def test_a_rule_that_is_met_shows_its_argument() -> None:
    found = _outcome(reported("Sepsis", 4, 7, 9), reported("Rash", 3, 5, 9)).results[0]
    assert (found.onset_day, found.terms) == (5, ("Rash", "Sepsis"))
    assert [s.text for s in found.evidence] == ["Rash d5", "Sepsis d7"]
    assert (found.missing, found.settles_by) == ((), None)


def test_duration_is_told_and_what_settles_it() -> None:
    found = _outcome(observed(ANC, 15, 4), observed(ANC, 17, 4), rules=[H1], as_of=18, cycles={})
    first = found.results[0]
    assert (first.state, first.settles_by) == ("not_evaluable", day(21))
    assert first.duration == "at least 3 days; samples up to 2 days apart"
    assert first.open


def test_a_closed_gap_is_not_open() -> None:
    found = _outcome(observed(ANC, 15, 4), observed(ANC, 22, 2), rules=[H1])
    assert (found.results[0].state, found.results[0].open) == ("not_evaluable", False)


def test_an_event_of_the_window_is_followed_beyond_it() -> None:
    values = observed(ANC, 20, 4), observed(ANC, 23, 4), observed(ANC, 26, 4)
    assert _outcome(*values, rules=[H1]).results[0].state == "met"


def test_what_may_have_begun_in_the_window_is_not_dismissed() -> None:
    """Review A10: below 1.0 on days 20, 22, 24, then 0.3 on days 26 and 28; cycle 2 on day 22."""
    perhaps = [observed(ANC, n, 3, 4, reasons="comparator") for n in (20, 22, 24)]
    sure = observed(ANC, 26, 4), observed(ANC, 28, 4), observed(ANC, 29, 0)
    found = _outcome(*perhaps, *sure, rules=[H1])
    assert found.results[0].state == "not_evaluable"
    assert _outcome(*perhaps[2:], *sure, rules=[H1]).results[0].state == "not_met"


@pytest.mark.parametrize(
    ("as_of", "cycles", "state", "by"),
    [(10, {}, "not_evaluable", 22), (25, {}, "not_evaluable", 36), (22, {2: 22}, "not_met", None)],
)
def test_while_the_window_is_open_silence_decides_nothing(as_of, cycles, state, by) -> None:
    found = _outcome(as_of=as_of, cycles=cycles).results[0]
    assert found.state == state
    assert found.settles_by == (day(by) if by else None)


def test_a_rule_of_any_time_stays_open_with_the_window_and_closes_with_it() -> None:
    anywhen = rule("O1", {"declared": True}, scope={"in_window": False})
    assert _outcome(rules=[anywhen], as_of=10, cycles={}).results[0].state == "not_evaluable"
    assert _outcome(rules=[anywhen]).results[0].state == "not_met"


@pytest.mark.parametrize(
    ("needs", "expected", "missing"),
    [
        (["CBC"], "not_evaluable", ("CBC of C1D2-C1D21 was not done: nobody looked",)),
        ([], "not_met", ()),
    ],
)
def test_silence_is_not_safety_where_nobody_looked(needs, expected, missing) -> None:
    found = _outcome(rules=[ANY_SEVERE | {"needs": needs}], surveyed=[CBC]).results[0]
    assert (found.state, found.missing) == (expected, missing)


def test_while_a_needed_assessment_is_due_nothing_is_settled() -> None:
    soon = CBC | {"grace": "2d"}
    told = {"rules": [ANY_SEVERE | {"needs": ["CBC"]}], "surveyed": [soon]}
    due = _outcome(as_of=23, **told).results[0]
    assert (due.state, due.open, due.settles_by) == ("not_evaluable", True, day(21))
    assert due.missing == ("CBC of C1D2-C1D21 is due",)
    assert not _outcome(as_of=24, **told).results[0].open


def test_what_was_found_needs_no_other_assessment() -> None:
    needy = ANY_SEVERE | {"needs": ["CBC"]}
    found = _outcome(reported("Rash", 3, 5, 9), rules=[needy], surveyed=[CBC])
    assert found.results[0].state == "met"


def test_a_late_event_is_shown_apart() -> None:
    found = _outcome(reported("Rash", 3, 30, 32))
    assert found.results[0].state == "not_met"
    assert [(r.id, r.state, r.onset_day) for r in found.late] == [("N1", "met", 30)]


@pytest.mark.parametrize(
    "report",
    [reported("Rash", 2, 30, 32), reported("Rash", 3, 30, 32, related=False, cause=True),
     reported("Rash", 3, 5, 9), reported("Rash", 3, "2024-03-01", 9)],
)  # fmt: skip
def test_what_would_not_have_counted_is_not_late(report) -> None:
    assert _outcome(report).late == ()


def test_what_may_be_a_late_event_is_shown_as_such() -> None:
    found = _outcome(reported("Rash", 2, 30, 32, high=3))
    assert [(r.id, r.state) for r in found.late] == [("N1", "not_evaluable")]
    sure = _outcome(reported("Rash", 2, 30, 32, high=3), reported("Sepsis", 3, 33, 35))
    assert [(r.state, r.terms) for r in sure.late] == [("met", ("Sepsis",))]


def test_an_onset_day_is_never_before_the_first_dose() -> None:
    used = study(window={"last_day": 28})
    about = case(*all_taken(), reported("Rash", 3, "2024-03", None), in_study=used, cycles={2: 22})
    window = dlt_window(about)
    assert window is not None
    assert judge(about, window, ()).results[0].onset_day == 1


def test_an_exception_is_no_late_event() -> None:
    hair = rule("E2", {"toxicity": ["Alopecia"]}, kind="exception")
    found = _outcome(reported("Alopecia", 2, 30, 40), rules=[ANY_SEVERE, hair])
    assert found.late == ()


@pytest.mark.parametrize(
    ("onset", "text"),
    [
        (22, "time of onset on 2024-03-25: before or after the first dose of the next cycle"),
        ("2024-03", "date of onset: 2024-03-01 to 2024-03-31 lies inside and outside the window"),
    ],
)
def test_an_onset_that_cannot_be_placed_is_named(onset, text) -> None:
    found = _outcome(reported("Rash", 3, onset, None)).results[0]
    assert (found.state, found.missing) == ("not_evaluable", (text,))


def test_queries_of_counted_events_are_asked_once() -> None:
    again = rule("N9", {"toxicity": ["Nausea"], "grade": ">=3"})
    found = _outcome(reported("Nausea", 3, 5, 9, related=None), rules=[ANY_SEVERE, again])
    assert [r.state for r in found.results] == ["met", "met"]
    assert found.queries == ("Nausea (Nausea d5): attribution missing, taken as related",)
