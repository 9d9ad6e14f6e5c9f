"""Conditions that must hold together, within days or hours of each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safety.assess.combine import near, together
from safety.assess.occurrence import Occurrence
from safety.study.conditions import AllOf
from safety.study.language import Duration
from tests.assess.engine import (
    ANC,
    MET,
    NOT,
    PLT,
    UNKNOWN,
    at,
    case,
    condition,
    course,
    day,
    event,
    judged,
    measured,
    observed,
    reported,
    source,
    truth_of,
)

H2 = {"all": [{"value": "NEUT < 1.0 10*9/L"}, {"value": "TEMP > 38.3 Cel"}], "within": "24h"}
BLEEDING = {"toxicity": ["Epistaxis"], "grade": ">=2"}
TRANSFUSED = {"procedure": "PLATELET TRANSFUSION"}
H5 = {"all": [{"toxicity": [PLT], "grade": ">=3"}, {"any": [BLEEDING, TRANSFUSED]}],
      "within": "3d"}  # fmt: skip


def spell(first, last=None, end=None, *, truth=MET, name="x", **more) -> Occurrence:
    """An occurrence from a day to the last day it was surely on; end: when it was seen over."""
    onset = at(*first) if isinstance(first, tuple) else at(first)
    until = onset if last is None else at(*last) if isinstance(last, tuple) else at(last)
    over = until if end is None else at(end)
    return Occurrence(truth, onset, until, over, terms=(name,), **more)


@pytest.mark.parametrize(
    ("a", "b", "within", "expected"),
    [
        (spell(10), spell(13), "3d", MET),
        (spell(10), spell(14), "3d", NOT),
        (spell(10, 12), spell(15), "3d", MET),
        (spell(10, 12), spell(11), "0d", MET),  # overlapping
        (spell(10), spell(11), "0d", NOT),
        (spell(10), spell(10), "0d", MET),
        (spell(10, 10, end=14), spell(14), "3d", UNKNOWN),  # it may still have been on
        (spell(10, 10, end=14), spell(15), "3d", NOT),  # it was over by then
        (spell(10, 12, end=14), spell(15), "3d", MET),  # 3 days after it was surely on
        (spell(10, 10, end=14), spell(16), "3d", NOT),
        (spell(10, 10, end=14), spell(18), "3d", NOT),
        (spell("2024-03-20"), spell("2024-03"), "3d", UNKNOWN),  # a partial date
        # hours with times
        (spell((16, "08:00")), spell((17, "08:00")), "24h", MET),
        (spell((16, "08:00")), spell((17, "09:00")), "24h", NOT),
        # dates only: the same day is within 24 h, the next may be
        (spell(16), spell(16), "24h", MET),
        (spell(16), spell(17), "24h", UNKNOWN),
        (spell(16), spell(18), "24h", NOT),  # more than a day apart, whatever the times
        (spell(16), spell(16), "2h", UNKNOWN),
        (spell((16, "08:00")), spell(16), "24h", MET),
        (spell((16, "08:00")), spell(17), "24h", UNKNOWN),
    ],
)
def test_how_near_two_occurrences_lie(a, b, within, expected) -> None:
    assert near(a, b, Duration.parse(within)) is expected
    assert near(b, a, Duration.parse(within)) is expected


def test_what_is_true_of_the_subject_goes_with_everything() -> None:
    assert near(spell(1, standing=True), spell(40), Duration.parse("0d")) is MET


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([measured("NEUT", 16, 0.6), measured("TEMP", 16, 38.5, "Cel")], MET),  # vignette 4
        ([measured("NEUT", 16, 0.6), measured("TEMP", 16, 38.3, "Cel")], UNKNOWN),  # may follow
        (
            [measured("NEUT", 16, 0.6), measured("TEMP", 16, 38.3, "Cel"),
             measured("NEUT", 17, 1.5)],
            NOT,  # recovered without fever
        ),
        ([measured("NEUT", 16, 1.0), measured("TEMP", 16, 38.5, "Cel")], NOT),
        ([measured("NEUT", 16, 0.6)], UNKNOWN),
        ([measured("NEUT", 16, 0.6), measured("NEUT", 17, 1.5)], UNKNOWN),  # no temperature
        ([measured("NEUT", 16, 1.5)], NOT),
        ([measured("TEMP", 16, 38.5, "Cel")], NOT),
        ([measured("NEUT", 16, 1.5, sign="<"), measured("TEMP", 16, 38.5, "Cel")], UNKNOWN),
        ([measured("NEUT", 16, 0.6), measured("TEMP", 17, 38.5, "Cel")], UNKNOWN),
        (
            [measured("NEUT", 14, 0.6), measured("NEUT", 18, 0.6),
             measured("TEMP", 16, 38.5, "Cel")],
            MET,  # between two low counts
        ),
        (
            [measured("NEUT", 16, 0.6, clock="08:00"),
             measured("TEMP", 17, 38.5, "Cel", clock="07:00")],
            MET,
        ),
    ],
)  # fmt: skip
def test_febrile_neutropenia_from_values(records, expected) -> None:
    assert truth_of(H2, *records) is expected


@pytest.mark.parametrize(
    ("bleeding", "transfused", "expected"),
    [
        (reported("Epistaxis", 1, 20, 21), None, NOT),  # vignette 5
        (reported("Epistaxis", 2, 20, 21), None, MET),
        (reported("Epistaxis", 1, 20, 21), 20, MET),  # vignette 6
        (None, 23, MET),
        (None, 24, NOT),  # 4 days after they were surely low, recovered on day 21
        (None, 25, NOT),
        (reported("Epistaxis", 1, 20, 21, high=3), None, UNKNOWN),
        (reported("Epistaxis", 1, 20, 21, high=3), 20, MET),  # the surest counts
    ],
)
def test_low_platelets_with_bleeding_or_transfusion(bleeding, transfused, expected) -> None:
    given = (course("PLATELET TRANSFUSION", transfused, transfused),) if transfused else ()
    records = [observed(PLT, 20, 3), *([bleeding] if bleeding else [])]
    assert truth_of(H5, *records, observed(PLT, 21, 1), procedures=given) is expected


def test_standing_conditions_join_every_anchor() -> None:
    both = {"all": [{"toxicity": [PLT]}, {"history": "METASTASES TO LIVER"}]}
    told = (event("METASTASES TO LIVER", None),)
    found = judged(both, observed(PLT, 10, 3), observed(PLT, 15, 0), observed(PLT, 30, 3),
                   history=told)  # fmt: skip
    assert [(o.truth, o.onset) for o in found] == [(MET, at(10)), (MET, at(30))]
    assert judged(both, observed(PLT, 10, 3)) == []
    unknown = judged(both, observed(PLT, 10, 3), delivered=[])
    assert [o.truth for o in unknown] == [UNKNOWN]


def _all(**more) -> AllOf:
    return condition({"all": [BLEEDING, BLEEDING], "within": "3d"} | more)


def test_the_first_condition_leads_unless_the_earliest_is_asked_for() -> None:
    a, b = spell(12, name="a", low=3, high=3), spell(10, name="b", predose_cycle=2)
    assert together(_all(), [(a,), (b,)], case())[0].onset == at(12)
    earliest = together(_all(onset="earliest"), [(a,), (b,)], case())[0]
    assert (earliest.onset, earliest.predose_cycle) == (at(10), 2)
    assert (earliest.terms, earliest.low) == (("a", "b"), 3)


def test_the_surest_partner_is_chosen_then_one_that_is_open() -> None:
    unsure = spell(10, truth=UNKNOWN, name="unsure", missing=("grade",))
    opened = replace(unsure, terms=("open",), open=True, settles_by=day(20))
    sure = spell(12, name="sure")
    anchor = (spell(11, name="a"),)
    assert together(_all(), [anchor, (unsure, sure)], case())[0].terms == ("a", "sure")
    found = together(_all(), [anchor, (unsure, opened)], case())[0]
    assert (found.terms, found.truth, found.open) == (("a", "open"), UNKNOWN, True)
    assert (found.missing, found.settles_by) == (("grade",), day(20))


def test_evidence_and_queries_of_both_are_kept() -> None:
    a = spell(12, evidence=(source("a", at(12)),), queries=("q",))
    b = spell(12, evidence=(source("b", at(12)),), queries=("q", "r"))
    found = together(_all(), [(a,), (b,)], case())[0]
    assert [s.text for s in found.evidence] == ["a", "b"]
    assert found.queries == ("q", "r")


@pytest.mark.parametrize("later", [[], [measured("NEUT", 24, 1.5, clock="08:00")]])
def test_what_was_not_seen_to_be_over_may_go_on(later) -> None:
    """A missing recovery never makes a "no" surer."""
    records = (measured("NEUT", 16, 0.6, clock="08:00"),
               measured("TEMP", 19, 38.5, "Cel", clock="08:00"))  # fmt: skip
    assert truth_of(H2, *records, *later) is UNKNOWN


@pytest.mark.parametrize("later", [[], [observed(PLT, 24, 1)]])
def test_a_transfusion_between_two_counts(later) -> None:
    given = (course("PLATELET TRANSFUSION", 20, 20),)
    assert truth_of(H5, observed(PLT, 16, 3), *later, procedures=given) is UNKNOWN


@pytest.mark.parametrize(("infection", "expected"), [(None, NOT), (True, MET), (False, NOT)])
def test_what_is_not_said_of_the_second_does_not_relate_the_first(infection, expected) -> None:
    h3 = {"all": [{"toxicity": "neutropenia", "grade": ">=3"},
                  {"toxicity": "infections", "grade": ">=3"}], "within": "3d"}  # fmt: skip
    first = reported(ANC, 3, 10, 15, related=False, cause=True)
    second = reported("Sepsis", 3, 11, 15, soc="Infections and infestations", related=infection,
                      cause=infection is False)  # fmt: skip
    assert set(judged(h3, first, second)[0].related.values()) == {expected}


def test_three_conditions_lie_near_the_first() -> None:
    three = condition({"all": [BLEEDING, BLEEDING, BLEEDING], "within": "3d"})
    a, b = (spell(10, name="a"),), (spell(12, name="b"),)
    assert len(together(three, [a, b, (spell(13, name="c"),)], case())) == 1
    assert together(three, [a, b, (spell(20, name="c"),)], case()) == ()
    assert together(three, [a, b, ()], case()) == ()


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [(24, [(UNKNOWN, True, True, 24)]), (25, []), (26, []), (40, [])],
)
def test_a_no_is_said_only_when_nothing_can_join_any_more(as_of, expected) -> None:
    """Review B1: platelets low on day 20, recovered on day 24, bleeding on day 26."""
    records = [observed(PLT, 20, 3), observed(PLT, 24, 1)]
    if as_of >= 26:
        records.append(reported("Epistaxis", 2, 26, 28))
    found = judged(H5, *records, as_of=as_of)
    assert [(o.truth, o.waiting, o.open, o.settles_by) for o in found] == [
        (truth, waiting, is_open, day(by)) for truth, waiting, is_open, by in expected
    ]


def test_what_has_not_recovered_waits_until_it_has() -> None:
    found = judged(H5, observed(PLT, 20, 3), as_of=22)[0]
    assert (found.truth, found.waiting, found.open, found.settles_by) == (
        UNKNOWN, True, True, None,
    )  # fmt: skip
    assert found.missing == (
        f"{PLT} (2024-03-23): what else the rule asks for may follow until it has recovered",
    )
    assert judged(H5, observed(PLT, 20, 3), observed(PLT, 22, 3), observed(PLT, 24, 1),
                  reported("Epistaxis", 2, 25, 28))[0].truth is MET  # fmt: skip


def test_nothing_is_waited_for_after_follow_up_ended() -> None:
    ended = (event("WITHDRAWAL BY SUBJECT", 21),)
    assert judged(H5, observed(PLT, 20, 3), as_of=22, ended=ended) == []


def test_what_was_never_measured_is_named() -> None:
    found = judged(H2, measured("NEUT", 16, 0.6), measured("NEUT", 17, 1.5))[0]
    assert (found.truth, found.missing) == (UNKNOWN, ("TEMP: no value was delivered",))


def test_fever_after_recovery_does_not_belong_to_it() -> None:
    """Review C1: neutrophils 1.2 on day 16 at 07:30, fever 25.5 h after the low count."""
    records = (measured("NEUT", 15, 0.9, clock="07:30"), measured("NEUT", 16, 1.2, clock="07:30"),
               measured("TEMP", 16, 38.5, "Cel", clock="09:00"))  # fmt: skip
    assert truth_of(H2, *records) is NOT
    h5 = [observed(PLT, 14, 3, clock="16:00"), observed(PLT, 15, 0)]
    given = (course("PLATELET TRANSFUSION", 18, 18),)
    assert truth_of(H5, *h5, procedures=given) is NOT
