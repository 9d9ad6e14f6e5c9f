"""Measure toxwatch by simulated trials with known truth, and print counts beside the goals.

`make bench`, or `python benchmarks/simulation.py [--seeds N] [--subjects N] [--days N]`: first the
three scenarios without faults and with realistic ones, with every miss and false candidate; then
small trials with hostile faults over many seeds, two at a time, of which only crashes, refused
days and lost rows count. Everything runs as a user runs it. Nothing is asserted: see the tests.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

STUDY = Path(__file__).parents[1] / "studies" / "nct06038461.yaml"
SCENARIOS = ("safe", "at_target", "too_toxic")
SHOWN = {"miss", "wrong", "lost", "crash"}
CANDIDATES = "DLT candidates"  # of which false ones are shown, too
PROCESSES = 2
ACCRUAL = 10.0  # subjects a month: 40 of them in four months of daily deliveries
SMALL = (3, 45, 3, 6.0)  # subjects, days, deliveries, accrual of a hostile trial
console = Console()
Told = dict[str, Any]


class Trial(NamedTuple):
    """What to simulate. deliveries: only the last so many days; accrual: subjects a month."""

    seed: int
    scenario: str
    faults: str
    subjects: int
    days: int
    deliveries: int
    accrual: float


class Run(NamedTuple):
    """A trial, its score (None if the command itself failed) and what went wrong then."""

    trial: Trial
    score: Told | None
    error: str
    seconds: float


def run(trial: Trial) -> Run:
    """Simulate a trial and score it, by the commands a user calls."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="toxwatch-bench-") as place:
        out = str(Path(place) / "trial")
        made = _toxwatch(
            "simulate", str(STUDY), "--seed", str(trial.seed), "--subjects", str(trial.subjects),
            "--days", str(trial.days), "--deliveries", str(trial.deliveries),
            "--accrual", str(trial.accrual), "--scenario", trial.scenario, "--faults", trial.faults,
            "--out", out,
        )  # fmt: skip
        if made.returncode:
            return Run(trial, None, _last(made.stderr), time.perf_counter() - began)
        scored = _toxwatch("simulate", "score", out, "--json")
    try:
        score, error = json.loads(scored.stdout), ""
    except json.JSONDecodeError:
        score, error = None, _last(scored.stderr)
    return Run(trial, score, error, time.perf_counter() - began)


def _toxwatch(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("toxwatch")), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _last(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def runs(trials: Sequence[Trial]) -> Iterator[Run]:
    """Yield the runs in order, two at a time."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        yield from pool.map(run, trials)


def lines(score: Told, kinds: set[str]) -> list[Told]:
    """Return the lines of some kinds, with the title of their part."""
    return [
        line | {"part": part["title"]}
        for part in score["parts"]
        for line in part["lines"]
        if line["kind"] in kinds
    ]


def shown(score: Told) -> list[Told]:
    """Return the lines to print: what was missed, lost or wrong, and false candidates."""
    false = [x for x in lines(score, {"false"}) if x["part"].startswith(CANDIDATES)]
    return [*lines(score, SHOWN), *false]


def summed(score: Told, title: str) -> Told:
    """Return the counts of a part, by the beginning of its title."""
    part = next(p for p in score["parts"] if p["title"].startswith(title))
    names = ("expected", "hit", "missed", "wrong", "false", "early")
    found: Told = {n: sum(t[n] for t in part["tallies"]) for n in names}
    found["late"] = sum(len(t["delays"]) for t in part["tallies"])
    return found


def figure(counts: Told) -> str:
    """Return counts as `hit / expected`, with what else there is."""
    more = [f"{counts[n]} {n}" for n in ("false", "wrong", "late", "early") if counts[n]]
    return f"{counts['hit']} / {counts['expected']}" + (f" ({', '.join(more)})" if more else "")


ROWS = ("DLT candidates", "Pending", "Late toxicity", "Hidden", "Verdicts", "Evaluable",
        "Dose triggers", "Alerts", "Grades by term", "Planted faults", "Clean rows",
        "Rows delivered", "Runs")  # fmt: skip


def show_scenarios(done: Sequence[Run]) -> None:
    """Print the scenarios side by side, their goals, and every miss."""
    scored = [(r.trial.scenario, r.score) for r in done if r.score is not None]
    faults = done[0].trial.faults
    title = "Without faults" if faults == "none" else f"{faults.capitalize()} faults"
    table = Table("hit / expected", *(name for name, _ in scored), title=title)
    scores = [score for _, score in scored]
    for title in ROWS:
        table.add_row(title, *(figure(summed(s, title)) for s in scores))
    for number, goal in enumerate(scores[0]["goals"] if scores else []):
        told = [s["goals"][number] for s in scores]
        table.add_row(f"{goal['name']} {goal['sign']} {goal['wanted']:g}",
                      *(f"{_value(g)} {_met(g)}" for g in told))  # fmt: skip
    console.print(table)
    for found in done:
        if found.score is None:
            console.print(f"{found.trial.scenario}: {found.error}", markup=False)
            continue
        for line in shown(found.score):
            console.print(
                f"{found.trial.scenario}: {line['part']}: {line['kind']} {line['name']}, "
                f"{line['usubjid']}, {line['what']}, {line['day']}: {line['reason']}",
                markup=False, highlight=False, soft_wrap=True,
            )  # fmt: skip


def _value(goal: Told) -> str:
    if goal["value"] is None:
        return "-"
    return f"{goal['value']:.2%}" if goal["unit"] == "%" else f"{goal['value']:g}"


def _met(goal: Told) -> str:
    return {True: "met", False: "NOT MET", None: "nothing to measure"}[goal["met"]]


def show_hostile(trials: Sequence[Trial]) -> None:
    """Run small hostile trials and print what crashed and what was lost."""
    days = crashes = lost = delivered = failed = refused = 0
    began = time.perf_counter()
    for number, found in enumerate(runs(trials), start=1):
        if found.score is None:
            failed += 1
            console.print(f"seed {found.trial.seed}: {found.error}", markup=False)
            continue
        days += len(found.score["days"])
        rows = summed(found.score, "Rows delivered")
        delivered, lost = delivered + rows["expected"], lost + rows["missed"]
        refused += sum(d["state"] == "refused" for d in found.score["days"])
        bad = lines(found.score, {"crash", "lost"})
        bad += [x for x in lines(found.score, {"miss"}) if x["part"] == "Runs"]
        crashes += sum(line["kind"] == "crash" for line in bad)
        for line in bad:
            console.print(f"seed {found.trial.seed}: {line['kind']} {line['what']} {line['day']}: "
                          f"{line['reason']}", markup=False, soft_wrap=True)  # fmt: skip
        if number % 10 == 0:
            console.print(f"  {number} of {len(trials)} seeds, {time.perf_counter() - began:.0f} s")
    console.print(
        f"Hostile faults: {len(trials)} seeds, {days} days, {delivered:,} rows delivered; "
        f"crashes {crashes}, refused days {refused}, lost rows {lost}, commands that failed "
        f"{failed} (goals: 0, 0, 0, 0); {time.perf_counter() - began:.0f} s",
        highlight=False,
    )


def main() -> None:
    """Run both measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=40, help="of a scenario")
    parser.add_argument("--days", type=int, default=120, help="of a scenario")
    parser.add_argument("--deliveries", type=int, default=60, help="the last days, one by one")
    parser.add_argument("--seed", type=int, default=1, help="of the scenarios; hostile: from it on")
    parser.add_argument("--seeds", type=int, default=200, help="hostile trials; 0 for none")
    parser.add_argument("--scenarios", type=int, default=len(SCENARIOS), help="how many of them")
    given = parser.parse_args()
    for faults in ("none", "realistic"):
        wanted = [
            Trial(given.seed, s, faults, given.subjects, given.days, given.deliveries, ACCRUAL)
            for s in SCENARIOS[: given.scenarios]
        ]
        if wanted:
            show_scenarios(list(runs(wanted)))
    show_hostile([
        Trial(seed, "at_target", "hostile", *SMALL)
        for seed in range(given.seed, given.seed + given.seeds)
    ])  # fmt: skip


if __name__ == "__main__":
    main()
