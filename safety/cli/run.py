"""Commands that run a study and serve its dashboard."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from safety.cli.common import FINDINGS, AsJson, StudyName, messages, output
from safety.errors import WrongUseError
from safety.settings import Settings, from_environment

app = typer.Typer()


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
    from safety.report import text as report

    summary = run_once(from_environment(), study, knowledge_date(as_of), quiet=as_json)
    if as_json:
        print(json.dumps(summary, indent=1))
    else:
        report.print_summary(summary, output)
    if summary["rows"]["quarantined"] or summary["sent"]["failed"]:
        raise typer.Exit(FINDINGS)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8050,
) -> None:
    """Serve the dashboard with a production server."""
    from dashboards.server import serve as serve_dashboard

    messages.print(f"Dashboard: [bold]http://{host}:{port}[/]  (Ctrl-C stops it)")
    serve_dashboard(host, port)


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
