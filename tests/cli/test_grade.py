"""The command `toxwatch grade`, as a user calls it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import command

TOXWATCH = Path(sys.executable).with_name("toxwatch")


def call(*arguments: object) -> command.Done:
    return command.here({}, "grade", *arguments)


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
        [tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--encoding", "nope"],
        [tmp_path / "in.csv"],
    ):
        assert call(*arguments).returncode == 2
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_it_starts_without_what_it_does_not_need() -> None:
    code = "import sys, safety.cli, safety.gradefile; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pandas", "great_expectations", "sqlalchemy", "dash", "airflow", "pint", "polars"}
    assert heavy.isdisjoint(done.stdout.split())


def test_an_unknown_encoding_and_a_broken_file_are_wrong_use(tmp_path) -> None:
    (tmp_path / "in.csv").write_text("testcd,value\nK,5\n", encoding="utf-8")
    done = call(tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--encoding", "nope")
    assert (done.returncode, "--encoding 'nope' is not known" in done.stderr) == (2, True)
    (tmp_path / "in.parquet").write_bytes(b"PAR1" + b"\xff" * 50 + b"\x20\0\0\0PAR1")
    done = call(tmp_path / "in.parquet", "--out", tmp_path / "out.csv")
    assert done.returncode == 2
    assert "is broken or no Parquet file" in " ".join(done.stderr.split())
    assert "the database" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_request_to_end_leaves_nothing_behind(tmp_path, number, code) -> None:
    source = tmp_path / "in.csv"
    with source.open("w", encoding="utf-8") as file:
        file.write("testcd,value,unit\n" + "PLAT,20,10^9/L\n" * 1_000_000)
    process = subprocess.Popen([TOXWATCH, "grade", source, "--out", tmp_path / "out.json"])
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)  # until the hidden file is there
    process.send_signal(number)
    assert process.wait(60) == code
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]
