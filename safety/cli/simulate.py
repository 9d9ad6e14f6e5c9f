"""The commands that make a trial with known truth, and measure toxwatch by it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from safety.cli import simulate_score
from safety.cli.common import AsJson, StudyName, messages, output
from safety.settings import from_environment

if TYPE_CHECKING:
    from safety.simulate.write import Written

MAKER = "trial"


class StudyOrCommand(TyperGroup):
    """Where the first word is no command, it is a study and the trial is made: MAKER is implied."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {*self.commands, *ctx.help_option_names}
        if args and args[0] not in known:
            args = [MAKER, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=StudyOrCommand,
    help="Make a trial with known truth: toxwatch simulate STUDY --seed N --out DIR.",
    subcommand_metavar="STUDY|COMMAND [ARGS]...",
    no_args_is_help=True,
)


@app.command(MAKER)
def trial(
    study: StudyName,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same trial.")],
    out: Annotated[Path, typer.Option(help="A new folder.")],
    subjects: Annotated[int, typer.Option(min=1, help="At most so many.")] = 40,
    days: Annotated[int, typer.Option(min=1, help="Length of the trial.")] = 180,
    scenario: Annotated[str, typer.Option(help="What the drugs are like.")] = "at_target",
    faults: Annotated[
        Literal["none", "realistic", "hostile"], typer.Option(help="What is wrong with the data.")
    ] = "none",
    deliveries: Annotated[
        int | None, typer.Option(min=1, help="Deliver only the last so many days.")
    ] = None,
    accrual: Annotated[float, typer.Option(help="Subjects a month.")] = 2.0,
    as_json: AsJson = False,
) -> None:
    """Make a trial from a study file; `trial` may be left out."""
    from safety.simulate.model import Options
    from safety.simulate.trial import simulate
    from safety.simulate.write import require_empty, write
    from safety.study import load

    require_empty(out)  # before the work, not after it
    path = load.find(study, from_environment().studies)
    found = load.load(path)
    options = Options(seed, subjects, days, scenario, accrual)
    written = write(path, found, simulate(found, options), out, faults, deliveries)
    if as_json:
        print(json.dumps(asdict(written) | {"out": str(out)}, indent=1))
        return
    output.print(_said(written), markup=False, highlight=False, soft_wrap=True)
    messages.print(f"written to {out}", markup=False, highlight=False, soft_wrap=True)


def _said(w: Written) -> str:
    return (
        f"SIMULATED {w.studyid}: {w.subjects} subjects in {w.cohorts} cohorts, {w.dlts} with a "
        f"true DLT; {w.deliveries} deliveries of {w.files} files, {w.rows} versions of rows, "
        f"{w.faults} planted faults"
    )


app.command("score")(simulate_score.score)
