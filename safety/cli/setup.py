"""Commands that prepare an installation: study files and the database."""

from __future__ import annotations

import json
from typing import Any

import typer

from safety.cli.common import WRONG_USE, AsJson, StudyName, messages, output, study_file
from safety.errors import StudyError
from safety.settings import from_environment

study_app = typer.Typer(help="Study files.", no_args_is_help=True)
db_app = typer.Typer(help="The domain database.", no_args_is_help=True)


@study_app.command("check")
def study_check(study: StudyName, as_json: AsJson = False) -> None:
    """Check a study file: every problem with its line, then what may surprise in a valid one."""
    from safety.study.load import rule_set_hash
    from safety.study.traps import warnings

    try:
        found = study_file(study)
    except StudyError as error:
        _print_problems(error, as_json)
        raise typer.Exit(WRONG_USE) from error
    traps = warnings(found)
    if as_json:
        told = [{"place": t.place, "text": t.text} for t in traps]
        _print_result(found.studyid, rule_set=rule_set_hash(found), warnings=told)
        return
    print(f"{found.studyid}: the study file is valid (rule set {rule_set_hash(found)})")
    for trap in traps:
        print(f"warning: {trap.place}: {trap.text}")


@study_app.command("show")
def study_show(study: StudyName) -> None:
    """Print a study file as a protocol would read, in Markdown."""
    from safety.study.show import show

    print(show(study_file(study)), end="")


@study_app.command("schema")
def study_schema() -> None:
    """Print the JSON Schema of study files, for editors."""
    from safety.study.schema import schema_text

    print(schema_text(), end="")


def _print_problems(error: StudyError, as_json: bool) -> None:
    if as_json:
        _print_result(None, problems=error.problems)
        return
    for line in (f"{error.path}: the study file cannot be used", *error.problems):
        messages.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_result(studyid: str | None, **more: Any) -> None:
    valid = studyid is not None
    empty: dict[str, Any] = {
        "study": studyid,
        "valid": valid,
        "rule_set": None,
        "problems": [],
        "warnings": [],
    }
    print(json.dumps(empty | more, indent=1, ensure_ascii=False))


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Create the domain database or bring it to the newest form."""
    from safety.store.engine import upgrade

    settings = from_environment()
    upgrade(settings.db_url)
    output.print("the database is up to date")
