"""Commands on the checks of a study's data: the register, and what they found."""

from __future__ import annotations

from typing import Annotated

import typer

from safety.cli.common import AsJson, StudyName, print_frame, wide_output
from safety.settings import from_environment

checks_app = typer.Typer(help="Checks on the data.", no_args_is_help=True)
AsOf = Annotated[str, typer.Option(help="Of the newest snapshot as of this day, YYYY-MM-DD.")]


@checks_app.command("list")
def checks_list(
    study: Annotated[str, typer.Argument(help="A study: what it switched and added.")] = "",
    as_json: AsJson = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="The tables of docs/checks.md.")
    ] = False,
) -> None:
    """List every check: the faults it answers, severity, handling, citation, on or off."""
    from safety.report import checks, text

    if as_markdown:
        print(checks.as_markdown(), end="")
    else:
        text.print_frame(checks.registered(from_environment(), study), wide_output(), as_json)


@checks_app.command("show")
def checks_show(study: StudyName, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Show what the checks found in a study's data, fails first."""
    from safety.cli.run import knowledge_date
    from safety.report import checks

    found = checks.found(from_environment(), study, knowledge_date(as_of))
    if as_json:
        print_frame(found, as_json)
    else:
        checks.print_found(found, wide_output(), everything=True)
