"""The command that says what stands still."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer

from safety.cli.common import FINDINGS, AsJson, output
from safety.settings import from_environment

app = typer.Typer()


@app.command()
def watchdog(as_json: AsJson = False) -> None:
    """Say what stands still: old data, late feeds, lasting holds; exit code 1 if anything does.

    It only looks. The dispatcher, and the hourly DAG beside it, raise the alerts.
    """
    from rich.markup import escape

    from safety.alerts import watchdog as dog

    found = dog.check(from_environment(), datetime.now(UTC))
    if as_json:
        print(json.dumps([
            {"study": study, "episode": f.episode, "title": f.title, "body": f.body}
            for study, f in found
        ]))  # fmt: skip
    else:
        for _, fact in found:
            output.print(escape(fact.title), highlight=False)
        if not found:
            output.print("Everything moves.")
    if found:
        raise typer.Exit(FINDINGS)
