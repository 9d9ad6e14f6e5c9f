"""What the commands share: exit codes, the two consoles, common options, printing tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from safety.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

FINDINGS, WRONG_USE = 1, 2
AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]
StudyName = Annotated[str, typer.Argument(help="A study file, or its name in TOXWATCH_STUDIES.")]
messages = Console(stderr=True)
output = Console()
PIPE_WIDTH = 160


def wide_output() -> Console:
    """Return the console for wide tables: a pipe has no width of its own, nothing is cut off."""
    return output if output.is_terminal else Console(width=PIPE_WIDTH)


def studyid_of(settings: Settings, name: str) -> str:
    """Return the id of a study: it may be given itself, or as a study file's name; "" stays so."""
    from safety.store.engine import upgrade
    from safety.store.read import Store
    from safety.study import load

    upgrade(settings.db_url)
    if not name or name in Store(settings.db_url).studies():
        return name
    return load.load(load.find(name, settings.studies)).studyid


def anchor_act() -> None:
    """Anchor the trail after an act of a person: it cannot be cut off unseen from then on."""
    from datetime import UTC, datetime

    from safety.audit import anchor
    from safety.settings import from_environment

    settings = from_environment()
    try:
        anchor.write(settings, datetime.now(UTC), again=True)
    except OSError as error:
        told = f"It is recorded, but {settings.anchors} cannot be written: {error.strerror}."
        messages.print(told, markup=False, highlight=False, soft_wrap=True)


def print_frame(frame: pd.DataFrame, as_json: bool) -> None:
    """Print a table, for people or as JSON."""
    from safety.report import text

    text.print_frame(frame, output, as_json)
