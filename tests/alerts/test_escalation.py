"""Who hears of what nobody acknowledged: the chain, roles that nobody has, and what ends it."""

from __future__ import annotations

import pytest

from safety.alerts import clocks, escalation, operations
from safety.store import tables
from safety.store.engine import writer
from tests.alerts import clockwork as c
from tests.alerts.clockwork import at

DEATH, COUNT = c.fact("S1", "P1"), c.fact("S2", "P2")
TOLD, DUE = at("2024-03-04 10:00"), at("2024-03-04 14:00")


def escalate(used, study, now):
    engine = writer(used.db_url)
    with engine.begin() as connection:
        went = escalation.escalate(connection, operations.voice(used, study), now)
    engine.dispose()
    return went


def alert(used):
    return c.rows(used, tables.alert)[0]


def escalated(used):
    return [m[1:] for m in c.told(used) if m[1] == "escalate"]


def test_a_step_is_an_event_an_entry_and_a_message(tmp_path, db_kind, db_url):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [DEATH], TOLD)
    assert escalate(used, study, at("2024-03-04 13:59")) == 0
    assert escalate(used, study, DUE) == 1
    assert escalate(used, study, DUE) == 0  # until the clock has run again
    late = "Nobody acknowledged it by 2024-03-04 14:00 Asia/Shanghai."
    said = f"{late} It goes to the principal investigator."
    event = c.rows(used, tables.alert_event)[-1]
    assert (event["action"], event["actor"], event["reason"]) == ("escalate", "toxwatch", said)
    assert (event["state_before"], event["state_after"]) == ("open", "open")
    told = c.rows(used, tables.outbox)[-1]
    assert told["recipient"] == "investigator@example.org"
    assert told["body"].startswith(f"{said}\n\nGRADE4 of S1\n\nAlert ")
    assert "Acknowledge it by 2024-03-05 10:00 (Asia/Shanghai)" in told["body"]
    assert (alert(used)["step"], alert(used)["due_at"]) == (1, "2024-03-05T02:00:00+00:00")
    entry = next(
        e for e in c.rows(used, tables.audit)
        if (e["action"], e["object_type"]) == ("escalate", "alert")
    )  # fmt: skip
    assert entry["before"] == '{"due_at":"2024-03-04T06:00:00+00:00","step":0}'
    assert entry["after"] == '{"due_at":"2024-03-05T02:00:00+00:00","step":1}'


def test_the_chain_ends_with_the_chair_and_passes_over_who_is_not_named(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [DEATH], TOLD)
    for now in (DUE, at("2024-03-05 10:00"), at("2024-03-05 14:00"), at("2024-03-11 14:00")):
        escalate(used, study, now)
    assert [m[1] for m in escalated(used)] == ["investigator", "chair"]
    body = c.rows(used, tables.outbox)[-1]["body"]
    assert "It goes to the chair. The study names nobody as safety lead." in body
    assert (alert(used)["step"], alert(used)["state"]) == (3, "open")


def test_where_nobody_is_left_the_recipients_are_told_again(tmp_path):
    used, study = c.settings(tmp_path), c.study(monitors=[])
    c.tell(used, study, [DEATH], TOLD)
    assert [escalate(used, study, at(f"2024-03-0{n} 14:00")) for n in (4, 5, 6)] == [1, 0, 0]
    assert [m[1] for m in escalated(used)] == ["monitor"]
    assert (
        "It is told again to all who hear of P1. "
        "The study names nobody as principal investigator or safety lead or chair."
    ) in c.rows(used, tables.outbox)[-1]["body"]


@pytest.mark.parametrize("deed", ["acknowledge", "resolve", "suppress"])
def test_what_somebody_has_taken_over_does_not_go_up(tmp_path, deed):
    used, study = c.settings(tmp_path), c.study()
    about = COUNT if deed == "suppress" else DEATH
    c.tell(used, study, [about], TOLD)
    how = {
        "suppress": {"until": "2024-03-20T00:00:00+00:00"}, "resolve": {"outcome": "confirmed"},
    }.get(deed, {})  # fmt: skip
    if deed == "resolve":
        c.act(used, study, about, "acknowledge", TOLD)
    c.act(used, study, about, deed, TOLD, **how)
    assert escalate(used, study, at("2024-03-11 14:00")) == 0


def test_what_got_worse_starts_at_the_foot_of_the_chain(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [DEATH], TOLD)
    escalate(used, study, DUE)
    c.tell(used, study, [c.fact("S1", "P1", level=5)], at("2024-03-05 09:00"))
    assert (alert(used)["step"], alert(used)["due_at"]) == (0, "2024-03-05T05:00:00+00:00")
    escalate(used, study, at("2024-03-05 13:00"))
    assert [m[1] for m in escalated(used)] == ["investigator", "investigator"]


def test_p2_goes_to_the_backup_once_and_waits_for_the_end_of_the_quiet_hours(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [COUNT], TOLD)
    assert escalate(used, study, at("2024-03-05 23:30")) == 1
    assert escalate(used, study, at("2024-03-20 23:30")) == 0
    assert escalated(used) == [
        ("escalate", "backup", "Wed 07:00", "P2 [not acknowledged] T1 S2: GRADE4 of S2")
    ]


def test_p3_and_p4_never_go_up(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [c.fact("S1", "P3"), c.fact("", "P4", "WATCHDOG")], TOLD)
    assert escalate(used, study, at("2024-04-20 23:30")) == 0


def test_what_the_data_withdrew_goes_up_all_the_same(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [DEATH], TOLD)
    c.tell(used, study, [], at("2024-03-04 11:00"))
    assert escalate(used, study, at("2024-03-04 15:00")) == 1


def test_a_step_says_where_it_leads():
    study = c.study()
    assert escalation.next_step(study, "P1", 0).to == [c.INVESTIGATOR]
    assert escalation.next_step(study, "P1", 1) == escalation.Step(
        [c.CHAIR], 3, "It goes to the chair. The study names nobody as safety lead."
    )
    assert escalation.next_step(study, "P2", 0).to == [c.BACKUP]
    assert clocks.here(study, "2024-03-04T06:00:00+00:00") == "2024-03-04 14:00 Asia/Shanghai"


def test_who_an_escalation_told_is_told_that_it_was_cleared(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [DEATH], TOLD)
    escalate(used, study, DUE)
    c.tell(used, study, [], at("2024-03-04 15:00"))
    assert [m[1:3] for m in c.told(used)][2:] == [("clear", "monitor"), ("clear", "investigator")]
    # who is not named by the study any more is not
    c.tell(used, study, [DEATH], at("2024-03-04 15:30"))
    c.tell(used, c.study(monitors=[]), [], at("2024-03-04 16:00"))
    assert [m[1:3] for m in c.told(used)][4:] == [("return", "monitor"), ("clear", "monitor")]


@pytest.mark.parametrize(("tier", "due"), [("P1", "2024-03-04 14:00"), ("P2", "2024-03-05 10:00")])
def test_a_clock_that_was_ahead_once_silences_no_alert(tmp_path, tier, due):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [c.fact("S1", tier)], at("2025-03-04 10:00"))
    assert escalate(used, study, at("2024-03-04 10:00")) == 1
    # the next step has a time of now
    assert escalate(used, study, at("2024-03-04 10:01")) == 0
    if tier == "P1":
        assert escalate(used, study, at(due)) == 1


def test_clocks_of_two_machines_may_differ_by_seconds(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.tell(used, study, [DEATH], at("2024-03-04 10:02"))
    assert escalate(used, study, at("2024-03-04 10:00")) == 0


def test_what_was_lowered_waits_by_the_clock_it_was_told_by(tmp_path):
    late = {"P1": {"notify_minutes": 5, "acknowledge_working_days": 3, "escalate": ["chair"]}}
    used, study = c.settings(tmp_path), c.study(tiers=late)
    c.tell(used, study, [DEATH], TOLD)
    c.tell(used, study, [c.fact("S1", "P2")], TOLD)
    assert escalate(used, study, at("2024-03-04 10:05")) == 0
