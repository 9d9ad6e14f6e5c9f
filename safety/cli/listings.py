"""Commands that list what was published: alerts and snapshots."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer

from safety.cli.common import FINDINGS, AsJson, StudyName, output, print_frame
from safety.settings import from_environment

alerts_app = typer.Typer(help="Alerts and their delivery.", no_args_is_help=True)
snapshots_app = typer.Typer(help="Published data cuts.", no_args_is_help=True)


@alerts_app.command("list")
def alerts_list(study: StudyName, as_json: AsJson = False) -> None:
    """List the alerts of a study, most severe first."""
    from safety.report import text as report

    print_frame(report.alerts(from_environment(), study), as_json)


@alerts_app.command("dispatch")
def alerts_dispatch(as_json: AsJson = False) -> None:
    """Send what waits in the outbox; exit code 1 if something could not be sent."""
    from safety.alerts import dispatch
    from safety.store.engine import upgrade

    settings = from_environment()
    upgrade(settings.db_url)
    counts = dispatch.run(settings, lambda: datetime.now(UTC))
    if as_json:
        print(json.dumps(counts))
    else:
        output.print(f"{counts['sent']} sent, {counts['failed']} failed")
    if counts["failed"]:
        raise typer.Exit(FINDINGS)


@snapshots_app.command("list")
def snapshots_list(study: StudyName, as_json: AsJson = False) -> None:
    """List the snapshots of a study, newest first."""
    from safety.report import text as report

    print_frame(report.snapshots(from_environment(), study), as_json)
