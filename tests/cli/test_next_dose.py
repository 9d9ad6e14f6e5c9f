"""`toxwatch escalate next`, `fan` and `table --study`, with what they leave on the trail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safety.study.load import load
from tests import command, databases
from tests.nextdose.rows import exposed, person
from tests.snapshots.world import World

STUDIES = Path("studies").resolve()


@pytest.fixture
def call(tmp_path):
    environ = databases.environment(tmp_path) | {"TOXWATCH_STUDIES": str(STUDIES)}
    study = load(STUDIES / "nct06038461.yaml")
    world = World(databases.of(tmp_path), study.studyid, study)
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    people = [person(1), person(2), person(3, "PENDING")]
    world.publish("2024-04-01", verdict=people,
                  exposure=[exposed(n, "2024-03-01") for n in (1, 2, 3)])  # fmt: skip
    world.close()
    return lambda *arguments: command.here(environ, "escalate", *arguments)


def test_next(call):
    done = call("next", "nct06038461")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == [
        "LEVEL", "TREATED", "EVALUABLE", "PENDING", "INDET.", "IN", "DOUBT", "EXCLUDED", "DLT",
        "DLT+LATE", "MEAN", "90", "%", "P(>0.3)",
    ]  # fmt: skip
    # Beta(1, 3): mean 1/4, Pr(p > 0.3) = 0.7^3
    assert lines[2].split() == [
        "L1", "3", "2", "1", "0", "0", "0", "0", "0", "0.250", "0.02-0.63", "0.343",
    ]  # fmt: skip
    assert "NO RECOMMENDATION YET: 1 subject who is open at L1 can still change it." in lines


def test_next_as_json(call):
    found = json.loads(call("next", "NCT06038461", "--as-of", "2024-04-01", "--json").stdout)
    assert (found["status"], found["action"], found["not_above"]) == ("waiting", None, "L2")
    assert found["as_of"] == "2024-04-01"


def test_fan(call):
    assert (
        "NOT ROBUST: who is open at L1 can change it, until 2024-04-10"
        in call("fan", "nct06038461").stdout
    )
    found = json.loads(call("fan", "nct06038461", "--json").stdout)
    assert [(b["action"], b["level"], b["ways"]) for b in found["branches"]] == [
        ("stay", "L1", 2), ("escalate", "L2", 1),
    ]  # fmt: skip


def test_who_looked_is_on_the_trail(call, tmp_path):
    call("next", "nct06038461", "--json")
    told = "SELECT action, object_id FROM audit ORDER BY seq"
    assert databases.rows(databases.of(tmp_path), told) == [("read", "verdict")]


def test_a_day_without_a_snapshot_is_refused(call):
    done = call("next", "nct06038461", "--as-of", "2024-03-01")
    assert done.returncode == 2
    assert "2024-04-01" in done.stderr


def test_tables_of_a_study(call):
    found = json.loads(call("table", "--study", "nct06038461", "--json").stdout)
    assert [each["design"] for each in found["tables"]] == ["boin", "3+3", "mtpi2", "i3+3"]
    assert call("table", "--study", "cdisc_pilot").returncode == 2


def test_stopping_rules_of_a_study(call):
    found = json.loads(call("stopping", "nct06038461", "--json").stdout)
    assert [rule["id"] for rule in found] == ["STOP-1", "STOP-2", "STOP-3"]
    assert call("stopping", "nct06038461").stdout.startswith("STOP-1: ")
    assert call("stopping", "cdisc_pilot").returncode == 2
