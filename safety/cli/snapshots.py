"""Commands on published data cuts: list them, compare two, make one again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safety.cli.common import FINDINGS, AsJson, StudyName, output, print_frame, ready, studyid_of
from safety.errors import WrongUseError
from safety.settings import Settings

if TYPE_CHECKING:
    from safety.snapshots.diff import Difference
    from safety.snapshots.rebuild import Rebuilt
    from safety.store.read import Snapshot

snapshots_app = typer.Typer(help="Published data cuts.", no_args_is_help=True)
One = Annotated[str, typer.Argument(help="How the id of a snapshot begins, or its as of.")]
MaybeStudy = Annotated[str, typer.Argument(help="Its study, where a day names several.")]


@snapshots_app.command("list")
def snapshots_list(study: StudyName, as_json: AsJson = False) -> None:
    """List the snapshots of a study, newest first."""
    from safety.report import text as report
    from safety.store.read import Store

    settings = ready()
    found = report.snapshots(Store(settings.db_url), studyid_of(settings, study))
    print_frame(found, as_json)


@snapshots_app.command("diff")
def snapshots_diff(
    a: One,
    b: One,
    study: MaybeStudy = "",
    as_json: AsJson = False,
    subject: Annotated[str, typer.Option(help="Only what is about this subject.")] = "",
    table: Annotated[str, typer.Option(help="Only this table, or group of tables.")] = "",
    out: Annotated[Path | None, typer.Option(help="A name with .csv or .xlsx.")] = None,
) -> None:
    """Tell what is new, changed and gone from snapshot A to B, and what moved it."""
    from safety.snapshots import told
    from safety.snapshots.change import GROUP_OF, GROUPS

    if table and table not in {*GROUPS, *GROUP_OF}:
        raise WrongUseError(f"no table {table!r}; there are: {', '.join([*GROUPS, *GROUP_OF])}.")
    settings = ready()
    found = told.select(_difference(settings, a, b, study), subject, table)
    _record(settings, found, "export" if out else "read")
    if out:
        _export(found, out)
    elif as_json:
        print(json.dumps(told.content(found), indent=1, ensure_ascii=False))
    else:
        for line in told.lines(found):
            output.print(line, markup=False, highlight=False, soft_wrap=True)


def _difference(settings: Settings, a: str, b: str, study: str) -> Difference:
    from safety.snapshots import diff
    from safety.store.engine import reader
    from safety.store.read import Store

    store, studyid = Store(settings.db_url), studyid_of(settings, study)
    first = store.snapshot(studyid, a)
    second = store.snapshot(studyid or first.study, b)
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            return diff.between(connection, first, second)
    finally:
        engine.dispose()


def _record(settings: Settings, found: Difference, action: str) -> None:
    from safety.audit import reads

    shown = {"a": found.a.snapshot_id, "b": found.b.snapshot_id, "rows": len(found.changes)}
    now = datetime.now(UTC)
    reads.tell(settings, found.a.study, "difference", now, action=action, shown=shown)


def _export(found: Difference, out: Path) -> None:
    from safety.export import write_csv, write_xlsx
    from safety.snapshots import told

    frame = told.frame(found)
    if out.suffix == ".csv":
        write_csv(frame, out)
    elif out.suffix == ".xlsx":
        write_xlsx(frame, out, f"{found.a.study} difference")
    else:
        raise WrongUseError(f"{out}: give a name with .csv or .xlsx.")
    output.print(f"{len(frame):,} cells: {out}", markup=False, highlight=False)


@snapshots_app.command("rebuild")
def snapshots_rebuild(
    one: Annotated[str, typer.Argument(help="How the id of a snapshot begins.")] = "",
    every: Annotated[str, typer.Option("--all", help="Every snapshot of this study.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make past snapshots again from the delivered bytes; exit code 1 if anything differs."""
    settings = ready()
    if bool(one) == bool(every):
        raise WrongUseError("give the id of a snapshot, or --all STUDY.")
    found = list(_rebuilt(settings, _chosen(settings, one, every), as_json))
    if as_json:
        print(json.dumps([_content(each) for each in found], indent=1, ensure_ascii=False))
    if not all(each.is_identical for each in found):
        raise typer.Exit(FINDINGS)


def _chosen(settings: Settings, one: str, every: str) -> list[Snapshot]:
    from safety.store.read import Store

    store = Store(settings.db_url)
    if one:
        return [store.snapshot("", one)]
    return list(reversed(store.snapshots(studyid_of(settings, every))))


def _rebuilt(settings: Settings, shots: list[Snapshot], quiet: bool) -> Any:
    from safety.snapshots import rebuild

    for shot in shots:
        found = rebuild.rebuild(settings, shot)
        if not quiet:
            _say(found)
        yield found


def _say(found: Rebuilt) -> None:
    shot = found.snapshot
    lines = [f"{shot.snapshot_id[:12]} (as of {shot.as_of}): {_outcome(found)}"]
    if not found.cannot:
        lines += [
            f"  results: published {shot.result_hash}, rebuilt {found.result_hash}",
            f"  records: published {shot.record_hash}, rebuilt {found.record_hash}",
        ]
    for line in lines:
        output.print(line, markup=False, highlight=False, soft_wrap=True)


def _outcome(found: Rebuilt) -> str:
    if found.cannot:
        return f"cannot be judged: {found.cannot}"
    return f"differs: {found.differs}" if found.differs else "byte-identical"


def _content(found: Rebuilt) -> dict[str, Any]:
    shot = found.snapshot
    return {
        "snapshot_id": shot.snapshot_id, "as_of": shot.as_of, "outcome": _outcome(found),
        "is_identical": found.is_identical, "result_hash": shot.result_hash,
        "rebuilt_result_hash": found.result_hash, "record_hash": shot.record_hash,
        "rebuilt_record_hash": found.record_hash,
    }  # fmt: skip
