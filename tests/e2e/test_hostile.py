"""Small trials with hostile data by the real commands: nothing crashes, no row is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.test_simulated import make, toxwatch
from tests.e2e.trials import environment

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("seed", range(11, 14))
def test_hostile_data_crash_nothing_and_lose_no_row(seed: int, tmp_path: Path) -> None:
    environ = environment(tmp_path / "home")
    make(
        environ, tmp_path / "trial", seed, "hostile", "--subjects", "2", "--days", "40",
        "--accrual", "6", "--deliveries", "3",
    )  # fmt: skip
    scored = toxwatch(environ, "simulate", "score", str(tmp_path / "trial"), "--json")
    score = json.loads(scored.stdout)
    goals = {g["name"]: g["value"] for g in score["goals"]}
    assert goals == {"crashes": 0, "days refused": 0, "lost rows": 0}
    assert {d["state"] for d in score["days"]} == {"published"}
