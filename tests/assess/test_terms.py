"""Which terms a condition is about: a term set, terms, a class, or any, without exceptions."""

from __future__ import annotations

import pytest

from safety.assess.terms import chosen
from safety.study.conditions import Toxicity
from tests.assess.engine import ANC, study

INFECTIONS = "Infections and infestations"


@pytest.mark.parametrize(
    ("names", "left_out", "term", "soc", "expected"),
    [
        ("neutropenia", None, ANC, "", True),
        ("neutropenia", None, ANC.upper(), "", True),
        ("neutropenia", None, "Anemia", "", False),
        (["neutropenia", "Anemia"], None, "Anemia", "", True),
        ("infections", None, "Sepsis", INFECTIONS, True),
        ("infections", None, "Sepsis", "", False),
        ("any", None, "Anything", "", True),
        ("any", "neutropenia", ANC, "", False),
        ("any", "neutropenia", "Anemia", "", True),
        ("any", ["infections", "Anemia"], "Sepsis", INFECTIONS.lower(), False),
    ],
)
def test_what_a_condition_is_about(names, left_out, term, soc, expected) -> None:
    condition = Toxicity.model_validate({"toxicity": names, "except": left_out})
    assert chosen(condition, study()).holds(term, soc) is expected
