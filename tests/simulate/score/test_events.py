"""Events: what truth and toxwatch call the same."""

import json

import pytest

from safety.simulate.score import events


@pytest.mark.parametrize(
    ("rule", "term", "terms"),
    [
        ("H1", "Neutrophil count decreased", ["Neutrophil count decreased"]),
        ("H2", "Febrile neutropenia", ["NEUT < 1 10*9/L", "TEMP > 38.3 Cel"]),
        ("H3", "Neutrophil count decreased", ["Neutrophil count decreased", "Sepsis"]),
        ("H5", "Platelet count decreased", ["Platelet count decreased", "PLATELET TRANSFUSION"]),
        ("L1", "Alanine aminotransferase increased", ["Hy's law"]),
        ("N1", "Diarrhea", ["Diarrhea"]),
        ("N3", "Proteinuria", ["Proteinuria"]),
        ("T1", "", ["Cycle 2 delayed"]),
        ("T2", "surufatinib", ["surufatinib missed"]),
        ("D1", "Death", ["Sepsis"]),
    ],
)
def test_the_same_event(rule, term, terms):
    told = events.of_result({"RULE": rule, "TERMS": json.dumps(terms)})
    assert list(told) == [events.of_truth({"RULE": rule, "TERM": term})]


@pytest.mark.parametrize(
    ("rule", "term", "terms"),
    [
        ("H1", "Neutrophil count decreased", ["Platelet count decreased"]),
        ("H5", "Platelet count decreased", ["PLATELET TRANSFUSION"]),
        ("N1", "Diarrhea", ["Fatigue"]),
        ("N1", "Diarrhea", []),
        ("T2", "surufatinib", ["s1 missed"]),
    ],
)
def test_another_event(rule, term, terms):
    told = events.of_result({"RULE": rule, "TERMS": json.dumps(terms)})
    assert events.of_truth({"RULE": rule, "TERM": term}) not in told


def test_every_event_of_a_result():
    told = events.of_result({"RULE": "N1", "TERMS": '["Diarrhea", "Fatigue"]'})
    assert list(told) == ["Diarrhea", "Fatigue"]
