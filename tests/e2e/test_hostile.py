"""Small trials with hostile data by the commands: nothing crashes, no row is lost.

The gate runs one; `make fuzz` runs more.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from tests import command
from tests.e2e.test_simulated import make
from tests.e2e.trials import environment

pytestmark = pytest.mark.e2e

IS_LONG = "TOXWATCH_FUZZ" in os.environ
TRIALS = [(11, 41), (12, 37), (13, 39)]  # seed, and how many kinds of fault are planted
DELIVERIES = "3" if IS_LONG else "2"


def planted(trial: Path) -> set[str]:
    """Return the kinds of fault in a trial, by number."""
    with (trial / "truth" / "faults.csv").open(encoding="utf-8", newline="") as file:
        return {row["FAULT"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(("seed", "kinds"), TRIALS if IS_LONG else TRIALS[:1])
def test_hostile_data_crash_nothing_and_lose_no_row(seed: int, kinds: int, tmp_path: Path) -> None:
    environ = environment(tmp_path / "home")
    make(
        environ, tmp_path / "trial", seed, "hostile", "--subjects", "2", "--days", "40",
        "--accrual", "6", "--deliveries", DELIVERIES,
    )  # fmt: skip
    assert len(planted(tmp_path / "trial")) == kinds
    scored = command.here(environ, "simulate", "score", tmp_path / "trial", "--json")
    score = json.loads(scored.stdout)
    goals = {g["name"]: g["value"] for g in score["goals"]}
    assert goals == {"crashes": 0, "days refused": 0, "lost rows": 0}
    assert {d["state"] for d in score["days"]} == {"published"}
