"""`toxwatch study`: check, show and schema as a user runs them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from safety.cli.setup import study_app
from safety.study.load import load, rule_set_hash
from tests.study.samples import FOLDER

TRIAL, PILOT = FOLDER / "nct06038461.yaml", FOLDER / "cdisc_pilot.yaml"


def _call(*arguments: object) -> Result:
    return CliRunner().invoke(study_app, [str(a) for a in arguments])


def test_check_prints_hash_and_warnings() -> None:
    done = _call("check", TRIAL)
    lines = done.stdout.splitlines()
    assert done.exit_code == 0
    rule_set = rule_set_hash(load(TRIAL))
    assert lines[0] == f"NCT06038461: the study file is valid (rule set {rule_set})"
    assert len(lines) == 16
    assert all(line.startswith("warning: ") for line in lines[1:])
    assert lines[-2:] == [
        "warning: protocol: version 1.0 is a draft: approved_by is empty",
        (
            "warning: reporting: recipients and clocks are not confirmed by the sponsor: "
            "confirmed_by is empty"
        ),
    ]


def test_check_as_json() -> None:
    done = _call("check", PILOT, "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {
            "study": "CDISCPILOT01",
            "valid": True,
            "rule_set": rule_set_hash(load(PILOT)),
            "problems": [],
            "warnings": [
                {
                    "place": "dose_limiting.surveillance",
                    "text": "no assessment is required: silence cannot be told from nobody having "
                    "looked",
                }
            ],
        },
    )


@pytest.fixture
def wrong(tmp_path):
    file = tmp_path / "wrong.yaml"
    text = PILOT.read_text(encoding="utf-8").replace("phase:", "fase:")
    file.write_text(text, encoding="utf-8")
    return file


def test_check_prints_every_problem_on_a_line_of_its_own(wrong) -> None:
    done = _call("check", wrong)
    assert (done.exit_code, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert "line 5, phase: Field required" in lines
    assert "line 7, fase: unknown field; did you mean phase? (it is 'II')" in lines


def test_check_of_a_wrong_file_as_json(wrong) -> None:
    done = _call("check", wrong, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 2
    assert (told["valid"], told["rule_set"], told["warnings"]) == (False, None, [])
    assert len(told["problems"]) == 2


def test_show_prints_markdown() -> None:
    done = _call("show", TRIAL)
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "# NCT06038461: Surufatinib with temozolomide and S-1 in advanced neuroendocrine tumors\n"
    )
    assert "diastolic blood pressure at most 90 mmHg" in done.stdout  # nothing lost to markup


def test_schema_prints_the_committed_copy() -> None:
    done = _call("schema")
    copy = FOLDER.parent / "docs" / "study.schema.json"
    assert (done.exit_code, done.stdout) == (0, copy.read_text(encoding="utf-8"))
