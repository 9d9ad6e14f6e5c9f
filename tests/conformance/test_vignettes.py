"""Our cases and engine against the example folders beside the project, where those are at hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.rules import engine
from tests.rules.case_files import all_cases
from tests.rules.patient import day_of

FOLDERS = Path(__file__).parents[3] / "shared" / "examples" / "vignettes"
if not FOLDERS.is_dir():
    pytest.skip("no folder shared/examples beside the project", allow_module_level=True)
NUMBERS = [f"{n:02d}" for n in range(1, 21)]


@pytest.mark.parametrize("number", NUMBERS)
def test_example_folder(number: str) -> None:
    place = FOLDERS / number
    expected = json.loads((place / "expected.json").read_text(encoding="utf-8"))
    found = engine.assess(engine.read(place)[expected["usubjid"]], day_of(expected["as_of"]))
    met = {r.id for r in found.rules if r.state == "met"}
    assert found.verdict == expected["verdict"]
    assert expected["evaluable"] in {None, found.evaluable}  # null: not stated
    assert expected["late_dlt_equivalent"] in {None, found.late_dlt_equivalent}
    assert met.issuperset(expected["rules_met"])
    assert met.isdisjoint(expected["rules_not_met"])


@pytest.mark.parametrize("number", NUMBERS)
def test_our_case_expects_what_the_example_says(number: str) -> None:
    """Our copy must not drift from the folders: same verdict, evaluability and lateness."""
    file = FOLDERS / number / "expected.json"
    expected: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    ours = all_cases()[f"vignette-{number}"].expect
    assert ours.verdict == [expected["verdict"]]
    assert expected["evaluable"] is None or ours.evaluable == [expected["evaluable"]]
    assert ours.late == expected["late_dlt_equivalent"]
    assert {r for r, s in ours.rules.items() if s == ["met"]}.issuperset(expected["rules_met"])


def test_builder_writes_what_the_example_folder_holds(tmp_path: Path) -> None:
    """Columns and usual values are those of the examples, here of an almost uneventful one."""
    example = FOLDERS / "02"
    from tests.rules import sdtm
    from tests.rules.patient import Patient

    labs = {"NEUT": {15: "0.45", 19: "0.7", 22: "2.1"}}
    sdtm.folder([Patient.model_validate({"id": "002", "labs": labs})], tmp_path)
    assert {f.name for f in tmp_path.iterdir()} == {f.name for f in example.glob("*.csv")}
    for file in tmp_path.iterdir():
        assert _rows(file) == _rows(example / file.name), file.name


def _rows(file: Path) -> list[list[tuple[str, str]]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return sorted(
            sorted((k, v) for k, v in row.items() if not k.endswith("SEQ"))
            for row in csv.DictReader(lines)
        )
