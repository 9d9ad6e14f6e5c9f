"""The commands by which people see and settle reports that are owed."""

from __future__ import annotations

import json

import pytest
import yaml
from typer.testing import CliRunner

from safety.cli import app
from safety.errors import WrongUseError
from tests import build, databases, delivery
from tests.reporting.cases import publish, serious
from tests.trail import give_key

WHO = ["--by", "A. Lee", "--reason", "told by the sponsor"]


@pytest.fixture
def call(tmp_path, monkeypatch):
    used = delivery.settings(tmp_path)
    content = build.study_content() | {"reporting": {}}
    (used.studies / "t1.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("TOXWATCH_STUDIES", str(used.studies))
    for name, value in databases.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    give_key(tmp_path)
    publish(databases.of(tmp_path), "s1", "2024-03-06", serious())

    def invoke(*arguments: str):
        return CliRunner().invoke(app, ["reporting", *arguments])

    return invoke


def _listed(call, *more: str) -> dict[str, dict]:
    return {r["KIND"]: r for r in json.loads(call("list", "t1", "--json", *more).stdout)}


def test_what_is_owed_is_listed_and_settled(call) -> None:
    owed = _listed(call)
    assert {k: (r["STATE"], r["DUE"]) for k, r in owed.items()} == {
        "sae": ("open", "2024-03-07 18:00"), "susar_15d": ("open", "2024-03-21 23:59"),
    }  # fmt: skip
    sae, susar = owed["sae"]["OBLIGATION"], owed["susar_15d"]["OBLIGATION"]
    sent = call("submit", "t1", sae, "--on", "2024-03-07T09:30", "--reference", "R-1", *WHO)
    assert sent.stdout == f"{sae} sae of S1 is submitted, due 2024-03-07T10:00:00+00:00\n"
    assert call("not-required", "t1", susar, *WHO).exit_code == 0
    assert _listed(call) == {}
    assert {k: r["STATE"] for k, r in _listed(call, "--all").items()} == {
        "sae": "submitted", "susar_15d": "not_required",
    }  # fmt: skip
    shown = json.loads(call("show", "t1", sae, "--json").stdout)
    assert shown["events"][-1]["REASON"] == (
        "sent 2024-03-07T01:30:00+00:00; reference R-1; told by the sponsor"
    )
    assert shown["possible"] == ["causality", "expectedness"]
    assert "reference" in call("show", "t1", sae).stdout


def test_awareness_and_decisions(call) -> None:
    sae = _listed(call)["sae"]["OBLIGATION"]
    told = call("aware", "t1", sae, "--at", "2024-03-05", *WHO)
    assert told.stdout == f"{sae} sae of S1 is open, due 2024-03-05T16:00:00+00:00\n"
    assert _listed(call)["susar_15d"]["DUE"] == "2024-03-20 23:59"
    assert call("causality", "t1", sae, "--unrelated", *WHO).exit_code == 0
    assert call("expectedness", "t1", sae, "--expected", *WHO).exit_code == 0
    report = json.loads(call("show", "t1", sae, "--json").stdout)["report"]
    made = report["said"]["decisions"]
    assert {name: decision["value"] for name, decision in made.items()} == {
        "causality": "unrelated", "expectedness": "expected",
    }  # fmt: skip
    assert set(_listed(call)) == {"sae", "susar_15d"}


def test_what_cannot_be_read_is_told(call) -> None:
    sae = _listed(call)["sae"]["OBLIGATION"]
    assert isinstance(call("submit", "t1", sae, "--on", "yesterday", *WHO).exception, WrongUseError)
    assert call("causality", "t1", sae, *WHO).exit_code == 2  # related or unrelated: say which
