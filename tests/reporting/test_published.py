"""A run opens the reports that its events call for, held rows among them, and alerts of each."""

from __future__ import annotations

import yaml
from sqlalchemy import select

from safety.store import tables
from safety.store.engine import reader
from tests import build, delivery
from tests.reporting.cases import serious


def test_a_run_opens_reports_and_alerts(tmp_path) -> None:
    used = delivery.settings(tmp_path)
    content = build.study_content() | {"reporting": {}}
    (used.studies / "t1.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    events = [
        build.event("1", AEDECOD="Rash"),
        serious("2"),
        serious("3", AEDECOD="Fall", AESTDTC="2024-13-05"),
    ]
    delivery.write(tmp_path, delivery.rows(ae=events))
    delivery.run(used)
    o, a = tables.obligation, tables.alert
    engine = reader(used.db_url)
    with engine.connect() as connection:
        owed = connection.execute(select(o.c.event, o.c.kind, o.c.aware_on, o.c.due_at)).all()
        told = select(a.c.episode, a.c.tier, a.c.verified).where(a.c.rule == "SAE")
        alerts = connection.execute(told).all()
    engine.dispose()
    hours, days = "2024-04-03T08:00:00+00:00", "2024-04-16T15:59:00+00:00"
    fall, nausea = "Fall|2024-13-05", "Nausea|2024-03-05"
    assert sorted(map(tuple, owed)) == [
        (fall, "sae", "2024-04-01", hours), (fall, "susar_15d", "2024-04-01", days),
        (nausea, "sae", "2024-04-01", hours), (nausea, "susar_15d", "2024-04-01", days),
    ]  # fmt: skip
    assert sorted(map(tuple, alerts)) == [(fall, "P1", 0), (nausea, "P1", 1)]
