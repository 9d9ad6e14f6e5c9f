"""What the commands share: exit codes, the two consoles, common options, printing tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from safety.settings import Settings, from_environment

if TYPE_CHECKING:
    import pandas as pd

    from safety.signed import Signed
    from safety.study.model import Study

FINDINGS, WRONG_USE = 1, 2
AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]
StudyName = Annotated[str, typer.Argument(help="A study file, its name, or the id of a study.")]
By = Annotated[str, typer.Option("--by", help="Your name; it is kept with the act.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it is kept with the act.")]
messages = Console(stderr=True)
output = Console()
PIPE_WIDTH = 160


def wide_output() -> Console:
    """Return the console for wide tables: a pipe has no width of its own, nothing is cut off."""
    return output if output.is_terminal else Console(width=PIPE_WIDTH)


def ready() -> Settings:
    """Return the settings; the database is there, with its tables."""
    from safety.store.engine import upgrade

    settings = from_environment()
    upgrade(settings.db_url)
    return settings


def utc_now() -> datetime:
    """Return the time: commands are where clocks are read."""
    return datetime.now(UTC)


def signed(by: str, reason: str) -> Signed:
    """Return who acts, why and when; raises WrongUseError for a name or reason that is none."""
    from safety.signed import sign

    return sign(by, reason, utc_now())


def study_file(name: str) -> Study:
    """Return the study of a file, or of a file's name in TOXWATCH_STUDIES."""
    from safety.study import load

    return load.load(load.find(name, from_environment().studies))


def study_of(settings: Settings, name: str) -> Study:
    """Return a study: its id may be given, as alerts and lists show it, or its file's name.

    The database must have its tables. By its id it is as its newest snapshot has it.
    """
    from safety.alerts import studies
    from safety.store.read import Store

    if name in Store(settings.db_url).studies():
        return studies.find(settings, name)
    return study_file(name)


def studyid_of(settings: Settings, name: str) -> str:
    """Return the id of a study, given as for `study_of`; "" stays so."""
    from safety.store.read import Store

    if not name or name in Store(settings.db_url).studies():
        return name
    return study_file(name).studyid


def anchor_act() -> None:
    """Anchor the trail after an act of a person: it cannot be cut off unseen from then on."""
    from safety.audit import anchor

    settings = from_environment()
    try:
        anchor.write(settings, utc_now(), again=True)
    except OSError as error:
        told = f"It is recorded, but {settings.anchors} cannot be written: {error.strerror}."
        messages.print(told, markup=False, highlight=False, soft_wrap=True)


def print_frame(frame: pd.DataFrame, as_json: bool) -> None:
    """Print a table, for people or as JSON."""
    from safety.report import text

    text.print_frame(frame, output, as_json)
