"""One transaction a run: records, results, what people work on, alerts, and the trail of it all.

Everything that a snapshot changes is written by `_beside`, in the transaction of the snapshot.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from expectations import runner
from safety.alerts import ledger, rules
from safety.alerts.fact import AlertFact, Results
from safety.audit import key
from safety.intake.records import no_records
from safety.settings import Settings
from safety.store import publish as store
from safety.study.feeds import RecordKind
from safety.worklist import ledger as worklist
from safety.workspace import Workspace


def publish(settings: Settings, space: Workspace, now: datetime) -> dict[str, Any]:
    """Write the run in `space` and return the snapshot's summary."""
    alerts = _alerts(space)
    trail = key.trail(settings)

    def beside(connection: Connection, stamp: str) -> int:
        """Write what stands beside records and results; return how many alerts are told."""
        study = space.manifest().study
        worklist.add(connection, space, stamp)
        channel = settings.alert_channel
        told = ledger.add(
            connection, study, space.snapshot_id, alerts, channel=channel, stamp=stamp
        )
        trail.append(connection, [], stamp)
        return told

    return store.publish(settings, space, now, also=beside)


def _alerts(space: Workspace) -> list[AlertFact]:
    """Return what the results of a run must be told of."""
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
        dispositions=space.read(name) if space.has(name) else no_records(name),
        findings=space.read("finding"),
        failing=space.read("finding_row"),
        reconciled=space.read("reconciled"),
        checks=runner.all_checks(),
    )
    return rules.derive(results, manifest.study)
