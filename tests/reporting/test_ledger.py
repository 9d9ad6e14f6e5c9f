"""Reports in the database: what snapshots write, what people do, what is told of it in time."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from safety.alerts.voice import Voice
from safety.audit.verify import chain, objects
from safety.errors import WrongUseError
from safety.reporting import acts, ledger, remind
from safety.reporting.clock import Awareness, moment
from safety.reporting.facts import facts
from safety.reporting.listing import history, left, listing
from safety.signed import sign
from safety.store import tables
from safety.store.engine import reader, writer
from tests import build
from tests.reporting.cases import frame, publish, serious, study
from tests.trail import TRAIL

NOW = datetime(2024, 3, 7, 4, tzinfo=UTC)
LEE = sign("A. Lee", "seen by the sponsor", NOW)
MONITORS = [
    {"role": "medical_monitor", "address": "monitor@example.org", "tiers": ["P1"]},
    {"role": "safety_lead", "address": "lead@example.org", "tiers": ["P1"]},
    {"role": "chair", "address": "chair@example.org", "tiers": ["P1"]},
]


@pytest.fixture
def desk(db_url) -> acts.Desk:
    """One serious event, known on 6 March at 10:00 UTC."""
    publish(db_url, "s1", "2024-03-06", serious())
    return acts.Desk(db_url, study(), TRAIL)


def _read(url: str, query):
    engine = reader(url)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    engine.dispose()
    return rows


def _owed(url: str) -> dict[str, ledger.Obligation]:
    engine = reader(url)
    with engine.connect() as connection:
        found = ledger.obligations(connection, "T1")
    engine.dispose()
    return {o.kind: o for o in found}


def _id(desk: acts.Desk, kind: str) -> str:
    return _owed(desk.db_url)[kind].obligation_id[:12]


def _events(url: str) -> list[tuple[str, str, str]]:
    e, o = tables.obligation_event, tables.obligation
    query = select(o.c.kind, e.c.action, e.c.state_after).join(o).order_by(e.c.id)
    return [tuple(row) for row in _read(url, query)]


def _entries(url: str, what: str) -> list[tuple[str, str]]:
    table = tables.audit
    query = select(table.c.action, table.c.actor).where(table.c.object_type == what)
    return [tuple(row) for row in _read(url, query.order_by(table.c.number))]


def test_a_snapshot_writes_reports_events_and_trail(desk) -> None:
    found = _owed(desk.db_url)
    assert {k: (o.due_at, o.first_snapshot) for k, o in found.items()} == {
        "sae": ("2024-03-07T10:00:00+00:00", "s1"),
        "susar_15d": ("2024-03-21T15:59:00+00:00", "s1"),
    }
    assert _events(desk.db_url) == [("sae", "open", "open"), ("susar_15d", "open", "open")]
    assert _entries(desk.db_url, "obligation") == [("open", "toxwatch")] * 2
    assert _entries(desk.db_url, "obligation_event") == [("open", "toxwatch")] * 2


def test_the_same_snapshot_twice_writes_nothing(desk) -> None:
    before = (_owed(desk.db_url), _events(desk.db_url), _entries(desk.db_url, "obligation"))
    publish(desk.db_url, "s1", "2024-03-06", serious())
    publish(desk.db_url, "s2", "2024-03-07", serious())
    after = (_owed(desk.db_url), _events(desk.db_url), _entries(desk.db_url, "obligation"))
    assert before == after


def test_the_trail_tells_the_row_as_it_is(desk) -> None:
    """What `audit verify` compares: all `after` of a report, folded, is its row."""
    publish(desk.db_url, "s2", "2024-03-08", serious(AESLIFE="Y"))
    acts.submit(desk, _id(desk, "sae"), datetime(2024, 3, 7, tzinfo=UTC), "R-1", LEE)
    told: dict[str, dict] = {}
    a = tables.audit
    query = select(a.c.object_id, a.c.after).where(a.c.object_type == "obligation")
    for object_id, after in _read(desk.db_url, query.order_by(a.c.number)):
        told.setdefault(object_id, {}).update(json.loads(after))
    rows = {r.obligation_id: r for r in _read(desk.db_url, select(tables.obligation))}
    assert set(told) == set(rows)
    for key, kept in told.items():
        for name in ("state", "due_at", "revision", "last_snapshot", "aware_on", "warned"):
            assert kept[name] == getattr(rows[key], name)


@pytest.mark.parametrize(
    ("zone", "as_of", "day_0", "due"),
    [
        # 09:00 on 6 March at the site
        ("America/New_York", "2024-03-06", "2024-03-05", "2024-03-13T03:59:00+00:00"),
        ("Asia/Shanghai", "2024-03-06", "2024-03-06", "2024-03-13T15:59:00+00:00"),
        ("Asia/Shanghai", "2024-12-06", "2024-03-06", "2024-03-13T15:59:00+00:00"),
        ("Asia/Shanghai", "2024-03-04", "2024-03-04", "2024-03-11T15:59:00+00:00"),
    ],
)
def test_day_0_is_never_after_the_day_of_publishing(db_url, zone, as_of, day_0, due) -> None:
    chosen = study(zone=zone)
    at = "2024-03-06T01:00:00+00:00"
    publish(db_url, "s1", as_of, serious(AESLIFE="Y"), of=chosen, at=at)
    seven = _owed(db_url)["susar_7d"]
    assert (seven.aware_on, seven.due_at) == (day_0, due)


def test_an_event_that_is_gone_is_noted_in_the_database(desk) -> None:
    publish(desk.db_url, "s2", "2024-03-08")
    assert _events(desk.db_url)[2:] == [("sae", "clear", "open"), ("susar_15d", "clear", "open")]


def test_a_study_without_clocks_owes_nothing(db_url) -> None:
    publish(db_url, "s1", "2024-03-06", serious(), of=build.study())
    assert _owed(db_url) == {}


def test_a_report_is_submitted_once(desk) -> None:
    sent = datetime(2024, 3, 6, 20, tzinfo=UTC)
    done = acts.submit(desk, _id(desk, "sae"), sent, "R-17", LEE)
    assert done.state == "submitted"
    assert done.said["submitted_at"] == "2024-03-06T20:00:00+00:00"
    events = history(desk.db_url, desk.study, _id(desk, "sae")).events
    assert events.iloc[-1][["ACTION", "ACTOR", "REASON", "STATE_AFTER"]].tolist() == [
        "submit", "A. Lee",
        "sent 2024-03-06T20:00:00+00:00; reference R-17; seen by the sponsor", "submitted",
    ]  # fmt: skip
    with pytest.raises(WrongUseError, match="is submitted: this needs one that is open"):
        acts.submit(desk, _id(desk, "sae"), sent, "R-17", LEE)


def test_late_is_told_and_the_future_is_refused(desk) -> None:
    late = sign("A. Lee", "sent", datetime(2024, 3, 9, tzinfo=UTC))
    acts.submit(desk, _id(desk, "sae"), datetime(2024, 3, 8, tzinfo=UTC), "", late)
    reason = history(desk.db_url, desk.study, _id(desk, "sae")).events["REASON"].iloc[-1]
    assert reason.startswith("sent 2024-03-08T00:00:00+00:00, late: it was due 2024-03-07T10:00")
    with pytest.raises(WrongUseError, match="lies in the future"):
        acts.submit(desk, _id(desk, "susar_15d"), datetime(2024, 4, 1, tzinfo=UTC), "", LEE)


def test_earlier_awareness_moves_every_clock_of_it(desk) -> None:
    since = Awareness("2024-03-05", "2024-03-05T02:00:00+00:00")
    acts.aware(desk, _id(desk, "sae"), since, LEE)
    assert {k: (o.aware_on, o.due_at) for k, o in _owed(desk.db_url).items()} == {
        "sae": ("2024-03-05", "2024-03-06T02:00:00+00:00"),
        "susar_15d": ("2024-03-05", "2024-03-20T15:59:00+00:00"),
    }
    later = Awareness("2024-03-06", "2024-03-06T02:00:00+00:00")
    with pytest.raises(WrongUseError, match="only an earlier time"):
        acts.aware(desk, _id(desk, "sae"), later, LEE)


def test_expected_is_recorded_and_ends_nothing(desk) -> None:
    acts.decide(desk, _id(desk, "susar_15d"), "expectedness", "expected", LEE)
    found = _owed(desk.db_url)
    assert found["susar_15d"].state == "open"
    assert found["sae"].said["decisions"]["expectedness"] == {
        "value": "expected", "level": "3", "by": "A. Lee", "at": "2024-03-07T04:00:00+00:00",
        "reason": "seen by the sponsor",
    }  # fmt: skip
    assert _events(desk.db_url)[2:] == [
        ("sae", "expectedness", "open"), ("susar_15d", "expectedness", "open"),
    ]  # fmt: skip
    acts.not_required(desk, _id(desk, "susar_15d"), LEE)
    publish(desk.db_url, "s2", "2024-03-08", serious())
    assert _owed(desk.db_url)["susar_15d"].state == "not_required"


def test_the_sponsor_suspects_what_the_site_does_not(db_url) -> None:
    publish(db_url, "s1", "2024-03-06", serious(AEREL="NONE"))
    desk = acts.Desk(db_url, study(), TRAIL)
    assert set(_owed(db_url)) == {"sae"}
    acts.decide(desk, _id(desk, "sae"), "causality", "related", LEE)
    made = _owed(db_url)["susar_15d"]
    assert (made.aware_on, made.due_at) == ("2024-03-07", "2024-03-22T15:59:00+00:00")


def test_7_days_not_required_brings_15_back(db_url) -> None:
    publish(db_url, "s1", "2024-03-06", serious())
    publish(db_url, "s2", "2024-03-07", serious(AESLIFE="Y"))
    desk = acts.Desk(db_url, study(), TRAIL)
    acts.not_required(desk, _id(desk, "susar_7d"), LEE)
    assert {k: o.state for k, o in _owed(db_url).items()} == {
        "sae": "open", "susar_7d": "not_required", "followup_8d": "not_required",
        "susar_15d": "open",
    }  # fmt: skip
    assert _owed(db_url)["susar_15d"].due_at == "2024-03-21T15:59:00+00:00"


def test_a_report_is_named_by_the_beginning_of_its_id(desk) -> None:
    with pytest.raises(WrongUseError, match="names no report"):
        acts.not_required(desk, "sae", LEE)


def _remind(url: str, now: str, of=None) -> int:
    engine = writer(url)
    with engine.begin() as connection:
        found = remind.remind(connection, Voice(of or study(), "file", TRAIL), moment(now))
    engine.dispose()
    return found


def _messages(url: str) -> list[tuple[str, str, str]]:
    o = tables.outbox
    found = _read(url, select(o.c.recipient, o.c.subject, o.c.alert_id).order_by(o.c.id))
    return [tuple(row) for row in found]


def test_each_stage_is_told_once(desk) -> None:
    told = [
        _remind(desk.db_url, now)
        for now in (
            "2024-03-06T21:59:00+00:00", "2024-03-06T22:00:00+00:00", "2024-03-06T22:01:00+00:00",
            "2024-03-07T05:12:00+00:00", "2024-03-07T10:00:00+00:00", "2024-03-07T11:00:00+00:00",
            "2024-03-08T10:00:00+00:00", "2024-03-10T10:00:00+00:00",
        )
    ]  # fmt: skip
    assert told == [0, 1, 0, 1, 1, 0, 1, 1]
    head = "P1 T1 S1: report"
    assert _messages(desk.db_url) == [
        ("monitor@example.org", f"{head} {words}, serious adverse event", None)
        for words in (
            "50 % of the time has passed", "80 % of the time has passed", "due",
            "overdue since 1 day", "overdue since 3 days",
        )
    ]  # fmt: skip
    assert _owed(desk.db_url)["sae"].warned == 103


def test_reminders_go_to_monitors_and_safety_lead_about_the_alert(desk) -> None:
    chosen = build.study(
        reporting={}, alerts={"recipients": ["all@example.org"], "monitors": MONITORS}
    )
    (fact,) = facts(frame(serious(), of=chosen), chosen)
    alert_id = fact.alert_id("T1")
    engine = writer(desk.db_url)
    with engine.begin() as connection:
        connection.execute(insert(tables.alert).values(
            alert_id=alert_id, study="T1", usubjid="S1", rule="SAE", episode=fact.episode,
            tier="P1", level=3, verified=1, title="t", body="b", state="open", revision=1,
            created_at="x",
        ))  # fmt: skip
    engine.dispose()
    _remind(desk.db_url, "2024-03-07T00:00:00+00:00", chosen)
    assert [(to, about) for to, _, about in _messages(desk.db_url)] == [
        ("monitor@example.org", alert_id), ("lead@example.org", alert_id),
    ]  # fmt: skip
    (body,) = set(_read(desk.db_url, select(tables.outbox.c.body)))
    due = "2024-03-07 18:00 Asia/Shanghai (2024-03-07T10:00:00+00:00)"
    assert body[0].splitlines()[:4] == [
        "Report of Nausea (onset 2024-03-05): serious adverse event", "To sponsor",
        f"Due {due}: 50 % of the time has passed", "Day 0 is 2024-03-06",
    ]  # fmt: skip


def test_nobody_is_reminded_of_what_is_settled(desk) -> None:
    acts.not_required(desk, _id(desk, "sae"), LEE)
    assert _remind(desk.db_url, "2024-03-08T10:00:00+00:00") == 0
    assert _remind(desk.db_url, "2024-03-25T10:00:00+00:00") == 1


def test_a_study_that_reports_no_more_is_still_reminded(desk) -> None:
    assert _remind(desk.db_url, "2024-03-08T10:00:00+00:00", build.study()) == 1


def test_listing_by_due_time(desk) -> None:
    found = listing(desk.db_url, desk.study, NOW)
    assert found[["KIND", "STATE", "DAY 0", "DUE", "LEFT"]].to_dict("records") == [
        {"KIND": "sae", "STATE": "open", "DAY 0": "2024-03-06", "DUE": "2024-03-07 18:00",
         "LEFT": "0 d 6 h"},
        {"KIND": "susar_15d", "STATE": "open", "DAY 0": "2024-03-06", "DUE": "2024-03-21 23:59",
         "LEFT": "14 d 11 h"},
    ]  # fmt: skip
    acts.not_required(desk, _id(desk, "sae"), LEE)
    assert listing(desk.db_url, desk.study, NOW)["KIND"].tolist() == ["susar_15d"]
    assert listing(desk.db_url, desk.study, NOW, settled=True)["KIND"].tolist() == [
        "sae", "susar_15d",
    ]  # fmt: skip


def test_time_that_is_left() -> None:
    assert left("2024-03-06T02:00:00+00:00", NOW) == "-1 d 2 h"


@pytest.mark.parametrize(
    ("seriousness", "told"),
    [(None, "seriousness not told"), ("UNK", "seriousness UNK"), ("N", None)],
)
def test_what_cannot_be_judged_is_listed(desk, seriousness, told) -> None:
    texts = {"key": "AE|S1|9", "usubjid": "S1", "aeterm": "sick", "aedecod": "Fall",
             "aeser": seriousness, "stdtc": None}  # fmt: skip
    engine = writer(desk.db_url)
    with engine.begin() as connection:
        connection.execute(insert(tables.BITEMPORAL["adverse_event"]).values(
            study="T1", row_hash="x", tx_from=1, tx_to=tables.FOREVER, **texts
        ))  # fmt: skip
        connection.execute(insert(tables.BITEMPORAL["adverse_event"]).values(
            study="T1", row_hash="x", tx_from=1, tx_to=tables.FOREVER,
            **texts | {"key": "AE|S1|1", "aeser": None},
        ))  # fmt: skip
    engine.dispose()
    found = listing(desk.db_url, desk.study, NOW)
    rows = found[found["STATE"].eq("cannot be judged")]
    assert rows[["TERM", "ONSET", "DOUBTS"]].to_numpy().tolist() == (
        [["Fall", "not given", told]] if told else []
    )


def test_the_audit_finds_nothing_wrong_with_what_is_written(desk) -> None:
    publish(desk.db_url, "s2", "2024-03-08", serious(AESLIFE="Y"))
    acts.submit(desk, _id(desk, "sae"), datetime(2024, 3, 7, tzinfo=UTC), "R-1", LEE)
    acts.decide(desk, _id(desk, "susar_7d"), "causality", "unrelated", LEE)
    _remind(desk.db_url, "2024-03-12T10:00:00+00:00")
    engine = reader(desk.db_url)
    with engine.connect() as connection:
        told, wrong = chain.follow(connection, "T1", (TRAIL.key,), objects.AUDITED, {})
        problems = [*wrong, *(p for p in objects.check(connection, "T1", told) if p != 1)]
    engine.dispose()
    of_reports = [p for p in problems if "obligation" in p.what]
    assert of_reports == []
    of_messages = len(_entries(desk.db_url, "outbox"))
    assert of_messages == len(_messages(desk.db_url)) > 0
    assert told.entries == len(_entries(desk.db_url, "obligation")) * 2 + of_messages
