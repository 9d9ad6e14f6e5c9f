"""One transaction a run: records, results, what people work on, alerts, and the trail of it all.

Everything that a snapshot changes is written by `_beside`, in the transaction of the snapshot.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from expectations import runner
from safety.alerts import ledger, rules
from safety.alerts.context import with_context
from safety.alerts.fact import AlertFact, Results
from safety.alerts.voice import Voice
from safety.audit import key, published
from safety.decisions import questions
from safety.failpoints import reached
from safety.intake.records import no_records
from safety.reporting import ledger as reporting
from safety.reporting.events import attributed
from safety.reporting.facts import facts as serious_events
from safety.reporting.held import with_held
from safety.settings import Settings
from safety.store import publish as store
from safety.study.feeds import RecordKind
from safety.worklist import ledger as worklist
from safety.workspace import Workspace


def publish(settings: Settings, space: Workspace, now: datetime) -> dict[str, Any]:
    """Write the run in `space` and return the snapshot's summary."""
    manifest, reported = space.manifest(), _reported(space)
    alerts = _alerts(space, reported)
    trail = key.trail(settings)

    def beside(connection: Connection, stamp: str) -> int:
        """Write what stands beside records and results; return how many alerts are told."""
        voice = Voice(space.manifest().study, settings.alert_channel, trail)
        worklist.add(connection, space, trail, stamp)
        reached("worklist")
        questions.add(connection, voice.study, space.snapshot_id, trail, stamp)
        told = ledger.add(
            connection, voice, [*alerts, *questions.facts(connection, voice.study)],
            snapshot_id=space.snapshot_id, at=stamp,
        )  # fmt: skip
        reporting.add(
            connection, voice, reported, snapshot_id=space.snapshot_id, as_of=manifest.as_of,
            at=stamp,
        )  # fmt: skip
        trail.append(connection, published.entries(connection, space.manifest()), stamp)
        return told

    return store.publish(settings, space, now, also=beside)


def _reported(space: Workspace) -> pd.DataFrame:
    """Return reported events, held ones too, with their attribution over all drugs."""
    name: RecordKind = "supplement"
    said = space.read(name) if space.has(name) else no_records(name)
    study, events = space.manifest().study, space.read("event_grade")
    if space.has("held_adverse_event"):
        events = with_held(
            events, space.read("held_adverse_event"), space.read("exposure"), study
        )  # fmt: skip
    return attributed(events, said, study)


def _alerts(space: Workspace, reported: pd.DataFrame) -> list[AlertFact]:
    """Return what the results of a run must be told of, serious events among it."""
    manifest = space.manifest()
    name: RecordKind = "disposition"
    results = Results(
        as_of=manifest.as_of,
        subjects=space.read("subject"),
        exposure=space.read("exposure"),
        grades=space.read("grade"),
        episodes=space.read("episode"),
        measurements=space.read("measurement"),
        events=space.read("event_grade"),
        held=space.read("held_alarm"),
        rules=space.read("rule_result"),
        triggers=space.read("trigger"),
        deviations=space.read("deviation"),
        pauses=space.read("pause"),
        monitors=space.read("monitor"),
        dispositions=space.read(name) if space.has(name) else no_records(name),
        findings=space.read("finding"),
        failing=space.read("finding_row"),
        reconciled=space.read("reconciled"),
        checks=runner.all_checks(),
        verdicts=space.read("verdict"),
    )
    serious = serious_events(reported, manifest.study)
    return rules.derive(results, manifest.study) + with_context(serious, results, manifest.study)
