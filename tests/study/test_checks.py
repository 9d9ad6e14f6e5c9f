"""What a study file may say of the checks on its data."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import yaml
from pydantic import ValidationError

from expectations.check import Handling, Severity
from safety.errors import StudyError
from safety.study import load
from safety.study.checks import Checks, CheckSeverity, RowHandling
from tests import build

OWN = {"id": "ZZ-001", "record": "measurement", "title": "Visit is planned", "field": "VISIT",
       "one_of": ["C1D1"], "severity": "warning", "handling": "query",
       "citation": "protocol 6"}  # fmt: skip


def _loaded(tmp_path, **checks: Any):
    path = tmp_path / "t1.yaml"
    path.write_text(yaml.safe_dump(build.study_content() | {"checks": checks}, sort_keys=False))
    return load.load(path).checks


def _problem(tmp_path, **checks: Any) -> str:
    with pytest.raises(StudyError) as caught:
        _loaded(tmp_path, **checks)
    (problem,) = caught.value.problems
    return str(problem)


def test_a_study_switches_changes_and_adds_checks(tmp_path) -> None:
    found = _loaded(
        tmp_path,
        off=[{"id": "ME-014", "reason": "the laboratory has no limits"}],
        changed=[{"id": "AE-010", "severity": "critical", "reason": "grades are due at once"}],
        parameters={"screening_days": 14},
        added=[OWN],
    )
    assert [(c.id, c.reason) for c in found.off] == [("ME-014", "the laboratory has no limits")]
    assert (found.changed[0].severity, found.changed[0].handling) == ("critical", None)
    assert found.parameters.screening_days == 14
    assert (found.added[0].test, found.added[0].one_of) == ("one_of", ["C1D1"])


def test_a_study_that_says_nothing_of_checks_changes_nothing(tmp_path) -> None:
    assert _loaded(tmp_path) == Checks()


def test_every_parameter_says_what_it_is() -> None:
    for name, told in type(Checks().parameters).model_fields.items():
        assert told.description, name


def test_the_words_are_those_of_the_checks() -> None:
    assert set(get_args(RowHandling)) < set(get_args(Handling))
    assert get_args(CheckSeverity) == get_args(Severity)


@pytest.mark.parametrize("check", ["LB-000", "ME-0001", "ME-99"])
def test_a_check_that_does_not_exist_is_an_error(tmp_path, check) -> None:
    problem = _problem(tmp_path, off=[{"id": check, "reason": "x"}])
    assert f"there is no check {check}" in problem
    assert problem.startswith("line ")


@pytest.mark.parametrize("part", ["off", "changed"])
@pytest.mark.parametrize("check", ["DM-001", "ME-000", "ME-002", "AE-003", "IN-002"])
def test_what_protects_identity_stays_on(tmp_path, part, check) -> None:
    weight = {"handling": "warn"} if part == "changed" else {}
    problem = _problem(tmp_path, **{part: [{"id": check, "reason": "x"} | weight]})
    assert f"{check} (" in problem
    assert "no study can switch it off or change it: leave it out" in problem


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "ME-014"}, "ME-014 is the id of a check there is; give an id of your own"),
        ({"record": "visit"}, "no feed delivers visit; delivered are "),
        ({"field": "LBORRES"}, "field names LBORRES, no field of a measurement"),
        ({"field": "KEY"}, "field names KEY, no field of a measurement"),
        ({"when": {"VISITS": ["1"]}}, "when names VISITS, no field of a measurement; did you"),
        ({"one_of": None, "not_after": "ADT"}, "not_after names ADT, no field"),
        ({"one_of": None, "not_after": "ADTC"}, "VISIT is no date with bounds; dates are "),
        ({"one_of": None, "matches": "("}, "'(' is no pattern of RE2"),
        ({"one_of": None, "matches": "(a)\\1"}, "is no pattern of RE2"),
        ({"one_of": None, "matches": "(?=a)b"}, "is no pattern of RE2"),
        ({"one_of": None, "matches": "((a{1000}){1000}){1000}"}, "is no pattern of RE2"),
    ],
)
def test_an_added_check_that_cannot_be_made_is_an_error(tmp_path, change, message) -> None:
    told = {k: v for k, v in (OWN | change).items() if v is not None}
    assert message in _problem(tmp_path, added=[told])


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        ({"added": [{k: v for k, v in OWN.items() if k != "one_of"}]}, "has no test: give one of"),
        ({"added": [OWN | {"present": True}]}, "has one_of and present: give one of"),
        ({"added": [OWN | {"one_of": []}]}, "at least 1 item"),
        ({"added": [OWN | {"citation": ""}]}, "at least 1 character"),
        ({"added": [OWN | {"handling": "hold"}]}, "'reject', 'query' or 'warn'"),
        ({"added": [OWN | {"id": "zz-1"}]}, "pattern"),
        ({"added": [OWN, OWN]}, "ZZ-001 stands twice in added; name it once"),
        ({"added": [{**OWN, "one_of": None, "matches": "a" * 201}]}, "at most 200 characters"),
        ({"added": [{**OWN, "one_of": None, "between": {}}]}, "neither min nor max"),
        ({"added": [{**OWN, "one_of": None, "between": {"min": 2, "max": 1}}]},
         "no number is from 2 to 1"),
        ({"off": [{"id": "ME-014"}]}, "reason"),
        ({"changed": [{"id": "ME-014", "reason": "x"}]}, "changes nothing: give severity or"),
        ({"off": [{"id": "ME-014", "reason": "x"}],
          "changed": [{"id": "ME-014", "reason": "x", "severity": "info"}]},
         "ME-014 stands twice in off or changed"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_an_error(checks, message) -> None:
    with pytest.raises(ValidationError, match=message):
        Checks.model_validate(checks)


def test_what_a_study_says_of_checks_is_part_of_its_rules(tmp_path) -> None:
    path = tmp_path / "t1.yaml"
    path.write_text(yaml.safe_dump(build.study_content(), sort_keys=False))
    plain = load.load(path)
    changed = plain.model_copy(update={"checks": Checks.model_validate({"added": [OWN]})})
    assert load.rule_set_hash(changed) != load.rule_set_hash(plain)
