"""Commands by which named people settle held rows and queries."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safety.cli.common import (
    AsJson,
    By,
    StudyName,
    Why,
    anchor_act,
    output,
    print_frame,
    ready,
    signed,
    study_of,
    studyid_of,
    utc_now,
    wide_output,
)
from safety.settings import from_environment

if TYPE_CHECKING:
    from safety.signed import Signed
    from safety.worklist.life import Item, Kind

quarantine_app = typer.Typer(help="Rows held from statistics.", no_args_is_help=True)
queries_app = typer.Typer(help="Questions to the sites.", no_args_is_help=True)
Key = Annotated[str, typer.Argument(help="KEY or ITEM of the list.")]
To = Annotated[str, typer.Option("--to", help="Who owns it from now on.")]
Ended = Annotated[bool, typer.Option("--all", help="Also those that are over.")]


def _add_act(app: typer.Typer, kind: Kind, name: str, told: str) -> None:
    """Add the command for an act; each wants a name and a reason."""

    @app.command(name, help=told)
    def command(study: StudyName, key: Key, by: By, reason: Why) -> None:
        _act(study, kind, key, name, signed(by, reason))


def _add_common(app: typer.Typer, kind: Kind, items: str) -> None:
    """Add the commands that both kinds have."""

    @app.command("list", help=f"List {items}: state, age in days, owner, how often they were seen.")
    def list_(study: StudyName, ended: Ended = False, as_json: AsJson = False) -> None:
        _list(study, kind, ended, as_json)

    @app.command(help=f"Show what happened to one of the {items}, and what may be done with it.")
    def show(study: StudyName, key: Key, as_json: AsJson = False) -> None:
        _show(study, kind, key, as_json)

    @app.command(help=f"Give one of the {items} to somebody else.")
    def assign(study: StudyName, key: Key, to: To, by: By, reason: Why) -> None:
        _assign(study, kind, key, to, signed(by, reason))


ACTS: dict[str, str] = {
    "release": "Let a row in although a check of plausibility fails; the next run takes it.",
    "withdraw": "Take a release back; the next run holds the row again.",
    "ask": "Note that the source was asked for a correction.",
    "expire": "Give a held row up: it stays out until something about it changes.",
}
ANSWERS: dict[str, str] = {
    "send": "Note that a query was sent to the site.",
    "answer": "Note what the site answered.",
    "close": "Close a query; new data open it again.",
    "reopen": "Open a query again.",
}
_add_common(quarantine_app, "held_row", "held rows")
_add_common(queries_app, "query", "queries")
for _name, _told in ACTS.items():
    _add_act(quarantine_app, "held_row", _name, _told)
for _name, _told in ANSWERS.items():
    _add_act(queries_app, "query", _name, _told)


@queries_app.command("export")
def queries_export(
    study: StudyName, out: Annotated[Path, typer.Option(help="A name with .csv or .xlsx.")]
) -> None:
    """Write the queries that are not closed for the sites, as CSV or XLSX."""
    from safety.audit.reads import tell_file
    from safety.worklist.listing import export_queries

    settings = ready()
    studyid = studyid_of(settings, study)
    count = export_queries(settings.db_url, studyid, out)
    tell_file(settings, studyid, "query", out, utc_now(), count)
    output.print(f"{count:,} queries: {out}", markup=False, highlight=False)


def _list(study: str, kind: Kind, ended: bool, as_json: bool) -> None:
    from safety.report import text as report
    from safety.worklist.listing import SHORT, listing

    settings = ready()
    studyid = studyid_of(settings, study)
    items = listing(settings.db_url, studyid, kind, ended=ended).items
    _tell_read(studyid, kind, len(items))
    report.print_frame(items if as_json else items[SHORT[kind]], wide_output(), as_json)


def _show(study: str, kind: Kind, key: str, as_json: bool) -> None:
    from safety.worklist.life import ASSIGN
    from safety.worklist.listing import history

    settings = ready()
    studyid = studyid_of(settings, study)
    item, events, allowed = history(settings.db_url, studyid, kind, key)
    _tell_read(studyid, kind, 1, item.key)
    if not as_json:
        told = f"{item.key}: {item.state}, owner {item.owner}, seen {item.times_seen} times"
        output.print(told, markup=False, highlight=False, soft_wrap=True)
        output.print(f"possible: {', '.join([*allowed, ASSIGN])}", highlight=False)
        print_frame(events, as_json)
        return
    import json

    content = {"item": asdict(item), "events": events.to_dict("records"), "possible": allowed}
    print(json.dumps(content, indent=1, ensure_ascii=False))


def _tell_read(studyid: str, kind: Kind, count: int, key: str = "") -> None:
    from safety.audit.reads import tell

    shown = {"rows": count}
    tell(from_environment(), studyid, kind, utc_now(), object_id=key, shown=shown)


def _act(name: str, kind: Kind, key: str, act: str, by: Signed) -> None:
    from safety.audit.key import trail
    from safety.worklist import acts, releases

    settings = ready()
    study = study_of(settings, name)
    overruled = releases.releasable(study) if act == "release" else frozenset[str]()
    desk = acts.Desk(settings.db_url, trail(settings), study.studyid, kind, overruled)
    _say(acts.perform(desk, key, act, by))
    anchor_act()
    if act in {"release", "withdraw"}:
        output.print(f"It takes effect with the next `toxwatch run {name}`.", highlight=False)


def _assign(study: str, kind: Kind, key: str, to: str, by: Signed) -> None:
    from safety.audit.key import trail
    from safety.worklist import acts

    settings = ready()
    desk = acts.Desk(settings.db_url, trail(settings), studyid_of(settings, study), kind)
    _say(acts.assign(desk, key, to, by))
    anchor_act()


def _say(item: Item) -> None:
    told = f"{item.key} is {item.state}, owner {item.owner}"
    output.print(told, markup=False, highlight=False, soft_wrap=True)
