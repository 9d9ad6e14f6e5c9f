"""The command that shows the whole on two trials, one real and one simulated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from safety.cli.common import anchor_act, messages, output, utc_now
from safety.cli.run import run_once, serve
from safety.settings import Settings, from_environment

if TYPE_CHECKING:
    from datetime import date

PILOT, DOSE_FINDING = "cdisc_pilot", "nct06038461"
# Three weeks of daily deliveries at the end of five months: three cohorts, one of them pending.
SEED, SUBJECTS, DAYS, DELIVERIES, ACCRUAL = 6, 12, 150, 21, 3.0

app = typer.Typer()


@app.command()
def demo(
    serve_pages: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the dashboard after the run.")
    ] = True,
    port: Annotated[int, typer.Option(help="Port of the dashboard on 127.0.0.1.")] = 8050,
) -> None:
    """Run a simulated dose-finding trial day by day and the CDISC pilot; serve the dashboard."""
    settings = from_environment()
    _dose_finding(settings)
    _pilot(settings)
    _accounts(settings)
    anchor_act()
    if serve_pages:
        serve(port=port, demo=True)


def _accounts(settings: Settings) -> None:
    """Make the accounts with which one tries the pages; they work on this machine only."""
    from safety.accounts import demo as accounts
    from safety.store.read import Store

    accounts.make(settings, Store(settings.db_url).studies(), utc_now())
    names = ", ".join(accounts.ROLES)
    told = f"Demo accounts: {names}; password: {accounts.WELL_KNOWN}"
    messages.print(told, highlight=False, soft_wrap=True)


def _dose_finding(settings: Settings) -> None:
    """Simulate the trial, deliver its last weeks a day at a time, and say what happened."""
    from safety.alerts import dispatch
    from safety.report.period import print_period
    from safety.simulate.drive import drive

    folder = settings.home / "simulated" / DOSE_FINDING
    if not folder.is_dir():
        _simulate(settings, folder)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=messages, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("deliveries", total=None)

        def step(number: int, total: int, day: date) -> None:
            progress.update(task, description=f"delivery of {day}", completed=number, total=total)

        # what time brings about: digests, escalations, the anchor of the trail
        days = drive(folder, settings, step, lambda now: dispatch.beat(settings, lambda: now))
    print_period(settings, folder, days, output)


def _simulate(settings: Settings, folder: Path) -> None:
    import shutil

    from safety.simulate.model import Options
    from safety.simulate.trial import simulate
    from safety.simulate.write import write
    from safety.study import load

    messages.print(f"Simulating {DOSE_FINDING} (no real patients) into {folder} ...")
    path = load.find(DOSE_FINDING, settings.studies)
    study = load.load(path)
    options = Options(SEED, SUBJECTS, DAYS, accrual_per_month=ACCRUAL)
    part = folder.with_name(folder.name + ".part")  # one that is interrupted is made anew
    shutil.rmtree(part, ignore_errors=True)
    write(path, study, simulate(study, options), part, "realistic", DELIVERIES)
    part.rename(folder)


def _pilot(settings: Settings) -> None:
    from safety.feeds.sdtm_folder import sample as pilot
    from safety.report import text as report

    feed = settings.home / "feeds" / PILOT
    if not feed.is_dir():
        messages.print(f"Writing the CDISC pilot study to {feed} ...")
        pilot.write_pilot(feed)
    report.print_summary(run_once(settings, PILOT, None, quiet=False), output)
