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
from tests import build, databases, trial

Rows = list[dict[str, str | None]]
NOW = datetime(2024, 4, 2, 8, 0, tzinfo=UTC)
AS_OF = date(2024, 4, 1)


def settings(home: Path, **changes: str) -> Settings:
    """Settings of a home of its own, with the small study as `t1`."""
    studies = home / "studies"
    studies.mkdir(parents=True, exist_ok=True)
    (studies / "t1.yaml").write_text(yaml.safe_dump(build.study_content()), encoding="utf-8")
    return from_environment(
        databases.environment(home) | {"TOXWATCH_STUDIES": str(studies)} | changes
    )


TRIAL_RULES: dict[str, Any] = {
    "window": {"first_day": 1, "last_day": 21},
    "rules": [
        {"id": "H1", "text": "neutrophils below 0.5 for a week", "citation": "test",
         "when": {"toxicity": ["Neutrophil count decreased"], "grade": ">=4", "lasting": ">=7d"},
         "needs": ["CBC"]},
        {"id": "N1", "text": "grade 3, not blood counts", "citation": "test", "unless": ["E1"],
         "when": {"toxicity": "any", "except": ["Neutrophil count decreased"], "grade": ">=3",
                  "source": "reported"}},
        {"id": "E1", "text": "nausea that ends within 3 days", "citation": "test",
         "kind": "exception", "when": {"toxicity": ["Nausea"], "lasting": "<=3d"}},
    ],
    "surveillance": [
        {"id": "CBC", "text": "blood counts weekly", "tests": ["NEUT"], "windows": ["C1D8-C1D15"]},
    ],
    "pause": [{"id": "STOP", "text": "any H1", "rule": "H1", "citation": "test"}],
}  # fmt: skip
TRIAL_HOLDS: dict[str, Any] = {
    "rules": [
        {"id": "A1", "drugs": ["alpha"], "text": "hold at grade 4 neutropenia", "action": "hold",
         "when": {"toxicity": ["Neutrophil count decreased"], "grade": ">=4"},
         "resume": {"grade": "<=1"}, "citation": "test", "confidence": "H"},
    ],
}  # fmt: skip


def trial_settings(home: Path, **changes: Any) -> Settings:
    """Settings of a home with a small dose-finding study as `t1`: two drugs, one dose level."""
    used = settings(home)
    study = trial.study(**{"dose_limiting": TRIAL_RULES, "modification": TRIAL_HOLDS} | changes)
    content = study.model_dump(mode="json")
    content["feeds"][0]["path"] = "feeds/t1"
    (used.studies / "t1.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return used


def counts_of(values: dict[str, str]) -> Rows:
    """Neutrophil counts (10^9/L) by day."""
    return [
        build.measurement("NEUT", value, "10^9/L", day, LBSEQ=str(n), LBORNRLO="1.8",
                          LBORNRHI="6.3", VISIT=None, VISITNUM=None)
        for n, (day, value) in enumerate(values.items(), start=1)
    ]  # fmt: skip


def trial_rows(**domains: Rows) -> dict[str, Rows]:
    """One subject of level L1 who took every dose of cycle 1 and began cycle 2 on time."""
    taken = [
        trial.given("2024-03-01", "2024-03-21"),
        trial.given("2024-03-01", "2024-03-14", ECSEQ="2", ECTRT="BETA", ECDOSE="40",
                    ECDOSFRQ="BID"),
    ]  # fmt: skip
    base: dict[str, Rows] = {
        "dm": [build.subject(ARMCD="L1")],
        "ec": taken,
        "lb": counts_of({"2024-02-28": "3.6", "2024-03-10": "3.1", "2024-03-22": "3.3"}),
        "vs": [build.sign("TEMP", "36.8", "C", VSSEQ="1")],
        "ae": [build.event("1", "1", AEDECOD="Fatigue")],
        "suppae": [trial.supplement("AERELA", "POSSIBLE")],
        "sv": [trial.visit("CYCLE 1 DAY 1", "2024-03-01"), trial.visit()],
    }
    return base | domains


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
