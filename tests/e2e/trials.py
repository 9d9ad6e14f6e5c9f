"""Two trials, each run once by the real command, for every test of a worker that needs one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import databases

ROOT = Path(__file__).resolve().parents[2]
TOXWATCH = Path(sys.executable).with_name("toxwatch")


class Pilot(NamedTuple):
    """A home in which one trial was run, how to call commands there, and what the run said."""

    home: Path
    environ: dict[str, str]
    summary: dict[str, Any]

    @property
    def db_url(self) -> str:
        return self.environ["TOXWATCH_DB_URL"]

    def toxwatch(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return toxwatch(self.environ, *arguments)


def environment(home: Path) -> dict[str, str]:
    """The variables of a home without a database: the command makes its own."""
    return os.environ | {
        "TOXWATCH_HOME": str(home),
        "TOXWATCH_STUDIES": str(ROOT / "studies"),
        "TOXWATCH_DB_URL": databases.blank(databases.CHOSEN, home),
    }


def toxwatch(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOXWATCH, *arguments], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def pilot(tmp_path_factory) -> Pilot:
    home = tmp_path_factory.mktemp("pilot")
    environ = environment(home)
    written = toxwatch(environ, "sample", str(home / "feeds" / "cdisc_pilot"))
    assert written.returncode == 0, written.stderr
    ran = toxwatch(environ, "run", "cdisc_pilot", "--json")
    assert ran.returncode == 0, ran.stderr
    return Pilot(home, environ, json.loads(ran.stdout))


@pytest.fixture(scope="session")
def dose_finding(tmp_path_factory) -> Pilot:
    """The made-up data of a trial with dose levels: two DLTs, one open question, two without."""
    home = tmp_path_factory.mktemp("dose_finding")
    shutil.copytree(ROOT / "examples" / "nct06038461", home / "feeds" / "nct06038461")
    environ = environment(home)
    ran = toxwatch(environ, "run", "nct06038461", "--as-of", "2024-04-17", "--json")
    assert ran.returncode == 0, ran.stderr
    return Pilot(home, environ, json.loads(ran.stdout))
