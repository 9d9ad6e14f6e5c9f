"""A small study delivered as CSV files, and the settings to run it with."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from safety import pipeline
from safety.settings import Settings, from_environment
from safety.store.read import Snapshot, Store
from tests import build

Rows = list[dict[str, str | None]]
NOW = datetime(2024, 4, 2, 8, 0, tzinfo=UTC)
AS_OF = date(2024, 4, 1)


def settings(home: Path, **changes: str) -> Settings:
    """Settings of a home of its own, with the small study as `t1`."""
    studies = home / "studies"
    studies.mkdir(parents=True, exist_ok=True)
    (studies / "t1.yaml").write_text(yaml.safe_dump(build.study_content()), encoding="utf-8")
    return from_environment(
        {"TOXWATCH_HOME": str(home), "TOXWATCH_STUDIES": str(studies)} | changes
    )


def rows(**domains: Rows) -> dict[str, Rows]:
    """One treated subject with an uneventful course; `domains` replace whole domains."""
    base: dict[str, Rows] = {
        "dm": [build.subject()],
        "ex": [build.dose()],
        "ae": [build.event()],
        "lb": [
            build.measurement(day="2024-02-28", VISITNUM="0", VISIT="SCREENING"),
            build.measurement(day="2024-03-10"),
        ],
        "vs": [build.sign("TEMP", "36.8", "C")],
    }
    return base | domains


def write(home: Path, domains: dict[str, Rows]) -> Path:
    """Write the domains as CSV into the feed's folder, replacing what lay there."""
    folder = home / "feeds" / "t1"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in domains.items():
        write_csv(folder / f"{name}.csv", content)
    return folder


def write_csv(path: Path, content: Rows) -> None:
    fields = list(dict.fromkeys(key for row in content for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, restval="")
        writer.writeheader()
        writer.writerows({k: v or "" for k, v in row.items()} for row in content)


def run(used: Settings, as_of: date = AS_OF) -> dict[str, Any]:
    """Run the small study once."""
    return pipeline.run(used, "t1", as_of, now=lambda: NOW)


def snapshot(used: Settings) -> tuple[Store, Snapshot]:
    store = Store(used.db_url)
    found = store.latest("T1")
    assert found is not None
    return store, found
