"""The steps, in order: land, validate, grade, assess, publish, dispatch.

CLI, Airflow and tests call the same functions. A step takes the id of a run (its snapshot id) and
leaves frames in the run's workspace; only `publish` writes to the database, in one transaction.
A run whose snapshot was already published does nothing in any step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, get_args

import pandas as pd

from expectations import cross_domain, runner
from expectations import reconciliation as reconciliation_checks
from expectations.check import Context, Finding
from expectations.common import CLOCK_TOLERANCE
from safety import landing, publishing, queries
from safety.alerts import dispatch as alert_dispatch
from safety.assess import (
    analysis,
    build,
    deviated,
    episodes,
    grades,
    held,
    reconciliation,
    tables,
    worst,
)
from safety.assess.pause import pauses
from safety.assess.stopping import monitors
from safety.assess.subject import assess as assess_subjects
from safety.ctcae.grading import gradable_tests
from safety.dosing import exposure
from safety.errors import HeldDeliveryError, WrongUseError
from safety.failpoints import reached
from safety.intake import findings as finding_tables
from safety.intake import own_checks, parsing, quarantine, reconciled
from safety.intake.beside import with_beside
from safety.intake.dates import without_future
from safety.intake.parsing import Parsed
from safety.intake.quarantine import Accounting
from safety.intake.records import Intake, no_records
from safety.manifest import Manifest
from safety.settings import Settings
from safety.store import publish as store
from safety.store.receipts import HELD
from safety.study.feeds import RecordKind
from safety.worklist import releases
from safety.workspace import Workspace

MEASURED: RecordKind = "measurement"
EVENTS: RecordKind = "adverse_event"
land = landing.land


def validate(settings: Settings, snapshot_id: str) -> None:
    """Parse and check every file; leave accepted records, quarantine, findings and accounting.

    Raises HeldDeliveryError, after recording the held delivery, if a file cannot be used.
    """
    with _opened(settings, snapshot_id) as space:
        if space is not None:
            _validate(settings, space)


def _validate(settings: Settings, space: Workspace) -> None:
    manifest = space.manifest()
    parsed: list[Parsed] = []
    for feed in manifest.study.feeds:
        try:
            parsed.append(parsing.parse(settings.evidence, space.folder, manifest, feed))
        except HeldDeliveryError as error:
            for delivered in manifest.of_feed(feed.id)[-1:]:
                landing.record(settings, manifest, delivered, HELD, str(error))
            space.remove()
            raise
    intakes = with_beside([i for p in parsed for i in p.intakes], manifest.study)
    _check(space, manifest, sorted(intakes, key=lambda i: i.record != "subject"), parsed)
    reached("validated")


def _check(
    space: Workspace, manifest: Manifest, intakes: list[Intake], parsed: list[Parsed]
) -> None:
    subjects: frozenset[str] = frozenset()
    frames: dict[str, list[pd.DataFrame]] = {}
    findings: list[tuple[Finding, Intake]] = []
    accounts: list[Accounting] = []
    unchanged: list[str] = []
    overruled, waiting = releases.releasable(manifest.study), space.read_json("waiting")
    for intake in intakes:
        context = _context(manifest, subjects)
        found = runner.run(
            intake.records, intake.record, intake.domain, intake.file, context, intake.absent
        )
        placed = quarantine.split(intake, found, manifest.released, overruled)
        records, held_rows = placed.accepted, placed.held
        if intake.record == "subject":
            subjects |= frozenset(records["USUBJID"])
        if intake.record == EVENTS:
            records = without_future(records, "STDT", context.as_of + CLOCK_TOLERANCE)
        frames.setdefault(intake.record, []).append(records)
        frames.setdefault(f"held_{intake.record}", []).append(held_rows)
        frames.setdefault("quarantine", []).append(held_rows[quarantine.TABLE])
        frames.setdefault("passed", []).append(placed.passed)
        unchanged += quarantine.unchanged(intake, placed.accepted, waiting)
        findings += [(f, intake) for f in placed.findings]
        accounts += placed.accounts
    of_files = [f for p in parsed for f in p.findings]
    findings += [f for p in parsed for f in p.of_rows]
    accounts += [a for p in parsed for a in p.accounts]
    for name, parts in frames.items():
        space.write(name, pd.concat(parts, ignore_index=True))
    space.write("finding", finding_tables.summary([*of_files, *(f for f, _ in findings)]))
    space.write("finding_row", finding_tables.rows(findings))
    space.write_json("unchanged", unchanged)
    space.write_json("accounts", [asdict(a) for a in accounts])
    space.write_json("files", [p.summary for p in parsed if p.summary])
    space.write_json("delivered", sorted({i.record for i in intakes}))


def _context(manifest: Manifest, subjects: frozenset[str]) -> Context:
    study = manifest.study
    return Context(
        as_of=date.fromisoformat(manifest.as_of),
        studyid=study.studyid,
        subjects=subjects,
        related=tuple(study.attribution.related),
        unrelated=tuple(study.attribution.unrelated),
        gradable=gradable_tests(study.ctcae),
        changes=own_checks.changes(study),
    )


def grade(settings: Settings, snapshot_id: str) -> None:
    """Grade every accepted measurement and reported event."""
    with _opened(settings, snapshot_id) as space:
        if space is not None:
            _grade(space)


def _grade(space: Workspace) -> None:
    study = space.manifest().study
    subjects, doses = space.read("subject"), _records(space, "dose")
    taken = exposure.by_subject(doses, subjects, _held(space, "dose"))
    accepted = _records(space, MEASURED)
    measured = analysis.analysis_measurements(accepted, subjects, taken, study)
    space.write(MEASURED, analysis.with_derived(accepted, measured))
    space.write("analysed", measured)
    space.write("exposure", taken.assign(KEY=taken["USUBJID"]))
    space.write("grade", grades.grade_measurements(measured, study))
    space.write("event_grade", grades.grade_events(_records(space, EVENTS), taken, study))
    reached("graded")


def _records(space: Workspace, kind: RecordKind) -> pd.DataFrame:
    """Return the accepted records of a kind; none of one the study has no file of."""
    return space.read(kind) if space.has(kind) else no_records(kind)


def _held(space: Workspace, kind: RecordKind) -> pd.DataFrame:
    """Return the quarantined records of a kind, with REASON."""
    name = f"held_{kind}"
    return space.read(name) if space.has(name) else no_records(kind).assign(REASON="")


def assess(settings: Settings, snapshot_id: str) -> None:
    """Derive episodes, worst grades, verdicts with their arguments, and alarms of held rows."""
    with _opened(settings, snapshot_id) as space:
        if space is not None:
            _assess(space)


def _assess(space: Workspace) -> None:
    study = space.manifest().study
    graded, events = space.read("grade"), space.read("event_grade")
    derived = {
        "episode": (episodes.of_measurements(graded), ["USUBJID", "TERM", "DIRECTION", "EPISODE"]),
        "worst_grade": (worst.of_measurements(graded), ["USUBJID", "TERM", "DIRECTION"]),
        "worst_event": (worst.of_events(events), ["USUBJID", "SOC", "TERM"]),
    }
    for name, (frame, key) in derived.items():
        space.write(name, frame.assign(KEY=_joined(frame, key)))
    for name, frame in _assessments(space, graded, events).items():
        space.write(name, frame)
    all_held = {kind: _held(space, kind) for kind in get_args(RecordKind)}
    space.write("held_alarm", held.alarms(all_held, space.read(MEASURED), study))
    _reconcile(space, graded, events)
    _draft_queries(space, all_held)
    reached("assessed")


def _reconcile(space: Workspace, graded: pd.DataFrame, events: pd.DataFrame) -> None:
    """Add what reported events beside grades say to the findings, in place of an earlier try's."""
    manifest = space.manifest()
    as_of = date.fromisoformat(manifest.as_of)
    treatments = [_records(space, kind) for kind in ("medication", "procedure")]
    records = reconciliation.Records(
        graded, events, space.read(MEASURED), _records(space, "dose"),
        _records(space, "supplement"), pd.concat(treatments, ignore_index=True),
        space.read("exposure"),
    )  # fmt: skip
    compared = reconciliation.reconcile(records, manifest.study, as_of)
    space.write("reconciled", compared)
    doses = records.doses if manifest.study.treatment else records.doses.iloc[:0]
    deviated_ = deviated.doses_compared(space.read("deviation"), doses)
    context = _context(manifest, frozenset())
    added = [
        reconciled.findings(compared, context),
        reconciled.findings(deviated_, context, "deviation"),
    ]
    ours = {c.id for c in (*reconciliation_checks.CHECKS, *cross_domain.DEVIATION)}
    for name, more in zip(("finding", "finding_row"), zip(*added, strict=True), strict=True):
        told = space.read(name)
        space.write(name, pd.concat([told[~told["CHECKID"].isin(ours)], *more], ignore_index=True))


def _draft_queries(space: Workspace, all_held: dict[RecordKind, pd.DataFrame]) -> None:
    """Leave what the site is to be asked, from findings, reconciliation and assessment."""
    frames = {kind: (_records(space, kind), rows) for kind, rows in all_held.items()}
    drafted = queries.drafts(
        (space.read("finding"), space.read("finding_row")), space.read("reconciled"),
        space.read("verdict"), frames, {c.id: c.says for c in runner.all_checks() if c.says},
    )  # fmt: skip
    space.write("query", drafted)


def _assessments(
    space: Workspace, graded: pd.DataFrame, events: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Judge every subject by the study's rules with what was known at the end of as_of."""
    manifest = space.manifest()
    study, as_of = manifest.study, date.fromisoformat(manifest.as_of)
    delivered = {kind: space.read(kind) for kind in space.read_json("delivered")}
    facts = build.build(
        delivered, graded, events, space.read("analysed"), space.read("exposure"), study,
        _held(space, "dose"),
    )  # fmt: skip
    found = assess_subjects(facts, study, as_of)
    return tables.frames(
        found, pauses(found, facts, study, as_of), monitors(found, facts, study, as_of)
    )


def _joined(frame: pd.DataFrame, columns: list[str]) -> pd.Series:
    key = frame[columns[0]].astype("str")
    for column in columns[1:]:
        key = key + "#" + frame[column].astype("str")
    return key


def publish(settings: Settings, snapshot_id: str, *, now: datetime) -> dict[str, Any]:
    """Write everything in one transaction; return the snapshot's summary.

    Publishing the same run again changes nothing and returns the same summary.
    """
    with _opened(settings, snapshot_id) as space:
        if space is None:
            return store.summary(settings.db_url, snapshot_id)
        return _publish(settings, space, now)


def _publish(settings: Settings, space: Workspace, now: datetime) -> dict[str, Any]:
    reached("publishing")
    summary = publishing.publish(settings, space, now)
    space.remove_outrun()
    space.remove()
    reached("removed")
    return summary


def dispatch(settings: Settings, *, now: Callable[[], datetime]) -> dict[str, int]:
    """Send what waits in the outbox; return how many were sent and how many failed."""
    return alert_dispatch.run(settings, now)


def run(
    settings: Settings,
    study_name: str,
    as_of: date | None = None,
    *,
    now: Callable[[], datetime],
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Run every step in this process; return the snapshot's summary with what was sent."""
    progress("land")
    snapshot_id = land(settings, study_name, as_of, now=now())
    for name, step in (("validate", validate), ("grade", grade), ("assess", assess)):
        progress(name)
        step(settings, snapshot_id)
    progress("publish")
    summary = publish(settings, snapshot_id, now=now())
    progress("dispatch")
    return summary | {"sent": dispatch(settings, now=now)}


@contextmanager
def _opened(settings: Settings, snapshot_id: str) -> Iterator[Workspace | None]:
    """Hold the run's workspace for one step; None if its snapshot is already published."""
    space = Workspace(settings.work, snapshot_id)
    with space.locked():
        if store.is_published(settings.db_url, snapshot_id):
            space.remove()  # left by a run that was killed right after it published
            yield None
        elif space.exists():
            yield space
        else:
            raise WrongUseError(f"no run {snapshot_id[:12]}: land the delivery first.")
