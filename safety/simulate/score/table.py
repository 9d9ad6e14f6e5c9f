"""The score as tables for the reader."""

from __future__ import annotations

from dataclasses import replace

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from safety.simulate.score.goals import Goal
from safety.simulate.score.score import Score
from safety.simulate.score.tally import Line, Part, Tally

SHOWN = 40  # lines of one kind of one table that are no miss; --json has all of them
WORDS = {"miss": "missed", "false": "false", "late": "late", "early": "too early",
         "wrong": "handled wrong", "lost": "lost", "crash": "crashed"}  # fmt: skip
ALWAYS_SHOWN = {"miss", "wrong", "lost", "crash"}


def show(score: Score, console: Console) -> None:
    """Print goals, tables, and a line for everything that is not right."""
    trial = score.trial
    console.print(
        f"[bold]SIMULATED {escape(str(trial['studyid']))}[/]: seed {trial['seed']}, scenario "
        f"{escape(str(trial['scenario']))}, faults {escape(str(trial['faults']))}",
        highlight=False,
    )
    console.print(_goals(score.goals))
    for part in score.parts:
        if part.tallies:
            _show_part(part, console)
    if not score.is_met:
        console.print("[bold red]Goals are not met.[/]")


def _goals(goals: tuple[Goal, ...]) -> Table:
    table = Table(
        "goal", "wanted", "found", "", title="Goals", title_justify="left", box=box.SIMPLE_HEAD,
        pad_edge=False,
    )  # fmt: skip
    for goal in goals:
        met = {True: "[green]met[/]", False: "[bold red]not met[/]", None: "nothing to measure"}
        wanted = f"{goal.sign} {_figure(goal.wanted, goal.unit)}"
        table.add_row(goal.name, wanted, _figure(goal.value, goal.unit), met[goal.met])
    return table


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "%":
        # cut, not rounded: 99.96 % is not 100.0 %
        return f"{int(round(value, 6) * 1000) / 10:.1f} %"
    return f"{value:g} {unit}".strip()


def _show_part(part: Part, console: Console) -> None:
    table = Table(
        "", "expected", "hit", "recall", "missed", "wrong", "false", "late", "days", "early",
        title=part.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for tally in part.tallies:
        table.add_row(*_row(tally))
    if len(part.tallies) > 1:
        table.add_section()
        table.add_row(*_row(part.total))
    console.print()
    console.print(table)
    if part.note:
        console.print(escape(part.note), style="dim", highlight=False)
    missed = {replace(line, kind="false") for line in part.lines if line.kind == "miss"}
    for kind, word in WORDS.items():
        # a wrong grade is missed and false: it is told once
        lines = [x for x in part.lines if x.kind == kind and x not in missed]
        shown = lines if kind in ALWAYS_SHOWN else lines[:SHOWN]
        for line in shown:
            console.print(text_of(line), markup=False, highlight=False, soft_wrap=True)
        if len(lines) > len(shown):
            console.print(f"... and {len(lines) - len(shown):,} more {word} (--json)")


def _row(tally: Tally) -> tuple[str, ...]:
    recall = "-" if tally.recall is None else _figure(tally.recall, "%")
    counts = (tally.missed, tally.wrong, tally.false, len(tally.delays), tally.days_late,
              tally.early)  # fmt: skip
    return (
        escape(tally.name), f"{tally.expected:,}", f"{tally.hit:,}", recall,
        *(f"{n:,}" if n else "" for n in counts),
    )  # fmt: skip


def text_of(line: Line) -> str:
    """Return a line as text: what is not right, of whom, since when, and why."""
    names = [line.usubjid, line.what, f"from {line.day}" if line.day else ""]
    text = f"  {WORDS[line.kind]}: {line.name}: {', '.join(n for n in names if n)}"
    return f"{text}: {line.reason}" if line.reason else text
