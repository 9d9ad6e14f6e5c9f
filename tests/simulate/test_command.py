"""`toxwatch simulate STUDY` makes a trial; `toxwatch simulate score DIR` stays a command."""

import json

import pytest
import typer
from typer.testing import CliRunner

from safety.cli import simulate
from safety.errors import WrongUseError

root = typer.Typer()
root.add_typer(simulate.app, name="simulate")


@root.command()
def other():
    """The app has more than one command, as toxwatch has."""


def run(*args):
    return CliRunner().invoke(root, ["simulate", *map(str, args)])


def small(out, *more):
    return run(
        "nct06038461", "--seed", 3, "--subjects", 2, "--days", 20, "--accrual", 10, "--out", out,
        *more,
    )  # fmt: skip


def test_a_study_is_simulated_and_summed_up(tmp_path):
    out = tmp_path / "out"
    found = small(out)
    assert found.exit_code == 0, found.output
    assert "SIMULATED SIM-NCT06038461: 2 subjects in 1 cohorts" in found.output
    assert "0 planted faults" in found.output
    assert (out / "study.yaml").is_file()
    assert (out / "truth" / "rows.csv").is_file()


def test_the_summary_as_json(tmp_path):
    found = small(tmp_path / "out", "--json", "--deliveries", 2, "--faults", "realistic")
    told = json.loads(found.output)
    assert (told["subjects"], told["deliveries"]) == (2, 2)
    assert told["out"] == str(tmp_path / "out")


def test_options_may_stand_before_the_study_and_the_command_be_named(tmp_path):
    options = ("--seed", 3, "--subjects", 1, "--days", 15, "--accrual", 10)
    first = run(*options, "nct06038461", "--out", tmp_path / "a", "--json")
    named = run("trial", "nct06038461", *options, "--out", tmp_path / "b", "--json")
    assert first.exit_code == named.exit_code == 0
    assert json.loads(first.output)["rows"] == json.loads(named.output)["rows"] > 0


def test_score_is_a_command_and_no_study(tmp_path):
    found = run("score", tmp_path)
    assert isinstance(found.exception, WrongUseError)
    assert "is no simulated trial" in str(found.exception)


def test_help_names_both():
    text = run("--help").output
    assert "score" in text
    assert "trial" in text
    assert "STUDY" in text


def test_a_seed_must_be_given(tmp_path):
    found = run("nct06038461", "--out", tmp_path / "x")
    assert found.exit_code == 2
    assert "--seed" in found.output


def test_a_folder_that_is_not_empty_is_refused_before_anything_is_made(tmp_path):
    (tmp_path / "x").write_text("", encoding="utf-8")
    found = run("no_such_study", "--seed", 1, "--out", tmp_path)
    assert isinstance(found.exception, WrongUseError)
    assert "is not empty" in str(found.exception)


@pytest.mark.parametrize(
    ("study", "said"),
    [("no_such_study", "no study 'no_such_study'"), ("cdisc_pilot", "dose levels")],
)
def test_a_study_that_cannot_be_simulated(tmp_path, study, said):
    found = run(study, "--seed", 1, "--out", tmp_path / "out")
    assert isinstance(found.exception, WrongUseError)
    assert said in str(found.exception)
    assert not (tmp_path / "out").exists()
