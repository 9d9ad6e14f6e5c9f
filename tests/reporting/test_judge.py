"""Serious, suspected, expected: what the data say, and what follows where they say nothing."""

from __future__ import annotations

import pytest

from safety.reporting.judge import judge, owed
from safety.reporting.kinds import clocks
from tests import build
from tests.reporting.cases import serious, study, told

SEVEN, FIFTEEN = {"sae", "susar_7d", "followup_8d"}, {"sae", "susar_15d"}
RSI = {
    "expectedness": [
        {"version": "2", "effective_from": "2024-03-10", "terms": []},
        {"version": "1", "effective_from": "2024-01-01",
         "terms": [{"term": "NAUSEA"}, {"term": "Anemia", "up_to": "fatal"}]},
    ]
}  # fmt: skip


def _of(row, **reporting):
    chosen = study(**reporting)
    (event,) = told(row, of=chosen)
    return event, judge(event, chosen), chosen


def _owed(row, decisions=None, **reporting) -> set[str]:
    event, found, chosen = _of(row, **reporting)
    return set(owed(event.term, found, decisions or {}, clocks(chosen)))


@pytest.mark.parametrize(
    ("changes", "kinds", "doubts"),
    [
        ({}, FIFTEEN, ()),
        ({"AETOXGR": "4"}, FIFTEEN, ()),  # a box was ticked, and it was not life-threatening
        ({"AESLIFE": "Y"}, SEVEN, ()),
        ({"AESDTH": "Y"}, SEVEN, ()),
        ({"AEOUT": "FATAL"}, SEVEN, ()),
        ({"AETOXGR": "5"}, SEVEN, ()),
        ({"AESHOSP": None}, FIFTEEN, ("no criterion of seriousness given",)),
        ({"AESHOSP": None, "AETOXGR": "4"}, SEVEN,
         ("no criterion of seriousness given",
          "it may be of grade 4 or 5: taken as life-threatening")),
        ({"AESER": None}, FIFTEEN, ("seriousness not told, but hospitalisation",)),
        ({"AESER": "MAYBE"}, FIFTEEN, ("seriousness not told, but hospitalisation",)),
        ({"AESER": "N"}, FIFTEEN, ("told as not serious, but hospitalisation",)),
        ({"AESER": "N", "AESHOSP": None, "AETOXGR": "5"}, SEVEN,
         ("told as not serious, but fatal",)),
        ({"AESER": None, "AESHOSP": None, "AESCONG": "Y"}, FIFTEEN,
         ("seriousness not told, but congenital anomaly",)),
        ({"AEREL": None}, FIFTEEN, ("attribution not told: taken as suspected",)),
        ({"AEREL": "PERHAPS"}, FIFTEEN, ("attribution not told: taken as suspected",)),
        ({"AEREL": "NONE"}, {"sae"}, ()),
        ({"AESER": "N", "AESHOSP": None, "AETOXGR": "4"}, set(), ()),  # grade 4 alone is not
        ({"AESER": None, "AESHOSP": None, "AETOXGR": "4"}, set(), ()),
    ],
)  # fmt: skip
def test_what_is_owed(changes, kinds, doubts) -> None:
    row = serious(**changes)
    assert _owed(row) == kinds
    assert _of(row)[1].doubts == doubts


@pytest.mark.parametrize(
    ("changes", "serious_", "level"),
    [
        ({"AESHOSP": None}, "Y", 3),
        ({"AESER": "N", "AESHOSP": None}, "N", 0),
        ({"AESER": None, "AESHOSP": None}, "?", 0),
        ({"AESER": "N", "AESHOSP": "UNK"}, "?", 0),
        ({"AESER": None}, "?", 3),
        ({"AESLIFE": "Y"}, "Y", 4),
        ({"AESLIFE": "Y", "AESDTH": "Y"}, "Y", 5),
    ],
)
def test_seriousness_has_three_values(changes, serious_, level) -> None:
    found = _of(serious(**changes))[1]
    assert (found.serious, found.level) == (serious_, level)


@pytest.mark.parametrize(
    ("changes", "kinds", "listed"),
    [
        ({}, {"sae"}, "1"),
        ({"AESTDTC": "2024-03-09"}, {"sae"}, "1"),
        ({"AESTDTC": "2024-03-10"}, FIFTEEN, ""),  # version 2 does not list it
        ({"AESTDTC": "2023-12-31"}, FIFTEEN, ""),  # before the first version
        ({"AESTDTC": "2024-03"}, FIFTEEN, ""),  # either version may have been in force
        ({"AESTDTC": "2024-02"}, {"sae"}, "1"),
        ({"AESTDTC": None}, FIFTEEN, ""),
        ({"AESLIFE": "Y"}, SEVEN, ""),  # expected, but not life-threatening
        ({"AEDECOD": "Anemia", "AESDTH": "Y"}, {"sae"}, "1"),
        ({"AEDECOD": "Vomiting"}, FIFTEEN, ""),
    ],
)
def test_expected_is_what_the_version_at_onset_lists(changes, kinds, listed) -> None:
    assert _owed(serious(**changes), **RSI) == kinds
    assert _of(serious(**changes), **RSI)[1].listed == listed


def test_a_version_that_may_not_have_been_in_force_is_told() -> None:
    found = _of(serious(AESTDTC="2024-03"), **RSI)[1]
    assert found.doubts == ("onset 2024-03: expected by one version only",)


@pytest.mark.parametrize(
    ("related", "kinds"),
    [("NONE", set()), (None, FIFTEEN), ("POSSIBLE", FIFTEEN)],
)
def test_progression_is_left_out_only_where_no_drug_is_suspected(related, kinds) -> None:
    row = serious(AEDECOD="Disease progression", AEREL=related)
    assert _owed(row, progression_terms=["disease Progression"]) == kinds
    assert _owed(serious(AEDECOD="Disease progression", AEREL="NONE")) == {"sae"}


def test_a_fatal_susar_of_a_study_without_7_days_is_owed_within_15() -> None:
    off = {"susar_7d": {"applies": False}, "followup_8d": {"applies": False}}
    assert _owed(serious(AESDTH="Y"), kinds=off) == FIFTEEN


def test_special_interest_is_owed_by_its_term() -> None:
    kinds = {"aesi": {"terms": ["nausea"]}, "susar_15d": {"applies": False}}
    assert _owed(build.event(), kinds=kinds) == {"aesi"}
    assert _owed(serious(), kinds=kinds) == {"aesi", "sae"}
    assert _owed(serious(AEDECOD="Vomiting"), kinds=kinds) == {"sae"}


@pytest.mark.parametrize(
    ("related", "decided", "kinds"),
    [
        ("NONE", "related", FIFTEEN),
        ("POSSIBLE", "unrelated", FIFTEEN),  # the sponsor does not take back what a site says
        (None, "unrelated", {"sae"}),
        (None, "related", FIFTEEN),
    ],
)
def test_causality_of_a_person(related, decided, kinds) -> None:
    made = {"causality": {"value": decided, "level": "3"}}
    assert _owed(serious(AEREL=related), made) == kinds


@pytest.mark.parametrize(
    ("decided", "level", "changes", "kinds"),
    [
        ("expected", "3", {}, {"sae"}),
        ("expected", "3", {"AESDTH": "Y"}, SEVEN),  # it was decided of something milder
        ("expected", "5", {"AESDTH": "Y"}, {"sae"}),
        ("unexpected", "3", {}, FIFTEEN),
        ("unexpected", "3", {"AEDECOD": "Anemia", "AESDTH": "Y"}, SEVEN),  # listed up to fatal
        ("expected", "3", {"AEDECOD": "Anemia", "AESDTH": "Y"}, {"sae"}),
    ],
)
def test_expectedness_of_a_person(decided, level, changes, kinds) -> None:
    made = {"expectedness": {"value": decided, "level": level}}
    listing = RSI if "AEDECOD" in changes else {}
    assert _owed(serious(**changes), made, **listing) == kinds
    assert _owed(serious(), {"expectedness": {"value": "unexpected", "level": "3"}}, **RSI) == (
        FIFTEEN
    )
