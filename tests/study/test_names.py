"""Names that do not exist are errors, with their line and the nearest that do."""

from __future__ import annotations

import pytest
import yaml
from pydantic import ValidationError

from safety.errors import StudyError
from safety.study.load import load
from tests import build
from tests.study import samples
from tests.study.samples import modification, row, rule, study, treatment


def _message(**changes: object) -> str:
    with pytest.raises(ValidationError) as error:
        study(**changes)
    (only,) = error.value.errors()
    return str(only["msg"])


def _of_rule(when: dict[str, object]) -> str:
    with pytest.raises(ValidationError) as error:
        study(rule(when), terms={"gut": {"terms": ["Nausea", "Vomiting"]}})
    (only,) = error.value.errors()
    return str(only["msg"])


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (
            {"toxicity": "gutt"},
            "rule R1: there is no term set gutt; did you mean gut?; known: gut",
        ),
        (
            {"toxicity": "nausea"},
            "rule R1: there is no term set nausea; write the CTCAE term as Nausea; known: gut",
        ),
        (
            {"toxicity": "Nausia"},
            "rule R1: CTCAE v5.0 has no term 'Nausia'; nearest: Nausea",
        ),
        (
            {"toxicity": "any", "except": ["gut", "Xyzzyx"]},
            "rule R1: CTCAE v5.0 has no term 'Xyzzyx'; look it up with toxwatch ctcae search",
        ),
        (
            {"toxicity": "Nausea", "grade": 4},
            "rule R1: Nausea never has grade 4; CTCAE has 1, 2, 3",
        ),
        (
            {"toxicity": "gut", "except": "Vomiting", "grade": ">=4"},
            "rule R1: gut never has grade >=4; CTCAE has 1, 2, 3",
        ),
        (
            {"toxicity": "gut", "grade": 3, "resolving": {"to": "<=3", "within": "72h"}},
            "rule R1: grade <=3 is no improvement of grade 3; write <=2 or lower",
        ),
        ({"rule": "R2"}, "rule R1: there is no rule R2"),
        (
            {"dose_missed": ">=25%", "drugs": ["tmz"]},
            "rule R1: tmz is no drug of the treatment; known: none",
        ),
        (
            {"any": [{"toxicity": "gut"}, {"all": [{"death": True}, {"toxicity": "skin"}]}]},
            "rule R1: there is no term set skin; known: gut",
        ),
        (
            {"toxicity": "gut", "without": [{"toxicity": "skin"}]},
            "rule R1: there is no term set skin; known: gut",
        ),
    ],
)
def test_a_rule_that_names_what_does_not_exist(when, message) -> None:
    assert _of_rule(when) == message


def test_a_set_may_hold_a_term_without_the_grade() -> None:
    """Vomiting has grade 4, nausea has not: the set has it."""
    made = study(
        rule({"toxicity": "gut", "grade": 4}), terms={"gut": {"terms": ["Nausea", "Vomiting"]}}
    )
    assert made.dose_limiting.rules[0].id == "R1"


def test_terms_of_a_set_are_those_of_ctcae() -> None:
    assert _message(terms={"liver": {"terms": ["Hepatitis"]}}).startswith(
        "term set liver: CTCAE v5.0 has no term 'Hepatitis'; nearest: Hepatobiliary"
    )
    assert _message(terms={"inf": {"socs": ["Infections and infestation"]}}) == (
        "term set inf: CTCAE has no system organ class 'Infections and infestation'; "
        "did you mean Infections and infestations?"
    )


def test_names_of_a_treatment() -> None:
    death = {"death": True}
    assert _message(treatment=treatment(), modification=modification(row(death, drugs=["s1"]))) == (
        "modification rule M1: s1 is no drug of the treatment; known: tmz"
    )
    gate = {
        "id": "G1", "text": "a gate", "before": "course", "drugs": ["tmz"], "otherwise": "omit",
        "requires": [{"text": "x", "values": ["NEUT >= 1.5 10*9/L"], "drugs": ["s1"]}],
        "citation": "test",
    }  # fmt: skip
    gates = modification(row(death), gates=[gate])
    assert _message(treatment=treatment(), modification=gates) == (
        "gate G1: s1 is no drug of this gate"
    )
    blame = modification(row(death), default_attribution=[{"toxicity": "gut", "drugs": ["tmz"]}])
    assert _message(treatment=treatment(), modification=blame) == (
        "default_attribution: there is no term set gut; known: none"
    )


def test_a_pause_names_a_level() -> None:
    pause = {"id": "P1", "text": "x", "eliminated_at": "L7", "boundary": {3: 3}, "citation": "x"}
    assert _message(dose_limiting={"pause": [pause]}, treatment=treatment()) == (
        "pause P1: there is no level L7; known: L1"
    )


def test_every_unknown_name_is_told_with_its_own_line(tmp_path) -> None:
    content = build.study_content()
    content["terms"] = {"gut": {"terms": ["Nausia"]}}
    content["dose_limiting"]["rules"] = [
        rule({"any": [{"toxicity": "skin"}, {"toxicity": "Nausea", "grade": 4}]})
    ]
    file = tmp_path / "t1.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    numbers = [int(p.split(",")[0].removeprefix("line ")) for p in error.value.problems]
    assert [lines[n - 1].strip() for n in numbers] == ["- Nausia", "- toxicity: skin", "grade: 4"]


def test_the_trial_names_only_what_exists() -> None:
    assert samples.trial().studyid == "NCT06038461"
