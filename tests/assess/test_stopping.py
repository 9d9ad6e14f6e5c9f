"""Whom each monitor counts: at risk, with an event, open, still waiting, or apart."""

from __future__ import annotations

from datetime import date

import pytest

from safety.assess.stopping import Monitored, monitors
from safety.assess.subject import assess
from safety.study.stopping import StoppingRule
from tests.assess.engine import (
    ANC,
    KINDS,
    all_taken,
    day,
    event,
    facts,
    observed,
    reported,
    study,
)

GI = "Gastrointestinal disorders"
CAUSES = {"dispositions": ["DEATH DUE TO PROGRESSIVE DISEASE"]}
EVALUABLE = {"minimum_dose": ">=80%", "assessments": [], "citation": "3.4"}
DLT_EVENT = reported("Nausea", 3, 5, 9)


def rule(**changes) -> StoppingRule:
    return StoppingRule.model_validate(
        {"id": "S1", "text": "stop", "levels": "all", "at_most": 1, "n_max": 40, "citation": "3.6",
         "confidence": "M"} | changes
    )  # fmt: skip


DLTS = rule(dlt=True)
DEATHS = rule(related_deaths=True)
GRAVE_4 = {"toxicity": "any", "except": ["neutropenia"], "grade": ">=4"}
GRAVE = rule(toxicity=GRAVE_4)
OF_ANY_CAUSE = rule(toxicity=GRAVE_4, related=False)


def counted(said, *subjects, as_of=40) -> list[Monitored]:
    used = study(cause_of_death=CAUSES, evaluability=EVALUABLE)
    used = used.model_copy(update={"stopping": [said]})
    known = {f.usubjid: f for f in subjects}
    found = assess(known, used, day(as_of))
    return list(monitors(found, known, used, day(as_of)))


def subject(number, *records, doses=21, **told):
    told = {"cycles": {2: 22}} | told
    return facts(*all_taken(doses), *records, usubjid=f"S-{number}", **told)


def one(said, *subjects, as_of=40) -> Monitored:
    found = counted(said, *subjects, as_of=as_of)
    assert len(found) == 1
    return found[0]


def standing(said, *records, as_of=40, **told) -> str:
    """Where the only subject stands."""
    found = one(said, subject(1, *records, **told), as_of=as_of)
    if found.usubjids:
        assert found.usubjids == found.at_risk
        return "event"
    names = [n for n in ("at_risk", "open", "waiting") if getattr(found, n)]
    return names[0] if names else "apart"


def test_what_it_counts() -> None:
    found = one(DLTS, subject(1, DLT_EVENT), subject(2), subject(3, DLT_EVENT))
    assert found == Monitored(
        "S1", "stop", "", ("S-1", "S-2", "S-3"), ("S-1", "S-3"), open=(), waiting=()
    )
    assert (found.n, found.y, found.events) == (3, 2, (True, False, True))


def test_in_order_of_first_dose() -> None:
    early = subject(9, DLT_EVENT, first_dose=date(2024, 3, 1))
    found = one(DLTS, subject(1), early, as_of=60)
    assert (found.at_risk, found.usubjids, found.events) == (
        ("S-9", "S-1"),
        ("S-9",),
        (True, False),
    )


def unread(kind) -> dict:
    return {"delivered": [k for k in KINDS if k != kind]}


@pytest.mark.parametrize(
    ("records", "told", "as_of", "expected"),
    [
        ([DLT_EVENT], {}, 40, "event"),
        ([DLT_EVENT], {"cycles": {}}, 12, "event"),  # at once, while the window is open
        ([], {}, 40, "at_risk"),
        ([], {"cycles": {}}, 12, "waiting"),
        ([], {"first_dose": None, "cycles": {}}, 40, "apart"),
        ([DLT_EVENT], {"first_dose": None, "cycles": {}}, 40, "apart"),
        # withdrew: not evaluable, to be replaced
        (
            [],
            {"cycles": {}, "doses": 5, "ended": (event("WITHDRAWAL BY SUBJECT", 6),)},
            40,
            "apart",
        ),
        # a grade nobody knows
        ([reported("Nausea", 2, 5, 9, high=3)], {}, 40, "open"),
    ],
)
def test_dlts_as_the_dose_decision_counts_them(records, told, as_of, expected) -> None:
    assert standing(DLTS, *records, as_of=as_of, **told) == expected


@pytest.mark.parametrize(
    ("records", "told", "as_of", "expected"),
    [
        ([reported("Sepsis", 5, 12, 18, fatal=True)], {"death": 18, "cycles": {}}, 40, "event"),
        ([], {"death": 18, "cycles": {}}, 40, "event"),  # cause not documented
        ([reported("Sepsis", 5, 50, 58, fatal=True)], {"death": 58}, 60, "event"),  # any time later
        ([reported("Sepsis", 5, 12, 18, fatal=True, related=False, cause=True)],
         {"death": 18, "cycles": {}}, 40, "at_risk"),
        ([], {"death": 18, "cycles": {}, "ended": (event("DEATH DUE TO PROGRESSIVE DISEASE", 18),)},
         40, "at_risk"),
        ([reported("Sepsis", 4, 30, 38, high=5)], {}, 40, "open"),
        ([], {}, 40, "at_risk"),
        ([], {"cycles": {}}, 12, "waiting"),
        ([], {"death": 58}, 40, "at_risk"),  # not known yet
        ([], unread("adverse_event"), 40, "open"),
    ],
)  # fmt: skip
def test_related_deaths(records, told, as_of, expected) -> None:
    assert standing(DEATHS, *records, as_of=as_of, **told) == expected


@pytest.mark.parametrize(
    ("said", "records", "told", "as_of", "expected"),
    [
        (GRAVE, [reported("Ileus", 4, 5, 7, soc=GI)], {}, 40, "event"),
        (GRAVE, [reported("Ileus", 4, 5, 7, soc=GI)], {"cycles": {}}, 6, "event"),
        (GRAVE, [reported("Ileus", 4, 50, 52, soc=GI)], {}, 60, "event"),  # after the window too
        (GRAVE, [reported("Ileus", 4, 50, 52, soc=GI)], {}, 49, "at_risk"),
        (GRAVE, [reported("Ileus", 3, 5, 7, soc=GI)], {}, 40, "at_risk"),
        (GRAVE, [reported("Ileus", 3, 5, 7, soc=GI, high=4)], {}, 40, "open"),
        # a doubt does not hide what is sure
        (GRAVE, [reported("Ileus", 3, 5, 7, soc=GI, high=4), reported("Colitis", 4, 9, 11)], {}, 40,
         "event"),
        (GRAVE, [reported("Ileus", 4, 5, 7, related=None)], {}, 40, "event"),  # taken as related
        (GRAVE, [reported("Ileus", 4, 5, 7, related=False, cause=True)], {}, 40, "at_risk"),
        (OF_ANY_CAUSE, [reported("Ileus", 4, 5, 7, related=False, cause=True)], {}, 40, "event"),
        # unrelated: what its grade is does not matter
        (GRAVE, [reported("Ileus", 3, 5, 7, high=4, related=False, cause=True)], {}, 40, "at_risk"),
        (GRAVE, [observed(ANC, 5, 4)], {}, 40, "at_risk"),  # haematological, left out
        (GRAVE, [observed("Lipase increased", 5, 4)], {}, 40, "event"),  # measured
        # before the first dose, or no worse than then
        (GRAVE, [reported("Ileus", 4, "2024-02-20", 2)], {}, 40, "at_risk"),
        (GRAVE, [reported("Ileus", 4, 5, 7)], {"baseline": {"Ileus": 4}}, 40, "at_risk"),
        # of a month that holds the first dose: after it as far as anybody knows
        (GRAVE, [reported("Ileus", 4, "2024-03", 20)], {}, 40, "event"),
        (GRAVE, [], {"cycles": {}}, 12, "waiting"),
        (GRAVE, [], {}, 40, "at_risk"),
        (GRAVE, [], unread("measurement"), 40, "open"),
        (GRAVE, [], unread("adverse_event"), 40, "open"),
        (GRAVE, [], unread("medication"), 40, "at_risk"),
        (GRAVE, [reported("Ileus", 4, 5, 7)], {"first_dose": None, "cycles": {}}, 40, "apart"),
    ],
)  # fmt: skip
def test_grave_toxicity(said, records, told, as_of, expected) -> None:
    assert standing(said, *records, as_of=as_of, **told) == expected


def test_two_events_of_one_subject_are_one() -> None:
    twice = subject(1, reported("Ileus", 4, 5, 7), reported("Colitis", 4, 9, 11))
    assert one(GRAVE, twice, subject(2)).y == 1


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("all", {"": (3, 2)}),
        # of a level the file does not know nobody is left out
        ("each", {"L1": (1, 1), "L2": (2, 1)}),
        (["L2"], {"L2": (2, 1)}),
        (["L1", "L2"], {"L1, L2": (3, 2)}),
        (["L7"], {"L7": (0, 0)}),
    ],
)
def test_levels(levels, expected) -> None:
    subjects = [
        subject(1, DLT_EVENT), subject(2, DLT_EVENT, level="L2"), subject(3, level="L2")
    ]  # fmt: skip
    found = counted(rule(dlt=True, levels=levels), *subjects)
    assert {m.level: (m.n, m.y) for m in found} == expected


def test_before_anybody_is_treated() -> None:
    assert [(m.level, m.n, m.y) for m in counted(rule(dlt=True, levels="each"))] == [("L1", 0, 0)]


def test_every_subject_is_somewhere() -> None:
    """At risk, open and waiting together are the treated who may still count."""
    subjects = [
        subject(1, DLT_EVENT), subject(2), subject(3, reported("Nausea", 2, 5, 9, high=3)),
        subject(4, doses=2, cycles={}, first_dose=day(39)), subject(5, first_dose=None, cycles={}),
    ]  # fmt: skip
    found = one(DLTS, *subjects)
    assert (found.at_risk, found.open, found.waiting) == (("S-1", "S-2"), ("S-3",), ("S-4",))
