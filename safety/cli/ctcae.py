"""Commands that look up CTCAE terms and take in NCI's own wording."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safety.cli.common import FINDINGS, AsJson, messages, output
from safety.errors import WrongUseError
from safety.settings import from_environment

if TYPE_CHECKING:
    from safety.ctcae.catalogue import Term
    from safety.ctcae.official import Checked
    from safety.ctcae.search import Suggestion

app = typer.Typer(help="Terms and grades of CTCAE.", no_args_is_help=True)
DEFAULT = "5.0"
SHOWN = 20  # differences printed; a workbook of another kind has hundreds
Name = Annotated[list[str], typer.Argument(help="A term's name or MedDRA code.")]
Version = Annotated[str, typer.Option("--version", help="CTCAE version: 5.0 or 6.0.")]
HOW_TO_IMPORT = (
    "NCI's wording is not part of toxwatch. Download the CTCAE {version} workbook (Excel) from NCI "
    "(ctep.cancer.gov) and call: toxwatch ctcae import FILE"
)


@app.command()
def search(
    text: Annotated[list[str], typer.Argument(help="What was written, in any words.")],
    version: Version = DEFAULT,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many terms at most.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Suggest terms for what was written; nothing is coded by itself."""
    from safety.ctcae.search import suggest

    found = suggest(_bounded(text), _known(version), limit)
    if as_json:
        print(json.dumps([asdict(s) for s in found], indent=1))
        return
    if not found:
        _say(f"No term of CTCAE {version} is written like that.")
    for s in found:
        grades = " ".join(str(g) for g in s.term.grades)
        _say(f"{s.term.meddra_code}  {s.score:5.1f}  {s.term.term}  (grades {grades})"
             + (f"  usual name: {s.synonym}" if s.synonym else ""))  # fmt: skip


@app.command()
def show(term: Name, version: Version = "", as_json: AsJson = False) -> None:
    """Show a term: its grades, its criteria in our words, its place in the other version."""
    from safety.ctcae import explain
    from safety.intake import workbook
    from safety.report import term as report

    version = _known(version or DEFAULT)
    found = _find(_bounded(term), version)
    stored = workbook.load(from_environment().home, version)
    official = stored.terms.get(found.meddra_code) if stored else None
    explained = explain.explain(found, version, official)
    if as_json:
        print(json.dumps(explain.as_json(explained), indent=1))
        return
    for line in report.lines(explained):
        _say(line)
    if official is None:
        _say("")
        _say(HOW_TO_IMPORT.format(version=version))


@app.command("import")
def import_workbook(
    file: Annotated[Path, typer.Argument(help="NCI's CTCAE workbook (.xlsx).")],
    version: Version = "",
) -> None:
    """Check NCI's workbook against the catalogue and keep its wording for `show`."""
    from safety.ctcae import catalogue, official
    from safety.intake import workbook

    wanted = (_known(version),) if version else catalogue.versions()
    sheets, sha256 = workbook.read(file)
    checked = official.check(sheets, wanted)
    if checked is None:
        raise WrongUseError(
            f"{file}: no sheet has the columns MedDRA Code, MedDRA SOC, CTCAE Term, Grade 1 to "
            "Grade 5 and Definition. Give the CTCAE workbook (.xlsx) as NCI publishes it."
        )
    if checked.differences:
        _disagree(file, checked)
        fitting = official.check(sheets, catalogue.versions())
        if fitting is not None and not fitting.differences:
            _warn(f"It is the workbook of CTCAE {fitting.version}: leave out --version.")
        raise typer.Exit(FINDINGS)
    place = workbook.save(from_environment().home, checked, file.name, sha256)
    _say(f"CTCAE {checked.version}: the wording of {len(checked.wording)} terms is kept in {place}")
    _say(f"sha256 of the workbook: {sha256}")


def _known(version: str) -> str:
    from safety.ctcae.catalogue import terms

    try:
        terms(version)
    except ValueError as error:
        raise WrongUseError(f"--version: {error}") from error
    return version


def _bounded(words: list[str]) -> str:
    text = " ".join(words).strip()
    if not 0 < len(text) <= 200:
        raise WrongUseError("Give a name or a code of at most 200 characters.")
    return text


def _find(text: str, version: str) -> Term:
    from safety.ctcae import catalogue

    found = catalogue.by_code(text, version) or catalogue.by_name(text, version)
    if found is not None:
        return found
    from safety.ctcae.search import suggest

    for other in catalogue.versions():
        if catalogue.by_code(text, other) or catalogue.by_name(text, other):
            raise WrongUseError(
                f"{text!r} is no term of CTCAE {version}; it is one of {other}: add --version "
                f"{other}.{_meant(suggest(text, version))}"
            )
    raise WrongUseError(f"{text!r} is no term of CTCAE {version}.{_meant(suggest(text, version))}")


def _meant(suggestions: list[Suggestion]) -> str:
    names = ", ".join(s.term.term for s in suggestions)
    return f" Do you mean: {names}?" if names else ""


def _disagree(file: Path, checked: Checked) -> None:
    differences = checked.differences
    _warn(
        f"{file}: {len(differences):,} differences from CTCAE {checked.version}; nothing is kept."
    )
    for difference in differences[:SHOWN]:
        _warn(str(difference))
    if len(differences) > SHOWN:
        _warn(f"... and {len(differences) - SHOWN:,} more")


def _warn(line: str) -> None:
    messages.print(line, markup=False, highlight=False, soft_wrap=True)


def _say(line: str) -> None:
    output.print(line, markup=False, highlight=False, soft_wrap=True)
