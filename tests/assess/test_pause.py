"""Immediate-pause rules over all subjects (reference, section 3.7): each fires and stays silent."""

from __future__ import annotations

from datetime import date

import pytest

from safety.assess.pause import pauses
from safety.assess.subject import assess
from tests.assess.engine import (
    ANY_SEVERE,
    all_taken,
    day,
    event,
    facts,
    measured,
    reported,
    rule,
    study,
)

GI, NERVOUS = "Gastrointestinal disorders", "Nervous system disorders"
L1 = rule("L1", {"hys_law": True}, scope={"worsened_by": 0})
CAUSES = {"dispositions": ["DEATH DUE TO PROGRESSIVE DISEASE"]}


def _pause(**kind) -> dict:
    return {"id": "PAUSE-1", "text": "stop", "citation": "3.7"} | kind


DEATHS = _pause(related_deaths=1)
ORGAN = _pause(same_soc_events=2,
               toxicity={"toxicity": "any", "except": ["neutropenia"], "grade": ">=4"})  # fmt: skip
HYS_LAW = _pause(rule="L1")
FIRST = _pause(dlts=2, in_first=3)
BOUNDARY = _pause(eliminated_at="L1", boundary={3: 3, 4: 3, 5: 4, 6: 4})
DLT_EVENT = reported("Nausea", 3, 5, 9)


def _fired(pause, *subjects, as_of=40) -> list[tuple]:
    used = study(
        rules=[ANY_SEVERE, L1], pause=[pause], cause_of_death=CAUSES,
        evaluability={"minimum_dose": ">=80%", "assessments": [], "citation": "3.4"},
    )  # fmt: skip
    known = {f.usubjid: f for f in subjects}
    found = assess(known, used, day(as_of))
    return [(p.level, p.usubjids) for p in pauses(found, known, used, day(as_of))]


def subject(number, *records, **told):
    told = {"cycles": {2: 22}} | told
    return facts(*all_taken(), *records, usubjid=f"S-{number}", **told)


def hys_law(first):
    values = ("ALT", 240, "U/L", 40), ("BILI", 48, "umol/L", 20), ("ALP", 110, "U/L", 100)
    return [measured(test, first, v, unit, uln=uln) for test, v, unit, uln in values]


@pytest.mark.parametrize(
    ("dead", "expected"),
    [
        (subject(1, reported("Sepsis", 5, 12, 18, fatal=True), death=18, cycles={}),
         [("L1", ("S-1",))]),
        (subject(1, death=18, cycles={}), [("L1", ("S-1",))]),  # cause not documented
        (subject(1, reported("Sepsis", 5, 12, 18, fatal=True, related=False, cause=True), death=18,
                 cycles={}), []),
        (subject(1, death=18, cycles={}, ended=(event("DEATH DUE TO PROGRESSIVE DISEASE", 18),)),
         []),
        (subject(1), []),
    ],
)  # fmt: skip
def test_a_related_death(dead, expected) -> None:
    assert _fired(DEATHS, dead, subject(2)) == expected


def g4(term, soc, number, **more):
    return reported(term, 4, number, number + 2, soc=soc, **more)


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        ([subject(1, g4("Ileus", GI, 5)), subject(2, g4("Colitis", GI, 50))],
         [("", ("S-1", "S-2"))]),  # in the window or after it
        ([subject(1, g4("Ileus", GI, 5), g4("Colitis", GI, 5))], [("", ("S-1",))]),
        ([subject(1, g4("Ileus", GI, 5)), subject(2, g4("Stroke", NERVOUS, 5))], []),
        ([subject(1, g4("Ileus", GI, 5))], []),
        ([subject(1, g4("Ileus", GI, 5)),
          subject(2, g4("Colitis", GI, 5, related=False, cause=True))], []),
        ([subject(1, g4("Ileus", GI, 5)), subject(2, reported("Colitis", 3, 5, 7, soc=GI))], []),
        ([subject(1, g4("Ileus", GI, 5)), subject(2, g4("Colitis", GI, 5),
                                                  baseline={"Colitis": 4})], []),
    ],
)  # fmt: skip
def test_two_related_events_of_grade_4_of_one_organ_class(subjects, expected) -> None:
    assert _fired(ORGAN, *subjects, as_of=60) == expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [(hys_law(15), [("L1", ("S-1",))]), (hys_law(30), [("L1", ("S-1",))]), (hys_law(15)[:2], []),
     ([], [])],
)  # fmt: skip
def test_a_case_of_hys_law_in_the_window_or_after_it(records, expected) -> None:
    assert _fired(HYS_LAW, subject(1, *records)) == expected


def start(number) -> dict:
    return {"first_dose": date(2024, 3, number), "cycles": {2: 22}}


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        ([subject(1, DLT_EVENT), subject(2, DLT_EVENT), subject(3)], [("L1", ("S-1", "S-2"))]),
        ([subject(1, DLT_EVENT), subject(2, DLT_EVENT)], [("L1", ("S-1", "S-2"))]),
        ([subject(1, DLT_EVENT), subject(2), subject(3)], []),
        # the second DLT is in the fourth subject treated
        ([subject(1, DLT_EVENT), subject(2), subject(3), subject(4, DLT_EVENT)], []),
        ([subject(1, DLT_EVENT), subject(2, DLT_EVENT, level="L2")], []),
        # who was not treated is not one of the first
        ([subject(1, first_dose=None, cycles={}), subject(2, DLT_EVENT), subject(3),
          subject(4, DLT_EVENT)], [("L1", ("S-2", "S-4"))]),
        # by first dose, not by number
        ([subject(1, DLT_EVENT), subject(2, **start(2)), subject(3, **start(2)),
          subject(4, DLT_EVENT, **start(3))], []),
    ],
)  # fmt: skip
def test_two_dlts_in_the_first_three_of_a_level(subjects, expected) -> None:
    assert _fired(FIRST, *subjects) == expected


@pytest.mark.parametrize(
    ("dlts", "others", "level", "expected"),
    [(3, 0, "L1", True), (2, 1, "L1", False), (3, 1, "L1", True), (3, 2, "L1", False),
     (4, 2, "L1", True), (2, 0, "L1", False), (3, 0, "L2", False)],
)  # fmt: skip
def test_the_elimination_boundary_at_level_1(dlts, others, level, expected) -> None:
    hit = [subject(n, DLT_EVENT, level=level) for n in range(dlts)]
    decided = [subject(10 + n, level=level) for n in range(others)]
    assert bool(_fired(BOUNDARY, *hit, *decided)) is expected
