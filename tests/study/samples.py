"""Small studies for tests of the study file, and the file of the trial."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from safety.study.load import load
from safety.study.model import Study
from tests import build

FOLDER = Path(build.__file__).resolve().parents[1] / "studies"
FILES = sorted(FOLDER.glob("*.yaml"))
CBC = {"id": "CBC", "text": "count", "tests": ["NEUT", "PLAT"],
       "windows": ["C1D2-C1D7", "C1D8-C1D14", "C1D15-C1D21"]}  # fmt: skip


@cache
def trial() -> Study:
    """The study file of NCT06038461."""
    return load(FOLDER / "nct06038461.yaml")


def rule(when: dict[str, Any], rule_id: str = "R1", **changes: Any) -> dict[str, Any]:
    return {"id": rule_id, "text": "a rule", "when": when, "citation": "test"} | changes


def study(
    *rules: dict[str, Any], dose_limiting: dict[str, Any] | None = None, **changes: Any
) -> Study:
    """The small study with other rules; `dose_limiting` replaces parts beside them."""
    content = build.study_content()
    content["dose_limiting"] |= {"rules": list(rules) or content["dose_limiting"]["rules"]}
    content["dose_limiting"] |= dose_limiting or {}
    return Study.model_validate(content | changes)


def drug(**changes: Any) -> dict[str, Any]:
    """A drug of five daily intakes from day 10 on, 300 to 150 mg."""
    return {
        "names": ["TMZ"], "attribution": "AERELTMZ", "citation": "test",
        "schedule": {"days": "D10-D14", "frequency": "QD"}, "steps": [300, 250, 200, 150],
    } | changes  # fmt: skip


def treatment(dose: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A treatment of one drug at one level; `changes` are of the drug."""
    return {
        "cycle_length": "21d", "drugs": {"tmz": drug(**changes)}, "start_level": "L1",
        "levels": [{"id": "L1", "doses": {"tmz": dose or {"fixed": 200}}}],
        "reasons": {"toxicity": ["ADVERSE EVENT"]}, "citation": "test",
    }  # fmt: skip


def modification(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"rules": list(rules)} | changes


def row(when: dict[str, Any], action: str = "reduce", **changes: Any) -> dict[str, Any]:
    """A row of the dose-modification table, for the drug of `treatment`."""
    return {
        "id": "M1", "drugs": ["tmz"], "text": "a row", "when": when, "action": action,
        "citation": "test", "confidence": "M",
    } | changes  # fmt: skip
