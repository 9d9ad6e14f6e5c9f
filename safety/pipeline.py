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
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from expectations import runner
from expectations.check import Context
from safety import landing
from safety.alerts import dispatch as alert_dispatch
from safety.alerts import ledger, rules
from safety.alerts.fact import Results
from safety.assess import analysis, build, episodes, grades, held, tables, worst
from safety.assess.pause import pauses
from safety.assess.subject import assess as assess_subjects
from safety.ctcae.grading import gradable_tests
from safety.dosing import exposure
from safety.errors import HeldDeliveryError, WrongUseError
from safety.feeds.sdtm_folder import reader
from safety.intake import coding, deliveries, evidence, quarantine
from safety.intake import findings as finding_tables
from safety.intake.records import Intake, canonical, no_records
from safety.settings import Settings
from safety.store import publish as store
from safety.study.feeds import RecordKind
from safety.workspace import FeedDelivery, Manifest, Workspace

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
    intakes: list[Intake] = []
    for delivered in manifest.deliveries:
        try:
            intakes += _parse(settings, space, manifest, delivered)
        except HeldDeliveryError as error:
            landing.record(settings, manifest, delivered, store.HELD, str(error))
            space.remove()
            raise
    _check(space, manifest, sorted(intakes, key=lambda i: i.record != "subject"))


def _parse(
    settings: Settings, space: Workspace, manifest: Manifest, delivered: FeedDelivery
) -> list[Intake]:
    """Return the intake of every domain of a feed."""
    feed = next(f for f in manifest.study.feeds if f.id == delivered.feed)
    found: list[Intake] = []
    for domain, file in deliveries.files_by_domain(delivered, feed).items():
        copy = space.folder / f"{delivered.feed}-{file.sha256}"
        try:
            evidence.fetch(settings.evidence, file, copy)
            intake = canonical(reader.read(copy, file.name), feed, domain, file.name)
            coded = feed.domains[domain].coding
            found.append(coding.with_queries(intake, coded, manifest.study.ctcae))
        finally:
            copy.unlink(missing_ok=True)
    return found


def _check(space: Workspace, manifest: Manifest, intakes: list[Intake]) -> None:
    study = manifest.study
    subjects: frozenset[str] = frozenset()
    frames: dict[str, list[pd.DataFrame]] = {}
    findings, accounts = [], []
    for intake in intakes:
        context = Context(
            as_of=date.fromisoformat(manifest.as_of),
            studyid=study.studyid,
            subjects=subjects,
            related=tuple(study.attribution.related),
            unrelated=tuple(study.attribution.unrelated),
            gradable=gradable_tests(study.ctcae),
        )
        found = runner.run(
            intake.records, intake.record, intake.domain, intake.file, context, intake.absent
        )
        records, held_rows, account = quarantine.split(intake, found)
        if intake.record == "subject":
            subjects |= frozenset(records["USUBJID"])
        frames.setdefault(intake.record, []).append(records)
        frames.setdefault(f"held_{intake.record}", []).append(held_rows)
        frames.setdefault("quarantine", []).append(held_rows[quarantine.TABLE])
        findings += [(f, intake) for f in found]
        accounts.append(asdict(account))
    found_files = [
        finding_tables.unknown_files(deliveries.unused(d, f), f.id)
        for d in manifest.deliveries
        for f in study.feeds
        if f.id == d.feed
    ]
    for name, parts in frames.items():
        space.write(name, pd.concat(parts, ignore_index=True))
    space.write("finding", finding_tables.summary([*found_files, *(f for f, _ in findings)]))
    space.write("finding_row", finding_tables.rows(findings))
    space.write_json("accounts", accounts)
    space.write_json("delivered", sorted({i.record for i in intakes}))


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
    alarms = [
        held.measurements(_held(space, MEASURED), space.read(MEASURED), study),
        held.events(_held(space, EVENTS), study),
    ]
    space.write("held_alarm", pd.concat(alarms, ignore_index=True))


def _assessments(
    space: Workspace, graded: pd.DataFrame, events: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Judge every subject by the study's rules with what was known at the end of as_of."""
    manifest = space.manifest()
    study, as_of = manifest.study, date.fromisoformat(manifest.as_of)
    delivered = {kind: space.read(kind) for kind in space.read_json("delivered")}
    facts = build.build(
        delivered, graded, events, space.read("analysed"), space.read("exposure"), study
    )
    found = assess_subjects(facts, study, as_of)
    return tables.frames(found, pauses(found, facts, study, as_of))


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
    manifest, snapshot_id = space.manifest(), space.snapshot_id
    study = manifest.study
    results = Results(
        as_of=manifest.as_of,
        subjects=space.read("subject"),
        exposure=space.read("exposure"),
        grades=space.read("grade"),
        episodes=space.read("episode"),
        measurements=space.read(MEASURED),
        events=space.read("event_grade"),
        held=space.read("held_alarm"),
        rules=space.read("rule_result"),
        triggers=space.read("trigger"),
        deviations=space.read("deviation"),
        pauses=space.read("pause"),
    )
    alerts = rules.derive(results, study)

    def add_alerts(connection: Connection, stamp: str) -> int:
        channel = settings.alert_channel
        return ledger.add(connection, study, snapshot_id, alerts, channel=channel, stamp=stamp)

    summary = store.publish(settings, space, now, also=add_alerts)
    space.remove()
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
