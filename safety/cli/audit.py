"""Commands on the audit trail: verify, list, export, anchor, adopt."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safety.cli.common import FINDINGS, AsJson, anchor_act, messages, output, wide_output
from safety.settings import from_environment

if TYPE_CHECKING:
    import pandas as pd

    from safety.audit.listing import Wanted
    from safety.audit.verify import Report

audit_app = typer.Typer(help="Who did what, when and why.", no_args_is_help=True)
SHOWN = 10  # problems that are printed
StudyId = Annotated[str, typer.Argument(help="Only this study (STUDYID); all by default.")]
Study = Annotated[str, typer.Option("--study", help="Only of this study (STUDYID).")]
Object = Annotated[str, typer.Option("--object", help="Only of a kind, `alert`, or `alert:ID`.")]
Actor = Annotated[str, typer.Option("--actor", help="Only of this person or program.")]
Since = Annotated[str, typer.Option("--since", help="Only since then, UTC: 2026-03-05 or later.")]
Limit = Annotated[int, typer.Option("--limit", help="The newest so many, 0 for all.")]


@audit_app.command()
def verify(study: StudyId = "", as_json: AsJson = False) -> None:
    """Verify chains, anchors, rows, snapshots and delivered files; exit code 1 if one is wrong.

    Nothing is written: a user of the database who may only read is enough.
    """
    from safety.audit import verify as verification

    report = verification.run(from_environment(), study)
    if as_json:
        print(json.dumps(asdict(report) | {"verified": not report.problems}, indent=1))
    else:
        _print(report)
    if report.problems:
        raise typer.Exit(FINDINGS)


def _print(report: Report) -> None:
    counted = ", ".join(f"{n:,} {name}" for name, n in report.counts.items())
    for problem in report.problems[:SHOWN]:
        output.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    more = len(report.problems) - SHOWN
    if more > 0:
        output.print(f"and {more:,} more; --json has all of them", highlight=False)
    if report.problems:
        first = report.problems[0].todo
        output.print(f"What to do: {first}", markup=False, highlight=False, soft_wrap=True)
    output.print(f"{'Wrong' if report.problems else 'Verified'}: {counted}", highlight=False)
    for note in report.notes:
        output.print(note, markup=False, highlight=False, soft_wrap=True)


@audit_app.command("list")
def list_(
    study: Study = "",
    of: Object = "",
    actor: Actor = "",
    since: Since = "",
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List entries, newest first."""
    from safety.audit import listing
    from safety.report import text

    found = _entries(listing.Wanted(study, of, actor, since, limit), "read")
    text.print_frame(found if as_json else listing.short(found), wide_output(), as_json)


@audit_app.command()
def export(
    out: Annotated[Path, typer.Option(help="A name with .csv.")],
    study: Study = "",
    of: Object = "",
    actor: Actor = "",
    since: Since = "",
) -> None:
    """Write entries as CSV for a spreadsheet, newest first."""
    from safety import export as files
    from safety.audit import listing
    from safety.errors import WrongUseError

    if out.suffix.lower() != ".csv":
        raise WrongUseError(f"{out}: suffix {out.suffix!r}; give .csv.")
    found = _entries(listing.Wanted(study, of, actor, since), "export")
    files.write_csv(found, out)
    output.print(f"{len(found):,} entries: {out}", markup=False, highlight=False)


def _entries(wanted: Wanted, action: str) -> pd.DataFrame:
    """Return entries; that somebody read them is an entry itself, in the chain of the study."""
    from safety.audit import listing, reads
    from safety.store.engine import upgrade

    settings = from_environment()
    upgrade(settings.db_url)
    found = listing.entries(settings.db_url, wanted)
    shown = {k: v for k, v in asdict(wanted).items() if v} | {"rows": len(found)}
    reads.tell(settings, wanted.study, "audit", datetime.now(UTC), action=action, shown=shown)
    return found


@audit_app.command()
def anchor(as_json: AsJson = False) -> None:
    """Write the head of every chain into the file of anchors, outside the database."""
    from safety.audit import anchor as anchors

    settings = from_environment()
    heads = anchors.write(settings, datetime.now(UTC), again=True)
    if as_json:
        print(json.dumps([asdict(head) for head in heads], indent=1))
        return
    for head in heads:
        told = f"{head.study or 'entries of no study'}: {head.number:,} entries, head {head.hash}"
        output.print(told, markup=False, highlight=False, soft_wrap=True)
    messages.print(f"kept in {settings.anchors}", markup=False, highlight=False)


@audit_app.command()
def adopt(
    study: Annotated[str, typer.Argument(help="STUDYID of the study.")],
    by: Annotated[str, typer.Option("--by", help="Your name; it is kept with the act.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept with the act.")],
) -> None:
    """Vouch for what is older than the trail: every object without an entry gets one."""
    from safety.audit import adopt as adoption
    from safety.audit import key
    from safety.signed import sign
    from safety.store.engine import upgrade, writer

    settings, signed = from_environment(), sign(by, reason, datetime.now(UTC))
    upgrade(settings.db_url)
    engine = writer(settings.db_url)
    with engine.begin() as connection:
        count = adoption.adopt(connection, key.trail(settings), study, signed)
    engine.dispose()
    output.print(f"{count:,} objects of {study} were taken over", markup=False, highlight=False)
    anchor_act()
