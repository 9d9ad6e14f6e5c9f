"""The decision tables that are kept beside a study file are those of its designs."""

from __future__ import annotations

from pathlib import Path

import pytest

from safety.errors import WrongUseError
from safety.nextdose import tables
from safety.study.load import load
from tests import build

FOLDER = Path("studies")


def test_what_is_kept_is_what_the_study_says():
    """Made by `toxwatch escalate table --study nct06038461 --json`."""
    kept = (FOLDER / "nct06038461.decisions.json").read_text(encoding="utf-8")
    assert tables.text(tables.of_study(load(FOLDER / "nct06038461.yaml"))) == kept


def test_the_designs_of_the_study_its_own_first(study):
    found = tables.of_study(study)
    assert [each["design"] for each in found["tables"]] == ["boin", "3+3", "mtpi2", "i3+3"]
    assert (found["study"], found["cohort"], found["most"]) == ("T1", 3, 18)
    assert found["tables"][0]["rows"][8] == {
        "n": 9, "escalate_if_le": 2, "deescalate_if_ge": 4, "eliminate_if_ge": 5,
    }  # fmt: skip


def test_a_study_without_levels_has_none():
    with pytest.raises(WrongUseError, match="T1 has no dose escalation"):
        tables.of_study(build.study())
