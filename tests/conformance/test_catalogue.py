"""Our catalogue against the reference tables beside the project, where those are at hand."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from safety.ctcae import catalogue
from safety.ctcae.official import TermWording
from tests import workbooks

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"
if not REFERENCE.is_dir():
    pytest.skip("no folder shared/reference beside the project", allow_module_level=True)
TOXWATCH = Path(sys.executable).with_name("toxwatch")


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_terms_are_those_of_the_reference(version) -> None:
    theirs = [
        (
            r["meddra_code"], r["ctcae_term"], r["meddra_soc"], r["meddra_soc_code"],
            tuple(g for g in (1, 2, 3, 4, 5) if r[f"has_grade_{g}"] == "1"),
            r["is_other_specify"] == "1",
        )
        for r in _reference(f"ctcae_v{version[0]}_terms.csv")
    ]  # fmt: skip
    ours = [
        (t.meddra_code, t.term, t.soc, t.soc_code, t.grades, t.other_specify)
        for t in catalogue.terms(version)
    ]
    assert ours == theirs


@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_grades_are_those_that_have_wording(version) -> None:
    worded = defaultdict(set)
    for row in _reference(f"ctcae_v{version[0]}_grades.csv"):
        worded[row["meddra_code"]].add(int(row["grade"]))
    assert {t.meddra_code: set(t.grades) for t in catalogue.terms(version)} == worded


def test_successors_are_those_of_the_reference() -> None:
    theirs = [
        (r["v5_meddra_code"], r["v6_meddra_code"], r["v6_term"],
         {x.strip().lower() for x in r["change_types"].replace(",", ";").split(";")})
        for r in _reference("ctcae_v5_to_v6_terms.csv")
    ]  # fmt: skip
    ours = [
        (t.meddra_code, c.term.meddra_code, c.term.term, set(c.types))
        for t in catalogue.terms("5.0")
        for c in catalogue.successors(t.meddra_code)
    ]
    assert sorted(ours, key=str) == sorted(theirs, key=str)


def _wording(version: str) -> dict[str, TermWording]:
    grades: dict[str, dict[int, str]] = defaultdict(dict)
    for row in _reference(f"ctcae_v{version[0]}_grades.csv"):
        grades[row["meddra_code"]][int(row["grade"])] = row["text"]
    told = {r["meddra_code"]: r for r in _reference("ctcae_v5_definitions.csv")}
    none = {"definition": "", "navigational_note": ""}
    return {
        code: TermWording(
            told.get(code, none)["definition"], told.get(code, none)["navigational_note"], texts
        )
        for code, texts in grades.items()
    }


def test_nothing_of_nci_wording_is_shipped() -> None:
    data = Path(catalogue.__file__).with_name("data")
    shipped = "\n".join(
        p.read_text(encoding="utf-8")
        for p in data.iterdir()
        if p.name.startswith(("catalogue", "successors", "synonyms"))
    )
    sentences = {
        text
        for version in ("5.0", "6.0")
        for w in _wording(version).values()
        for text in (w.definition, w.note, *w.grades.values())
        if len(text) > 40
    }
    assert len(sentences) > 2000
    assert [s for s in sentences if s in shipped] == []


@pytest.mark.parametrize(("version", "count"), [("5.0", 837), ("6.0", 850)])
def test_the_whole_workbook_is_imported_and_shown(version, count, tmp_path) -> None:
    wording = _wording(version)
    path = workbooks.write(
        tmp_path / "ctcae.xlsx",
        workbooks.rows(version, wording),
        f"CTCAE v{version} Clean Copy",
    )
    environ = os.environ | {"TOXWATCH_HOME": str(tmp_path / "home")}

    def call(*arguments: str) -> str:
        command = [TOXWATCH, "ctcae", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = call("import", str(path))
    assert f"CTCAE {version}: the wording of {count} terms" in said
    shown = call("show", "Anemia", "--version", version)
    for grade, text in wording["10002272"].grades.items():
        assert f"  grade {grade}: {text}\n" in shown
    assert f"  definition: {wording['10002272'].definition}\n" in shown
