"""Commands that prepare an installation: study files and the database."""

from __future__ import annotations

import typer

from safety.cli.common import StudyName, output
from safety.settings import from_environment

study_app = typer.Typer(help="Study files.", no_args_is_help=True)
db_app = typer.Typer(help="The domain database.", no_args_is_help=True)


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
