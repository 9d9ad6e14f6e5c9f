"""The command `toxwatch grade`, as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TOXWATCH = Path(sys.executable).with_name("toxwatch")


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOXWATCH, "grade", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_ungradable_rows_do_not_change_the_exit_code(tmp_path) -> None:
    (tmp_path / "in.csv").write_text("testcd,value\nK,abc\nNOPE,1\n", encoding="utf-8")
    done = call(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "rows_in": 2,
        "rows_out": 3,
        "rows_unreadable": 0,
        "grades": {"not gradable": 3},
        "not_gradable": {"value_not_numeric": 2, "test_unknown": 1},
    }


def test_the_policy_changes_the_grade(tmp_path) -> None:
    (tmp_path / "in.csv").write_text(
        "testcd,value,unit,lln,ctcae_term,direction\nK,3.2,mmol/L,3.5,Hypokalemia,low\n", "utf-8"
    )
    for policy, grade in (("number_only", 1), ("worst_case", 2)):
        out = tmp_path / "out.json"
        assert call(tmp_path / "in.csv", "--out", out, "--policy", policy).returncode == 0
        [row] = json.loads(out.read_text(encoding="utf-8"))
        assert (row["grade"], row["possible_grades"]) == (grade, "1|2|3|4")


def test_wrong_use_ends_with_2_and_a_remedy(tmp_path) -> None:
    (tmp_path / "in.csv").write_text("testcd,value\nK,5\n", encoding="utf-8")
    for arguments in (
        [tmp_path / "none.csv", "--out", tmp_path / "out.csv"],
        [tmp_path / "in.csv", "--out", tmp_path / "out.docx"],
        [tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--policy", "mild"],
        [tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--ctcae", "6.0"],
        [tmp_path / "in.csv"],
    ):
        assert call(*arguments).returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_it_starts_without_what_it_does_not_need() -> None:
    code = "import sys, safety.cli, safety.gradefile; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pandas", "great_expectations", "sqlalchemy", "dash", "airflow", "pint", "polars"}
    assert heavy.isdisjoint(done.stdout.split())
