"""What people do with alerts: each act in each state, what it writes, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from safety.alerts import acts, deeds
from safety.alerts.deeds import STEPS, allowed, done
from safety.alerts.states import Alert
from safety.audit.verify import chain, objects
from safety.errors import WrongUseError
from safety.signed import Signed
from safety.store import tables
from safety.store.engine import reader, writer
from tests.alerts import told
from tests.alerts.told import BACKUP, MONITOR, fact

STATES = ["open", "acknowledged", "in_review", "resolved", "suppressed"]
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
SIGNED = Signed("A. Doctor", "seen it", "2026-11-24T03:00:00+00:00")
UNTIL = "2026-12-01T00:00:00+00:00"
P1, P2 = fact().alert_id("T1"), fact("S2", "P2").alert_id("T1")


@pytest.fixture
def desk(db_url) -> acts.Desk:
    told.snapshot(db_url, fact(), fact("S2", "P2"))
    return acts.Desk(db_url, told.voice())


def alert(state: str, tier: str = "P2") -> Alert:
    at = told.AT
    return Alert("a" * 32, "T1", "S1", "DLT", "e", tier, 3, 1, "t", "b", state, "holds", 1,
                 None, None, at, at, due_at=UNTIL, step=2)  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "before", "after"),
    [
        ("acknowledge", {"open"}, "acknowledged"),
        ("review", {"acknowledged"}, "in_review"),
        ("resolve", {"acknowledged", "in_review"}, "resolved"),
        ("suppress", {"open", "acknowledged", "in_review"}, "suppressed"),
        ("unsuppress", {"suppressed"}, "open"),
        ("reopen", {"acknowledged", "in_review", "resolved"}, "open"),
    ],
)
@pytest.mark.parametrize("state", STATES)
def test_each_act_in_each_state(deed, before, after, state):
    assert (deed in allowed(alert(state))) is (state in before)
    if state not in before:
        with pytest.raises(WrongUseError, match=f"is {state}: {deed} is not possible"):
            done(alert(state), deed, "why", told.AT)
        return
    assert done(alert(state), deed, "why", told.AT).alert.state == after


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12), st.sampled_from(["P1", "P3"]))
def test_whatever_people_do_states_and_clocks_fit(names, tier):
    now = alert("open", tier)
    for deed in names:
        if deed not in allowed(now):
            continue
        change = done(now, deed, "why", told.AT, until=UNTIL, outcome="other")
        opened = change.alert.state == "open"
        assert (change.told != "", change.alert.revision - now.revision) == (opened, opened)
        assert opened or change.alert.due_at == ""
        now = change.alert
    assert tier == "P3" or now.state != "suppressed"


def test_acknowledging_ends_the_clock_and_is_kept(desk, db_url):
    now = acts.perform(desk, P1[:8], "acknowledge", SIGNED)
    assert (now.state, now.due_at, now.revision) == ("acknowledged", "", 1)
    event = told.rows(db_url, tables.alert_event)[-1]
    assert (event["action"], event["actor"], event["reason"], event["at"]) == (
        "acknowledge", "A. Doctor", "seen it", "2026-11-24T03:00:00+00:00",
    )  # fmt: skip
    assert (event["state_before"], event["state_after"], event["snapshot_id"]) == (
        "open", "acknowledged", "snap1",
    )  # fmt: skip
    entries = told.rows(db_url, tables.audit)[-2:]
    assert [(e["object_type"], e["actor"], e["reason"]) for e in entries] == [
        ("alert", "A. Doctor", "seen it"), ("alert_event", "A. Doctor", "seen it"),
    ]  # fmt: skip
    assert entries[0]["after"] == '{"due_at":"","state":"acknowledged"}'
    assert len(told.rows(db_url, tables.outbox)) == 3  # nobody is told


def test_the_whole_way_and_back(desk, db_url):
    acts.perform(desk, P2, "acknowledge", SIGNED)
    acts.perform(desk, P2, "review", SIGNED)
    ended = acts.perform(desk, P2, "resolve", SIGNED, outcome="not_confirmed")
    assert (ended.state, ended.outcome) == ("resolved", "not_confirmed")
    again = acts.perform(desk, P2, "reopen", SIGNED)
    assert (again.state, again.outcome, again.revision) == ("open", "", 2)
    assert again.due_at == "2026-11-25T03:00:00+00:00"
    message = told.rows(db_url, tables.outbox)[-1]
    assert (message["kind"], message["revision"], message["recipient"]) == ("return", 2, MONITOR)
    assert message["subject"] == "P2 [open again] T1 S2: DLT rash"


def test_an_alert_is_given_to_somebody(desk, db_url):
    assert acts.perform(desk, P1, "assign", SIGNED, owner=" B. Nurse ").owner == "B. Nurse"
    event = told.rows(db_url, tables.alert_event)[-1]
    assert (event["reason"], event["state_after"]) == ("to B. Nurse: seen it", "open")


def test_new_evidence_opens_what_was_resolved(desk, db_url):
    acts.perform(desk, P2, "acknowledge", SIGNED)
    acts.perform(desk, P2, "resolve", SIGNED, outcome="duplicate")
    told.snapshot(db_url, fact(), fact("S2", "P2"), number=2)
    assert told.known(db_url)["S2"].state == "resolved"  # nothing new
    told.snapshot(db_url, fact(), fact("S2", "P2", level=4), number=3)
    now = told.known(db_url)["S2"]
    assert (now.state, now.outcome, now.revision) == ("open", "", 2)


def test_what_is_suppressed_is_open_again_when_its_time_has_passed(desk, db_url):
    now = acts.perform(desk, P2, "suppress", SIGNED, until=UNTIL)
    assert (now.state, now.suppressed_until, now.due_at) == ("suppressed", UNTIL, "")
    sent = len(told.rows(db_url, tables.outbox))
    assert end(db_url, datetime.fromisoformat(UNTIL) - timedelta(seconds=1)) == 0
    assert end(db_url, datetime.fromisoformat(UNTIL)) == 1
    assert end(db_url, datetime.fromisoformat(UNTIL)) == 0
    now = told.known(db_url)["S2"]
    assert (now.state, now.suppressed_until, now.revision) == ("open", "", 2)
    event = told.rows(db_url, tables.alert_event)[-1]
    assert (event["action"], event["actor"], event["reason"]) == (
        "unsuppress", "toxwatch", "its time has passed",
    )  # fmt: skip
    assert len(told.rows(db_url, tables.outbox)) == sent + 1


def end(db_url: str, now: datetime) -> int:
    engine = writer(db_url)
    with engine.begin() as connection:
        ended = acts.end_suppressions(connection, told.voice(), now)
    engine.dispose()
    return ended


def test_what_is_suppressed_speaks_when_it_is_worse(desk, db_url):
    acts.perform(desk, P2, "suppress", SIGNED, until=UNTIL)
    told.snapshot(db_url, fact(), fact("S2", "P2", body="other words"), number=2)
    assert told.known(db_url)["S2"].state == "suppressed"
    told.snapshot(db_url, fact(), fact("S2", "P1"), number=3)
    now = told.known(db_url)["S2"]
    assert (now.state, now.tier, now.suppressed_until) == ("open", "P1", "")
    last = told.rows(db_url, tables.outbox)[-2:]
    assert [(m["kind"], m["recipient"]) for m in last] == [("worsen", MONITOR), ("worsen", BACKUP)]


@pytest.mark.parametrize(
    ("alert_id", "deed", "about", "error"),
    [
        (P1, "suppress", {"until": UNTIL}, "is of P1, which cannot be suppressed"),
        (P1, "resolve", {"outcome": "other"}, "is open: resolve is not possible; possible: ack"),
        (P1, "resolve", {}, "outcome '': give one of confirmed, not_confirmed"),
        (P2, "suppress", {}, "until: say when"),
        (P1, "assign", {"owner": " "}, "to: give a name"),
        (P1, "acknowledge", {"revision": 2}, "told anew since .revision 1, not 2."),
        (P1[:7], "acknowledge", {}, "names no alert of T1"),
        ("%%%%%%%%", "acknowledge", {}, "names no alert of T1"),
    ],
)
def test_what_is_refused_writes_nothing(desk, db_url, alert_id, deed, about, error):
    before = told.rows(db_url, tables.alert), told.rows(db_url, tables.audit)
    with pytest.raises(WrongUseError, match=error):
        acts.perform(desk, alert_id, deed, SIGNED, **about)
    assert (told.rows(db_url, tables.alert), told.rows(db_url, tables.audit)) == before


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01", "2026-11-30T16:00:00+00:00"),  # midnight in Shanghai: the day begins
        ("2026-12-01T09:00", "2026-12-01T01:00:00+00:00"),
        ("2026-12-01T09:00+01:00", "2026-12-01T08:00:00+00:00"),
        ("2026-11-24T11:00:01", "2026-11-24T03:00:01+00:00"),
        ("2027-02-22T11:00", "2027-02-22T03:00:00+00:00"),  # ninety days
    ],
)
def test_a_suppression_ends_in_the_time_of_the_site(text, moment):
    assert deeds.until(text, "Asia/Shanghai", NOW) == moment


@pytest.mark.parametrize(
    "text", ["2026-11-24", "2026-11-24T11:00", "2027-02-22T11:00:01", "tomorrow", "2026-13-01"]
)
def test_no_time_the_past_and_more_than_ninety_days_are_refused(text):
    with pytest.raises(WrongUseError, match=f"until '?{text}"):
        deeds.until(text, "Asia/Shanghai", NOW)


def test_the_trail_tells_of_every_alert_as_it_is(desk, db_url):
    acts.perform(desk, P2, "suppress", SIGNED, until=UNTIL)
    told.snapshot(db_url, fact("S2", "P1", body="evidence " * 50), number=2)
    acts.perform(desk, P1, "assign", SIGNED, owner="B. Nurse")
    assert problems(db_url) == []
    engine = writer(db_url)
    with engine.begin() as connection:
        connection.execute(update(tables.alert).values(state="resolved"))
    engine.dispose()
    assert len(problems(db_url)) == 2


def problems(db_url: str) -> list[str]:
    engine = reader(db_url)
    with engine.connect() as connection:
        trail, torn = chain.follow(connection, "T1", [told.voice().trail.key], objects.AUDITED, ())
        found = [p for p in objects.check(connection, "T1", trail) if not isinstance(p, int)]
    engine.dispose()
    return [p.what for p in (*torn, *found) if p.what.startswith("alert")]
