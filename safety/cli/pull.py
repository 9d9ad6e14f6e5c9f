"""The command that asks the servers of a study's feeds for what is new."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from safety.cli.common import FINDINGS, AsJson, StudyName, messages, output
from safety.settings import Settings, from_environment

if TYPE_CHECKING:
    from safety.pulling import Pulled

app = typer.Typer()


@app.command()
def pull(
    study: StudyName,
    feed: Annotated[str, typer.Option(help="Only this feed.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Ask for everything, not what is new.")] = (
        False
    ),
    accept_removals: Annotated[
        str,
        typer.Option(help='Believe that many rows or a subject are gone: "who: why".'),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Pull the feeds of a study that have a server; `run` does so by itself."""
    from safety import pulling

    how = pulling.How(full=full, accepted=accept_removals.strip())
    found = pulling.pull(from_environment(), study, now=datetime.now(UTC), only=feed, how=how)
    if as_json:
        print(json.dumps([p.as_json() for p in found], indent=1))
    elif not found:
        output.print("No feed of this study has a server to be asked.")
    else:
        show(found)
    if pulling.failures(found):
        raise typer.Exit(FINDINGS)


def before_run(settings: Settings, study: str, day: date | None, *, quiet: bool) -> list[Pulled]:
    """Pull before a run of today's data; what fails is told and the run goes on."""
    from safety import pulling

    found = pulling.for_run(settings, study, day, now=datetime.now(UTC))
    show([p for p in found if p.error or not quiet])
    if pulling.failures(found):
        messages.print("The run goes on with what came before.")
    return found


def show(found: list[Pulled]) -> None:
    """Print what pulls brought, a line a feed; what failed, to the messages."""
    for each in found:
        if each.error:
            messages.print(f"[bold red]Not pulled:[/] {escape(each.error)}", highlight=False)
            continue
        asked = "everything asked for" if each.full else "changes asked for"
        told = f"{each.lines} new or changed, {each.removed} removed ({asked})"
        output.print(f"{each.feed}  {told}  {each.file or 'nothing is new'}", soft_wrap=True)
        for reason, count in each.left_out.items():
            output.print(f"  not used: {count} {escape(reason)}", soft_wrap=True)
        for note in each.notes:
            output.print(f"  the server says: {escape(note)}", soft_wrap=True)
