"""Commands by which named people record what they decided, and see what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from safety.cli.common import (
    FINDINGS,
    AsJson,
    By,
    StudyName,
    Why,
    anchor_act,
    output,
    ready,
    studyid_of,
    utc_now,
    wide_output,
)
from safety.settings import from_environment

if TYPE_CHECKING:
    from sqlalchemy import Connection

decisions_app = typer.Typer(
    help="What people decided, and what calls it in question.", no_args_is_help=True
)


@decisions_app.command("record")
def decisions_record(
    study: StudyName,
    kind: Annotated[str, typer.Option(help="adjudication, dose or other.")],
    statement: Annotated[str, typer.Option(help="What was decided, in a line.")],
    by: By,
    reason: Why,
    subject: Annotated[str, typer.Option(help="Whom it is about.")] = "",
    level: Annotated[str, typer.Option(help="Which dose level it is about.")] = "",
    next_level: Annotated[
        str, typer.Option("--next", help="Level of the next subjects by a dose decision, or stop.")
    ] = "",
    snapshot: Annotated[str, typer.Option(help="On which it rests; else the newest.")] = "",
) -> None:
    """Record a decision with what it rests on; it is never changed, only answered by a newer one.

    Exit code 1 if newer data already call it in question.
    """
    from safety.decisions import listing, record
    from safety.decisions.statement import Statement

    settings = ready()
    studyid = studyid_of(settings, study)
    said = Statement(kind, statement, subject, level, next_level)
    now = utc_now()
    made = record.add(settings, studyid, said, by, reason, now=now, snapshot=snapshot)
    anchor_act()
    with _reading() as connection:
        found = listing.shown(connection, studyid, made.decision_id)
    _say(listing.lines(found))
    if found["state"] == listing.ASKED:
        raise typer.Exit(FINDINGS)


@decisions_app.command("list")
def decisions_list(study: StudyName, as_json: AsJson = False) -> None:
    """List the decisions of a study, newest first, and whether they stand."""
    from safety.decisions import listing
    from safety.report import text as report

    studyid = studyid_of(ready(), study)
    with _reading() as connection:
        found = listing.listing(connection, studyid)
    _tell(studyid, len(found))
    report.print_frame(found, wide_output(), as_json)


@decisions_app.command("show")
def decisions_show(
    study: StudyName,
    decision: Annotated[str, typer.Argument(help="How its id begins.")],
    as_json: AsJson = False,
) -> None:
    """Show a decision, on what it rests, and every question that newer data asked of it."""
    from safety.decisions import listing

    studyid = studyid_of(ready(), study)
    with _reading() as connection:
        found = listing.shown(connection, studyid, decision)
    _tell(studyid, 1, found["decision_id"])
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        _say(listing.lines(found))


@contextmanager
def _reading() -> Iterator[Connection]:
    from safety.store.engine import reader, upgrade

    db_url = from_environment().db_url
    upgrade(db_url)
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _tell(studyid: str, rows: int, object_id: str = "") -> None:
    from safety.audit import reads

    reads.tell(
        from_environment(), studyid, "decision", utc_now(), object_id=object_id,
        shown={"rows": rows},
    )  # fmt: skip


def _say(lines: list[str]) -> None:
    for line in lines:
        output.print(line, markup=False, highlight=False, soft_wrap=True)
