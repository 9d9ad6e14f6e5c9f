"""Death and what the committee declared."""

from __future__ import annotations

import pytest

from tests.assess.engine import (
    MET,
    NOT,
    UNKNOWN,
    at,
    declaration,
    event,
    judged,
    measured,
    reported,
    study,
    truth_of,
)

D1 = {"death": True}
CAUSES = {"terms": ["Disease progression"], "dispositions": ["DEATH DUE TO PROGRESSIVE DISEASE"]}
STUDY = study(cause_of_death=CAUSES)


@pytest.mark.parametrize(
    ("records", "told", "expected"),
    [
        ([reported("Sepsis", 5, 12, 18, fatal=True)], {"death": 18}, MET),
        ([reported("Sepsis", 4, 12, 18, fatal=True)], {"death": 18}, MET),
        ([reported("Sepsis", 5, 12, 18)], {}, MET),
        ([reported("Sepsis", 4, 12, 18)], {}, NOT),
        # a documented other cause takes it out, "unrelated" alone does not
        ([reported("Injury", 5, 18, 18, related=False, cause=True)], {"death": 18}, NOT),
        ([reported("Injury", 5, 18, 18, related=False)], {"death": 18}, MET),
        ([reported("Injury", 5, 18, 18, related=None, cause=True)], {"death": 18}, MET),
        ([reported("DISEASE PROGRESSION", 5, 18, 18)], {"death": 18}, NOT),
        # clearly due to progression, or not
        (
            [reported("Disease progression", 5, 12, 18, fatal=True, related=False, cause=True),
             reported("Sepsis", 5, 12, 18, fatal=True, row=1)],
            {"death": 18},
            MET,
        ),
        # no fatal event: unexplained unless the disposition says progression
        ([], {"death": 18}, MET),
        ([], {"death": 18, "ended": (event("DEATH DUE TO PROGRESSIVE DISEASE", 18),)}, NOT),
        ([], {"death": 18, "ended": (event("DEATH", 18),)}, MET),
        ([], {"death": 18, "ended": (event("DEATH DUE TO PROGRESSIVE DISEASE", 19),)}, MET),
        ([], {}, NOT),
        # a grade that is missing may be 5, unless the subject was seen alive after its start
        ([reported("Sepsis", 1, 12, 18, high=5)], {}, UNKNOWN),
        ([reported("Sepsis", 1, 12, 18, high=5), measured("NEUT", 19, 2.0)], {}, NOT),
        ([reported("Sepsis", 1, 12, 18, high=5), measured("NEUT", 13, 2.0)], {}, NOT),
        ([reported("Sepsis", 1, 12, 18, high=5), measured("NEUT", 12, 2.0)], {}, UNKNOWN),
        # review C9: progression of the disease is no toxicity, with or without a grade
        ([reported("Disease progression", 1, 19, 30, high=5)], {}, NOT),
        ([reported("Sepsis", 1, 12, 18, high=4)], {}, NOT),
    ],
)  # fmt: skip
def test_a_death_counts_unless_its_cause_is_documented(records, told, expected) -> None:
    assert truth_of(D1, *records, in_study=STUDY, **told) is expected


def test_an_unexplained_death_is_asked_about() -> None:
    found = judged(D1, death=18, ended=(event("DEATH", 18),))[0]
    assert (found.onset, found.low, found.unattributed) == (at(18), 5, True)
    assert found.queries == (
        "death without a fatal adverse event: cause not documented, taken as related",
    )
    assert {s.text for s in found.evidence} == {"DEATH", "subject T1-001"}


def test_a_fatal_event_carries_the_death() -> None:
    found = judged(D1, reported("Sepsis", 5, 12, 18, fatal=True, soc="Infections"), death=18)[0]
    assert (found.terms, found.socs, found.reported) == (("Sepsis",), ("Infections",), True)
    assert set(found.related.values()) == {MET}


def test_a_fatal_event_from_before_the_first_dose_is_placed_by_the_death() -> None:
    report = reported("Sepsis", 5, "2024-03-01", 18, fatal=True)
    assert judged(D1, report, death=18, baseline={"Sepsis": 5})[0].onset == at(18)


@pytest.mark.parametrize(("signed", "expected"), [("Dr. Li", MET), ("", UNKNOWN)])
def test_a_declaration_counts_once_it_is_signed(signed, expected) -> None:
    found = judged({"declared": True}, declaration("Confusion", 12, signed))[0]
    assert (found.truth, found.onset, found.terms) == (expected, at(12), ("Confusion",))
    assert bool(found.missing) is (expected is UNKNOWN)


def test_a_declaration_without_a_day_begins_with_treatment() -> None:
    assert judged({"declared": True}, declaration("Confusion", None, "Dr. Li"))[0].onset == at(1)
    assert judged({"declared": True}) == []
