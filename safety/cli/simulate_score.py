"""The command that runs a simulated trial and measures toxwatch by its truth."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from safety.cli.common import FINDINGS, AsJson, messages, wide_output

if TYPE_CHECKING:
    from safety.simulate.score.score import Score

PREFIX = "toxwatch-score-"


def score(
    folder: Annotated[Path, typer.Argument(help="A trial that `toxwatch simulate` wrote.")],
    home: Annotated[
        Path | None,
        typer.Option(help="Run there and keep it; one already run is only compared."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the temporary home.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a simulated trial day by day and compare what toxwatch says with the truth."""
    from safety.simulate.score.table import show

    with ExitStack() as stack:
        if home is not None:
            home.mkdir(parents=True, exist_ok=True)
            used = home
        elif keep:
            used = Path(tempfile.mkdtemp(prefix=PREFIX))
        else:
            used = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX)))
        found = _with_bar(folder, used.resolve(), quiet=as_json)
    if keep:
        messages.print(f"Kept: {used}", markup=False, highlight=False)
    if as_json:
        print(json.dumps(found.as_dict(), indent=1))
    else:
        show(found, wide_output())
    if not found.is_met:
        raise typer.Exit(FINDINGS)


def _with_bar(folder: Path, home: Path, *, quiet: bool) -> Score:
    from safety.simulate.score.score import score as measured

    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=messages, disable=quiet, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("start", total=None)

        def step(number: int, total: int, day: date) -> None:
            progress.update(task, description=str(day), completed=number, total=total)

        return measured(folder, home, step)
