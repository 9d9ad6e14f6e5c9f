"""The command `toxwatch`. Exit codes: 0 done, 1 findings a person must look at, 2 wrong use."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import DBAPIError

from safety import __version__
from safety.errors import HeldDeliveryError, ToxwatchError, WrongUseError
from safety.report import text as report
from safety.settings import Settings, from_environment

FINDINGS, WRONG_USE = 1, 2
app = typer.Typer(
    help="Adverse-event and DLT safety monitoring for phase I/II oncology trials.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
alerts_app = typer.Typer(help="Alerts and their delivery.", no_args_is_help=True)
quarantine_app = typer.Typer(help="Rows held from statistics.", no_args_is_help=True)
snapshots_app = typer.Typer(help="Published data cuts.", no_args_is_help=True)
study_app = typer.Typer(help="Study files.", no_args_is_help=True)
db_app = typer.Typer(help="The domain database.", no_args_is_help=True)
for name, sub in {
    "alerts": alerts_app,
    "quarantine": quarantine_app,
    "snapshots": snapshots_app,
    "study": study_app,
    "db": db_app,
}.items():
    app.add_typer(sub, name=name)

AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]
StudyName = Annotated[str, typer.Argument(help="A study file, or its name in TOXWATCH_STUDIES.")]
PILOT = "cdisc_pilot"
messages = Console(stderr=True)
output = Console()


def main() -> None:
    """Run the command; turn errors meant for the reader into a line and an exit code."""
    try:
        app()
    except WrongUseError as error:
        messages.print(f"[bold red]Wrong use:[/] {_plain(error)}", highlight=False)
        sys.exit(WRONG_USE)
    except HeldDeliveryError as error:
        messages.print(f"[bold red]Delivery held:[/] {_plain(error)}", highlight=False)
        messages.print("The previous snapshot stays current.")
        sys.exit(FINDINGS)
    except (OSError, DBAPIError) as error:
        reason = str(error).partition("\n")[0]  # not the statement: it may hold subject data
        messages.print(f"[bold red]Cannot read or write:[/] {escape(reason)}")
        messages.print("Check the folder and the database that the settings name, and try again.")
        sys.exit(WRONG_USE)
    except ToxwatchError as error:
        messages.print(f"[bold red]Error:[/] {_plain(error)}", highlight=False)
        sys.exit(FINDINGS)


def _plain(error: Exception) -> str:
    return str(error).replace("[", r"\[")


@app.command()
def version() -> None:
    """Print the version."""
    output.print(__version__)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")],
    file_format: Annotated[str, typer.Option("--format", help="xpt or parquet.")] = "xpt",
) -> None:
    """Write the CDISC pilot study as a folder of SDTM files."""
    from safety.feeds.sdtm_folder import sample as pilot

    if file_format not in ("xpt", "parquet"):
        raise WrongUseError(f"format {file_format!r}: give xpt or parquet.")
    rows = pilot.write_pilot(folder, "xpt" if file_format == "xpt" else "parquet")
    for domain, count in rows.items():
        output.print(f"{domain}  {count:>7,} rows")


@app.command()
def run(
    study: StudyName,
    as_of: Annotated[str, typer.Option(help="Knowledge date, YYYY-MM-DD.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run a study's data once: land, validate, grade, assess, publish, dispatch."""
    summary = _run(from_environment(), study, _date(as_of), quiet=as_json)
    if as_json:
        print(json.dumps(summary, indent=1))
    else:
        report.print_summary(summary, output)
    if summary["rows"]["quarantined"] or summary["sent"]["failed"]:
        raise typer.Exit(FINDINGS)


@app.command()
def demo(
    serve_pages: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the dashboard after the run.")
    ] = True,
    port: Annotated[int, typer.Option(help="Port of the dashboard on 127.0.0.1.")] = 8050,
) -> None:
    """Run the CDISC pilot study end to end and serve its dashboard."""
    from safety.feeds.sdtm_folder import sample as pilot

    settings = from_environment()
    feed = settings.home / "feeds" / PILOT
    if not feed.is_dir():
        messages.print(f"Writing the CDISC pilot study to {feed} ...")
        pilot.write_pilot(feed)
    summary = _run(settings, PILOT, None, quiet=False)
    report.print_summary(summary, output)
    if serve_pages:
        serve(port=port)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8050,
) -> None:
    """Serve the dashboard with a production server."""
    from dashboards.server import serve as serve_dashboard

    messages.print(f"Dashboard: [bold]http://{host}:{port}[/]  (Ctrl-C stops it)")
    serve_dashboard(host, port)


def _run(settings: Settings, study: str, as_of: date | None, *, quiet: bool) -> dict[str, Any]:
    from safety import pipeline

    started = time.monotonic()
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=messages, disable=quiet, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("start", total=None)
        summary = pipeline.run(
            settings, study, as_of, now=_now,
            progress=lambda step: progress.update(task, description=step),
        )  # fmt: skip
    return summary | {"seconds": round(time.monotonic() - started, 1)}


def _now() -> datetime:
    return datetime.now(UTC)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongUseError(f"--as-of {text!r}: give a date as 2024-03-05.") from error


@alerts_app.command("list")
def alerts_list(study: StudyName, as_json: AsJson = False) -> None:
    """List the alerts of a study, most severe first."""
    report.print_frame(report.alerts(from_environment(), study), output, as_json)


@alerts_app.command("dispatch")
def alerts_dispatch(as_json: AsJson = False) -> None:
    """Send what waits in the outbox; exit code 1 if something could not be sent."""
    from safety.alerts import dispatch
    from safety.store.engine import upgrade

    settings = from_environment()
    upgrade(settings.db_url)
    counts = dispatch.run(settings, _now)
    if as_json:
        print(json.dumps(counts))
    else:
        output.print(f"{counts['sent']} sent, {counts['failed']} failed")
    if counts["failed"]:
        raise typer.Exit(FINDINGS)


@quarantine_app.command("list")
def quarantine_list(study: StudyName, as_json: AsJson = False) -> None:
    """List quarantined rows with their reasons."""
    report.print_frame(report.quarantine(from_environment(), study), output, as_json)


@snapshots_app.command("list")
def snapshots_list(study: StudyName, as_json: AsJson = False) -> None:
    """List the snapshots of a study, newest first."""
    report.print_frame(report.snapshots(from_environment(), study), output, as_json)


@study_app.command("check")
def study_check(study: StudyName) -> None:
    """Check a study file; every problem is named with its line."""
    from safety.study import load

    settings = from_environment()
    found = load.load(load.find(study, settings.studies))
    output.print(f"{found.studyid}: the study file is valid (rule set {load.rule_set_hash(found)})")


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Create the domain database or bring it to the newest form."""
    from safety.store.engine import upgrade

    settings = from_environment()
    upgrade(settings.db_url)
    output.print("the database is up to date")


if __name__ == "__main__":
    main()
