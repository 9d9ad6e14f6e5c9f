"""The example folder is what its patients say, and the command judges it as the README shows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests import command
from tests.rules import sdtm
from tests.rules.engine import STUDY_FILE
from tests.rules.example import FOLDER, patients

TOXWATCH = Path(sys.executable).with_name("toxwatch")


def test_the_folder_is_written_by_its_patients(tmp_path) -> None:
    made = {p.name: p.read_bytes() for p in sdtm.folder(patients(), tmp_path).iterdir()}
    assert {p.name: p.read_bytes() for p in FOLDER.iterdir()} == made


def test_the_command_answers_with_json_alone() -> None:
    done = subprocess.run(
        [TOXWATCH, "assess", FOLDER, "--study", STUDY_FILE, "--as-of", "2024-04-17", "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert done.returncode == 1  # there are DLTs: a person must look
    assert (answer["study"], answer["as_of"]) == ("NCT06038461", "2024-04-17")
    said = {
        s["usubjid"][-3:]: (
            s["verdict"], s["evaluable"], [r["id"] for r in s["rules"] if r["state"] == "met"]
        )
        for s in answer["subjects"]
    }  # fmt: skip
    assert said == {
        "101": ("DLT", True, ["H1"]),
        "102": ("INDETERMINATE", True, []),
        "103": ("NO_DLT", True, ["E1"]),
        "104": ("NO_DLT", False, []),
        "105": ("DLT", True, ["T2"]),
    }


def of_subject(name: str) -> command.Done:
    asked = ["--study", STUDY_FILE, "--as-of", "2024-03-19", "--subject", name]
    return command.here({}, "assess", FOLDER, *asked)


def test_one_subject_and_text() -> None:
    done = of_subject("NCT06038461-001-102")
    assert done.returncode == 0  # nothing is decided yet
    assert "NCT06038461-001-102 (L1): PENDING" in done.stdout
    assert "a sample by 2024-03-24 decides" in done.stdout
    assert "NCT06038461-001-101" not in done.stdout


def test_an_unknown_subject_is_wrong_use() -> None:
    done = of_subject("nobody")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no subject 'nobody'" in done.stderr
