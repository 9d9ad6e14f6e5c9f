"""The command `toxwatch`. Exit codes: 0 done, 1 findings a person must look at, 2 wrong use.

A command imports what it needs when it runs, so that start-up stays quick.
"""

from __future__ import annotations

import sys

import typer
from rich.markup import escape

from safety import __version__
from safety.cli import (
    accounts,
    alerts,
    assess,
    audit,
    checks,
    ctcae,
    decisions,
    demo,
    grade,
    next_dose,
    pull,
    reporting,
    run,
    setup,
    simulate,
    snapshots,
    watchdog,
    worklist,
)
from safety.cli.common import FINDINGS, WRONG_USE, messages, output
from safety.errors import HeldDeliveryError, ToxwatchError, WrongUseError

app = typer.Typer(
    help="Adverse-event and DLT safety monitoring for phase I/II oncology trials.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command()
def version() -> None:
    """Print the version."""
    output.print(__version__)


app.add_typer(run.app)
app.add_typer(pull.app)
app.add_typer(demo.app)
app.add_typer(grade.app)
app.add_typer(assess.app)
app.add_typer(alerts.alerts_app, name="alerts")
app.add_typer(worklist.quarantine_app, name="quarantine")
app.add_typer(worklist.queries_app, name="queries")
app.add_typer(snapshots.snapshots_app, name="snapshots")
app.add_typer(decisions.decisions_app, name="decisions")
app.add_typer(reporting.reporting_app, name="reporting")
app.add_typer(next_dose.commands, name="escalate")
app.add_typer(audit.audit_app, name="audit")
app.add_typer(watchdog.app)
app.add_typer(checks.checks_app, name="checks")
app.add_typer(ctcae.app, name="ctcae")
app.add_typer(simulate.app, name="simulate")
app.add_typer(accounts.accounts_app, name="accounts")
app.add_typer(setup.study_app, name="study")
app.add_typer(setup.db_app, name="db")


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
    except ToxwatchError as error:
        messages.print(f"[bold red]Error:[/] {_plain(error)}", highlight=False)
        sys.exit(FINDINGS)
    except _of_the_environment() as error:
        reason = str(error).partition("\n")[0]  # not the statement: it may hold subject data
        messages.print(f"[bold red]Cannot read or write:[/] {escape(reason)}")
        messages.print("Check the folder and the database that the settings name, and try again.")
        sys.exit(WRONG_USE)


def _plain(error: Exception) -> str:
    return str(error).replace("[", r"\[")


def _of_the_environment() -> tuple[type[Exception], ...]:
    """What a disk or a database raises; asked for only once something was raised."""
    from sqlalchemy.exc import DBAPIError

    return (OSError, DBAPIError)
