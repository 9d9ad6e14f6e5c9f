"""The numbers are cited, and every term and grade is one CTCAE v5.0 has."""

from __future__ import annotations

import csv
from importlib import resources

import pytest
from pydantic import ValidationError

from safety.simulate.calibration import Calibration, calibration, read, sigma_of_entry
from safety.simulate.limiting import _KINDS, UNPROVOKED

NUMBERS = calibration()


def catalogue() -> dict[str, set[int]]:
    """Grades by term."""
    file = resources.files("safety.ctcae").joinpath("data", "catalogue_5_0.csv")
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {r["term"]: {int(g) for g in r["grades"].split("|")} for r in rows}


GRADES = catalogue()


@pytest.mark.parametrize("term", NUMBERS.clinical, ids=lambda t: t.term)
def test_a_clinical_term_has_no_grade_that_ctcae_does_not_have(term):
    assert set(range(1, term.most + 1)) <= GRADES[term.term]
    assert not term.mild or term.most >= 3


@pytest.mark.parametrize("line", NUMBERS.laboratory, ids=lambda t: t.term)
def test_a_laboratory_term_has_no_grade_that_ctcae_does_not_have(line):
    assert set(range(1, len(line.limits) + 1)) <= GRADES[line.term]
    assert not line.second or len(line.second_limits) == len(line.limits)


@pytest.mark.parametrize("event", [*NUMBERS.unrelated, *NUMBERS.stop_events], ids=lambda e: e.term)
def test_other_events_have_a_grade_of_their_term(event):
    assert event.grade in GRADES[event.term]


def test_every_excursion_has_a_term_with_limits_and_tests_with_a_curve():
    terms = {line.term for line in NUMBERS.laboratory}
    assert {e.term for e in NUMBERS.excursions} <= terms
    assert {t for e in NUMBERS.excursions for t in e.peaks} <= set(NUMBERS.tests)


def test_every_kind_of_dose_limiting_event_can_be_made():
    kinds = set(NUMBERS.dose_limiting) - {UNPROVOKED}
    assert kinds == set(_KINDS)
    assert {t for t in NUMBERS.limiting_terms} <= {t.term for t in NUMBERS.clinical}


def test_panels_measure_only_what_has_a_curve():
    measured = {test for panel in NUMBERS.panels.values() for test in panel}
    assert measured - {"PROTDIP"} <= set(NUMBERS.tests)


def test_an_unknown_field_is_refused():
    with pytest.raises(ValidationError, match="surprise"):
        Calibration.model_validate(read("calibration.yaml") | {"surprise": 1})


def test_a_probability_above_one_is_refused():
    with pytest.raises(ValidationError, match="unrelated_p"):
        Calibration.model_validate(read("calibration.yaml") | {"unrelated_p": 1.2})


def test_the_delay_of_entry_has_its_median_and_its_ninth_decile():
    assert sigma_of_entry(NUMBERS.delays) == pytest.approx(0.9394, abs=1e-3)
