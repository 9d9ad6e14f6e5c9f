"""The section `escalation` of a study file: what can be, and what is told of what cannot."""

from __future__ import annotations

import pytest
import yaml
from pydantic import ValidationError

from safety.study.escalation import Escalation
from safety.study.model import Study
from safety.study.words.escalation import escalation_lines
from tests.study.samples import FOLDER

LEAST = {"most": 18, "citation": "test"}
STAYS = "at which the design would stay"


def test_what_is_not_said_has_a_usual_value():
    said = Escalation.model_validate(LEAST)
    assert (said.design, said.alongside, said.target, said.cohort, said.enough) == (
        "boin", [], 0.3, 3, None,
    )  # fmt: skip
    assert (said.rp2d_least, said.confirm_top, said.two_of_six_ok, said.extrasafe) == (
        6, True, False, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"alongside": ["3+3", "boin"]}, "design boin stands twice"),
        ({"design": "4+4"}, "Input should be 'boin', '3"),
        ({"target": 0.05}, "greater than 0.05"),
        ({"target": 0.75}, "less than 0.75"),
        ({"target": True}, "a number is expected"),
        ({"cohort": 19}, "cohort 19 is above most 18: it never comes"),
        ({"enough": 19}, "enough 19 is above most 18"),
        ({"stagger": "48h"}, "stagger is whole days"),
        ({"skeleton": [0.3, 0.2]}, "skeleton goes upwards"),
        ({"doses": [1, 1]}, "doses goes upwards"),
    ],
)
def test_what_cannot_be_is_told(changes, told):
    with pytest.raises(ValidationError, match=told):
        Escalation.model_validate(LEAST | changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"escalation": LEAST | {"skeleton": [0.1, 0.2]}}, "skeleton has 2 values for 4 levels"),
        ({"escalation": LEAST | {"doses": [1, 2, 3]}}, "doses has 3 values for 4 levels"),
        ({"treatment": None, "modification": None}, "escalation: needs a treatment with levels"),
    ],
)
def test_it_must_fit_the_levels_of_the_study(changes, told):
    content = yaml.safe_load((FOLDER / "nct06038461.yaml").read_text(encoding="utf-8"))
    with pytest.raises(ValidationError, match=told):
        Study.model_validate(content | changes)


def test_it_is_shown_in_words():
    said = Escalation.model_validate(LEAST | {"alongside": ["3+3"], "enough": 9, "stagger": "7d"})
    assert list(escalation_lines(said)) == [
        "boin with a target of 0.3, in cohorts of 3. (test)",
        "Computed alongside, and shown where it disagrees: 3+3.",
        f"The trial of doses ends with 9 evaluable subjects at a level {STAYS}.",
        "It ends with 18 evaluable subjects in all.",
        "The second subject of a new level is treated no earlier than 7 days after the first.",
        "A phase II dose needs 6 evaluable subjects.",
    ]
