"""What was known at the end of a day."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.assess.clip import clip
from safety.assess.facts import (
    Course,
    Declaration,
    Event,
    Facts,
    Intake,
    Observation,
    Report,
    Sample,
    Source,
)
from safety.assess.moments import Moment, between, moment, on

START, CUT = date(2024, 3, 1), date(2024, 3, 20)
SOURCE = Source("2024-03-01", "text", "KEY", "ae.csv", 1)
NAN = float("nan")


def at(text: str) -> Moment:
    found = moment(text)
    assert found is not None
    return found


def facts(**changes) -> Facts:
    empty = Facts(
        usubjid="S1", level="L1", sex="F", age=60.0, first_dose=START, first_dose_latest=START,
        death=None, delivered=frozenset({"subject"}), baseline={"Nausea": 1},
    )  # fmt: skip
    return replace(empty, **changes)


def observation(when: Moment) -> Observation:
    return Observation("Fever", "General", when, 1, 1, "Cel", None, None, "", SOURCE)


def sample(when: Moment) -> Sample:
    return Sample("TEMP", when, 38.0, 38.0, low_open=False, high_open=False, unit="Cel", lln=NAN,
                  uln=NAN, base=NAN, base_uln=NAN, is_baseline=False, predose=False,
                  predose_cycle=None, source=SOURCE)  # fmt: skip


def report(start: Moment, end: Moment | None, *, fatal: bool = False) -> Report:
    return Report(
        term="Nausea", soc="GI", group="", start=start, end=end, lowest=2, highest=2,
        grade_text="2", related={"alpha": True}, other_cause=False, symptomatic=None,
        serious=False, fatal=fatal, action="", actions={}, investigator_dlt=None, source=SOURCE,
    )  # fmt: skip


def intake(start: Moment, end: Moment | None) -> Intake:
    return Intake("alpha", "ALPHA", 100.0, 1, start, end, taken=True, reason="", source=SOURCE)


def course(start: Moment | None, end: Moment | None) -> Course:
    return Course("LOPERAMIDE", "", "", start, end, SOURCE)


@pytest.mark.parametrize(
    ("when", "kept"),
    [
        ("2024-03-20", True),
        ("2024-03-20T23:59", True),
        ("2024-03-21", False),
        ("2024-03-21T00:00", False),
        ("2024-03", True),  # it may lie before the cut
        ("2024-04", False),
    ],
)
def test_what_came_later_is_not_known(when, kept) -> None:
    found = clip(facts(observations=(observation(at(when)),), samples=(sample(at(when)),)), CUT)
    assert (len(found.observations), len(found.samples)) == (int(kept), int(kept))
    assert all(o.when == at(when) for o in found.observations)  # never narrowed


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2024-03-20", at("2024-03-20")),
        ("2024-03-21", None),
        ("2024-03", at("2024-03")),
    ],
)
def test_what_ended_later_goes_on(end, expected) -> None:
    start = on(date(2024, 3, 10))
    found = clip(
        facts(reports=(report(start, at(end)),), medications=(course(start, at(end)),)), CUT
    )
    assert found.reports[0].end == expected
    assert found.medications[0].end == expected


def test_a_report_or_procedure_that_starts_later_is_dropped() -> None:
    later = on(date(2024, 3, 21))
    found = clip(
        facts(
            reports=(report(later, None),),
            procedures=(course(later, None), course(None, None)),
            medications=(course(later, None),),
        ),
        CUT,
    )
    assert (found.reports, found.medications) == ((), ())
    assert [p.start for p in found.procedures] == [None]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (on(date(2024, 3, 14)), on(date(2024, 3, 14))),
        (on(date(2024, 4, 14)), on(CUT)),
        (between(date(2024, 3, 18), date(2024, 3, 31)), between(date(2024, 3, 18), CUT)),
        (None, None),
    ],
)
def test_an_intake_ends_with_the_day(end, expected) -> None:
    found = clip(facts(intakes=(intake(on(START), end), intake(on(date(2024, 3, 25)), end))), CUT)
    assert [i.end for i in found.intakes] == [expected]


def test_death_and_dispositions_that_are_still_to_come() -> None:
    day = on(date(2024, 3, 25))
    whole = facts(
        death=day,
        dispositions=(Event("DEATH", day, SOURCE), Event("COMPLETED", None, SOURCE)),
        visits=(Event("CYCLE 2 DAY 1", day, SOURCE), Event("CYCLE 1 DAY 1", on(START), SOURCE)),
        reports=(report(on(date(2024, 3, 18)), None, fatal=True),),
    )
    before, after = clip(whole, CUT), clip(whole, date(2024, 3, 25))
    assert (before.death, [d.name for d in before.dispositions]) == (None, ["COMPLETED"])
    assert ([v.name for v in before.visits], before.reports[0].fatal) == (["CYCLE 1 DAY 1"], False)
    assert (after.death, after.reports[0].fatal, len(after.dispositions)) == (day, True, 2)


def test_before_the_first_dose() -> None:
    found = clip(facts(), date(2024, 2, 29))
    assert (found.first_dose, found.first_dose_latest, found.baseline) == (None, None, {})
    assert clip(facts(), START).baseline == {"Nausea": 1}


def test_a_declaration_is_not_signed_before_its_signature() -> None:
    signed = Declaration("Fatigue", on(START), "chair", SOURCE, on(date(2024, 3, 25)))
    later = replace(signed, onset=on(date(2024, 3, 22)))
    found = clip(facts(declarations=(signed, later)), CUT).declarations
    assert [(d.signed_by, d.signed) for d in found] == [("", None)]
    assert clip(facts(declarations=(signed,)), date(2024, 3, 25)).declarations == (signed,)


days = st.integers(-10, 60).map(lambda d: START + timedelta(days=d))
moments = st.one_of(
    days.map(on),
    st.tuples(days, st.integers(0, 30)).map(lambda p: between(p[0], p[0] + timedelta(days=p[1]))),
    days.map(lambda d: at(f"{d}T07:30")),
)
maybe = st.none() | moments
lists = {
    "observations": st.builds(observation, moments),
    "samples": st.builds(sample, moments),
    "reports": st.builds(report, moments, maybe, fatal=st.booleans()),
    "intakes": st.builds(intake, moments, maybe),
    "medications": st.builds(course, maybe, maybe),
    "procedures": st.builds(course, maybe, maybe),
    "history": maybe.map(lambda m: Event("X", m, SOURCE)),
    "dispositions": maybe.map(lambda m: Event("DEATH", m, SOURCE)),
    "visits": maybe.map(lambda m: Event("V", m, SOURCE)),
    "declarations": st.tuples(maybe, maybe).map(
        lambda p: Declaration("T", p[0], "chair" if p[1] else "", SOURCE, p[1])
    ),
}
subjects = st.builds(
    facts, death=maybe, first_dose=st.none() | days,
    **{name: st.lists(one, max_size=4).map(tuple) for name, one in lists.items()},
)  # fmt: skip


@pytest.mark.property
@given(whole=subjects, as_of=days, later=st.integers(0, 40))
def test_clipping_twice_is_clipping_at_the_earlier_day(whole, as_of, later) -> None:
    once = clip(whole, as_of)
    assert clip(once, as_of) == once
    assert clip(clip(whole, as_of + timedelta(days=later)), as_of) == once
    assert clip(once, as_of + timedelta(days=later)) == once


@pytest.mark.property
@given(whole=subjects, as_of=days)
def test_nothing_is_made_up(whole, as_of) -> None:
    found = clip(whole, as_of)
    for field in fields(Facts):
        value = getattr(found, field.name)
        if isinstance(value, tuple):
            assert len(value) <= len(getattr(whole, field.name))
