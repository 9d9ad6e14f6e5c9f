"""`toxwatch escalate next` and `fan`: what the study's design says of a snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safety.cli.common import (
    AsJson,
    StudyName,
    output,
    ready,
    study_file,
    studyid_of,
    utc_now,
    wide_output,
)
from safety.cli.escalate import escalate_app
from safety.errors import WrongUseError

if TYPE_CHECKING:
    from safety.nextdose.live import Trial
    from safety.nextdose.recommend import LevelNumbers

commands = escalate_app
AsOf = Annotated[
    str, typer.Option("--as-of", help="A snapshot: its day, or how its id begins; else the newest.")
]


@escalate_app.command("next")
def next_dose(study: StudyName, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Tell what the design advises for the next subject, by what, and how sure that is."""
    from safety.nextdose import told
    from safety.nextdose.recommend import recommend

    with _trial(study, as_of) as trial:
        if trial.study.escalation is None:
            return
        found = recommend(trial, trial.study.escalation)
    if as_json:
        _print(told.content(trial, found))
        return
    wide_output().print(_table(found.levels, trial.study.escalation.target))
    _say(told.lines(trial, found))


@escalate_app.command("fan")
def fan(study: StudyName, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Tell what would be advised for every way that open subjects can still turn out."""
    from safety.escalation.fan import spread
    from safety.nextdose import told
    from safety.nextdose.recommend import plan

    with _trial(study, as_of) as trial:
        if trial.study.escalation is None:
            return
        found = spread(plan(trial.study.escalation, trial.levels), trial.subjects, trial.at)
    if as_json:
        _print(told.fan_content(trial, found))
    else:
        _say(told.fan_lines(trial, found))


@escalate_app.command("stopping")
def stopping(study: StudyName, as_json: AsJson = False) -> None:
    """Print the stopping rules of a study file: boundary by subjects, and how often they stop."""
    from safety.nextdose import boundaries

    found = boundaries.of_study(study_file(study))
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        _say(iter(boundaries.lines(found)))


@contextmanager
def _trial(name: str, as_of: str) -> Iterator[Trial]:
    """Read the trial of a snapshot; that its subjects were looked at is on the trail."""
    from safety.audit import reads
    from safety.nextdose import live
    from safety.store.engine import reader
    from safety.store.read import Store

    settings = ready()
    studyid = studyid_of(settings, name)
    store = Store(settings.db_url)
    shot = store.snapshot(studyid, as_of) if as_of else store.latest(studyid)
    if shot is None:
        raise WrongUseError(f"{studyid} has no snapshot yet: run it first.")
    manifest = store.manifest(shot.snapshot_id)
    if manifest is None:
        raise WrongUseError(f"snapshot {shot.snapshot_id[:12]} kept no study file: run it again.")
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            trial = live.read(connection, manifest.study, shot)
    finally:
        engine.dispose()
    shown = {"subjects": len(trial.subjects), "snapshot": shot.snapshot_id}
    reads.tell(settings, studyid, "verdict", utc_now(), shown=shown)
    yield trial


def _table(levels: tuple[LevelNumbers, ...], target: float) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    names = ("LEVEL", "TREATED", "EVALUABLE", "PENDING", "INDET.", "IN DOUBT", "EXCLUDED", "DLT",
             "DLT+LATE", "MEAN", "90 %", f"P(>{target:g})", "")  # fmt: skip
    for name in names:
        table.add_column(name, justify="left" if name in ("LEVEL", "") else "right")
    for each in levels:
        t = each.tally
        table.add_row(
            each.name, *(str(n) for n in (t.treated, t.evaluable, t.pending, t.indeterminate,
                                          t.doubtful, t.excluded, t.dlt, each.cumulative)),
            f"{each.mean:.3f}", f"{each.low:.2f}-{each.high:.2f}", f"{each.above_target:.3f}",
            _state(each),
        )  # fmt: skip
    return table


def _state(each: LevelNumbers) -> str:
    if not each.is_closed:
        return ""
    return "closed: too toxic" if each.tally.treated else "not open"


def _print(content: dict[str, Any]) -> None:
    print(json.dumps(content, indent=1, ensure_ascii=False))


def _say(lines: Iterator[str]) -> None:
    for line in lines:
        output.print(line, markup=False, highlight=False, soft_wrap=True)
