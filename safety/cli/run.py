"""Commands that run a study and serve its dashboard."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from safety.cli.common import FINDINGS, AsJson, StudyName, messages, output, ready, wide_output
from safety.cli.pull import before_run
from safety.errors import WrongUseError
from safety.settings import LOOPBACK, Settings, from_environment

app = typer.Typer()


class ListedChecks(StrEnum):
    """Which checks a run lists: those that fail or could not be made, all, or none."""

    OPEN = "open"
    ALL = "all"
    NONE = "none"


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")],
    file_format: Annotated[
        str, typer.Option("--format", help="xpt, parquet, csv, or Dataset-JSON: json or ndjson.")
    ] = "xpt",
) -> None:
    """Write the CDISC pilot study as a folder of SDTM files."""
    from safety.feeds.sdtm_folder import sample as pilot

    chosen = next((f for f in pilot.FORMATS if f == file_format), None)
    if chosen is None:
        raise WrongUseError(f"format {file_format!r}: give one of {', '.join(pilot.FORMATS)}.")
    rows = pilot.write_pilot(folder, chosen)
    for domain, count in rows.items():
        output.print(f"{domain}  {count:>7,} rows")


@app.command()
def run(
    study: StudyName,
    as_of: Annotated[str, typer.Option(help="Knowledge date, YYYY-MM-DD.")] = "",
    listed: Annotated[
        ListedChecks, typer.Option("--checks", help="Which checks to list.")
    ] = ListedChecks.OPEN,
    as_json: AsJson = False,
) -> None:
    """Run a study's data once: pull, land, validate, grade, assess, publish, dispatch."""
    from safety.report import checks
    from safety.report import text as report

    settings, day = from_environment(), knowledge_date(as_of)
    pulled = before_run(settings, study, day, quiet=as_json)
    summary = run_once(settings, study, day, quiet=as_json)
    summary["pulled"] = [p.as_json() for p in pulled]
    if as_json:
        print(json.dumps(summary, indent=1))
    else:
        report.print_summary(summary, output)
        if listed is not ListedChecks.NONE:
            found = checks.of_run(settings, summary["study"], summary["snapshot_id"])
            checks.print_found(found, wide_output(), everything=listed is ListedChecks.ALL)
    held = summary["rows"]["quarantined"] or report.held_files(summary)
    is_open = held or summary["sent"]["failed"]
    if is_open or any(p.error for p in pulled):
        raise typer.Exit(FINDINGS)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8050,
    demo: Annotated[
        bool, typer.Option("--demo", help="Let the accounts of the demo sign in; here only.")
    ] = False,
) -> None:
    """Serve the dashboard with a production server."""
    from dashboards.server import serve as serve_dashboard

    settings = ready()
    _require_privacy(settings, host, demo=demo)
    messages.print(f"Dashboard: [bold]http://{host}:{port}[/]  (Ctrl-C stops it)")
    serve_dashboard(host, port, demo=demo)


def _require_privacy(settings: Settings, host: str, *, demo: bool) -> None:
    """Raise WrongUseError where passwords would go in plain text, or everybody knows them."""
    if host in LOOPBACK:
        return
    if demo:
        raise WrongUseError(f"--demo with --host {host}: everybody knows those passwords.")
    if not settings.dashboard_url.startswith("https://") and not settings.dashboard_plain:
        raise WrongUseError(
            f"--host {host}: passwords would go in plain text. Put a proxy with https before it "
            "and give the address that people use: TOXWATCH_DASHBOARD_URL=https://..."
        )


def run_once(settings: Settings, study: str, as_of: date | None, *, quiet: bool) -> dict[str, Any]:
    """Run every step of a study, showing which one; return the summary with its seconds."""
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


def knowledge_date(text: str) -> date | None:
    """Return the day of `--as-of`, None for none. Raises WrongUseError if it is no such day."""
    from safety.intake.dates import EARLIEST_YEAR, LATEST_YEAR

    if not text:
        return None
    day = _day(text)
    if day is None or day.isoformat() != text:
        raise WrongUseError(f"--as-of {text!r}: give a date as 2024-03-05.")
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise WrongUseError(f"--as-of {text}: give a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
