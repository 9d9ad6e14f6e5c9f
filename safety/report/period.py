"""What a trial's daily deliveries brought, in a few lines: for the end of many runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from safety.report.text import said
from safety.settings import Settings
from safety.simulate.drive import PUBLISHED, Day
from safety.store.read import Snapshot, Store
from safety.study import load as study_files


def print_period(settings: Settings, folder: Path, days: Sequence[Day], console: Console) -> None:
    """Print what became of the days of a simulated trial and how it stands after the last of them.

    folder: as `toxwatch simulate` wrote it; its truth tells of the cohorts.
    """
    study = study_files.load(folder / "study.yaml")
    store = Store(settings.db_url)
    snapshot = store.latest(study.studyid) if store.is_ready() else None
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("Study", f"{study.studyid}. {study.notice}")
    for name, text in (*_cohorts(folder / "truth" / "trial.json"), *_of_days(days)):
        table.add_row(name, escape(text))
    if snapshot is not None:
        for name, text in _of_snapshot(store, snapshot):
            table.add_row(name, escape(text))
    console.print(table, highlight=False)


def _cohorts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what the simulated committee decided after each cohort, by the true DLTs."""
    decisions = json.loads(path.read_text(encoding="utf-8"))["decisions"]
    for number, d in enumerate(decisions):
        yield (
            "" if number else "Cohorts (simulated committee)",
            f"{d['date']} {d['reason']}: {d['decided']}",
        )


def _of_days(days: Sequence[Day]) -> Iterator[tuple[str, str]]:
    seconds = sum(d.seconds for d in days)
    states = Counter(d.state for d in days)
    span = f"{days[0].day} to {days[-1].day}"
    yield "Days", f"{span}: {said(states)}, {seconds:.0f} s in all"
    for day in days:
        if day.state != PUBLISHED:
            yield "", f"{day.day} {day.state}: {day.reason}"


def _of_snapshot(store: Store, shot: Snapshot) -> Iterator[tuple[str, str]]:
    found = shot.summary
    rows, checks = found["rows"], found["checks"]
    yield "Subjects", f"{found['subjects']:,} in DM, {found['treated']:,} treated"
    for number, (level, counts) in enumerate(found["verdicts_by_level"].items()):
        yield "" if number else "Verdicts", f"{level}: {said(counts)}"
    rules = found["candidates"]
    met, unclear = rules.get("met", 0), rules.get("not_evaluable", 0)
    after = f"{found['late']} met after the window"
    yield "DLT rules", f"{met} met, {unclear} cannot be judged, {after}"
    yield "Alerts", _alerts(store, shot)
    yield "Rows", f"{rows['received']:,} in the files in use: {said(_without(rows, 'received'))}"
    for feed in found["feeds"]:
        for held in feed["held"]:
            yield "Held", f"{held['file']} since {held['since']}: {held['reason']}"
    yield "Checks", f"{said(checks)}; {_queries(store, shot):,} queries to the site"


def _without(counts: dict[str, int], name: str) -> dict[str, int]:
    return {k: v for k, v in counts.items() if k != name and v}


def _alerts(store: Store, shot: Snapshot) -> str:
    alerts = store.alerts(shot.study)
    tiers = said(Counter(sorted(alerts["TIER"])))
    return f"{len(alerts):,} ({tiers}): {said(Counter(sorted(alerts['RULE'])))}"


def _queries(store: Store, shot: Snapshot) -> int:
    """Rows that a check asks about, and questions of the assessments."""
    findings = store.frame("finding", shot.cut)
    asked = findings.loc[findings["HANDLING"].eq("query"), "FAILED"].sum()
    verdicts = store.frame("verdict", shot.cut, ["queries"])
    return int(asked) + sum(len(_list(text)) for text in verdicts["QUERIES"])


def _list(text: str) -> list[Any]:
    found: list[Any] = json.loads(text)
    return found
