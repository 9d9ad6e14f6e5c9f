"""A week of ticks against a list of messages worked out by hand; what one study's failure does."""

from __future__ import annotations

import json
from datetime import time, timedelta

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import OperationalError

from safety.alerts import acts, digest, escalation, watchdog
from safety.alerts.tick import tick
from safety.errors import ToxwatchError
from safety.reporting import remind
from safety.store import tables
from tests import databases
from tests.alerts import clockwork as c
from tests.alerts.clockwork import at

DEATH = c.fact("S1", "P1")  # a Monday at ten
COUNT = c.fact("S2", "P2")  # in the night after it
TREND = c.fact("S1", "P3", "DATA", 1)  # on Wednesday
WEEK = [
    ("Mon 08:00", "digest", "monitor", "", "Daily digest T1 2024-03-04: nothing to report"),
    ("Mon 10:00", "raise", "monitor", "", "P1 T1 S1: GRADE4 of S1"),
    # four working hours later
    ("Mon 14:00", "escalate", "investigator", "", "P1 [not acknowledged] T1 S1: GRADE4 of S1"),
    ("Mon 23:00", "raise", "monitor", "Tue 07:00", "P2 T1 S2: GRADE4 of S2"),
    ("Tue 08:00", "digest", "monitor", "", "Daily digest T1 2024-03-05: 2 new, 2 open"),
    # three working hours on Monday and one on Tuesday; nobody is the safety lead
    ("Tue 10:00", "escalate", "chair", "", "P1 [not acknowledged] T1 S1: GRADE4 of S1"),
    # told in the night: the first working day is Tuesday
    ("Tue 17:00", "escalate", "backup", "", "P2 [not acknowledged] T1 S2: GRADE4 of S2"),
    ("Wed 08:00", "digest", "monitor", "", "Daily digest T1 2024-03-06: 2 open, 1 overdue"),
    ("Thu 08:00", "digest", "monitor", "",
     "Daily digest T1 2024-03-07: 1 new in P3, 2 open, 1 overdue"),
    ("Thu 12:00", "clear", "monitor", "", "P2 [cleared] T1 S2: GRADE4 of S2"),
    ("Thu 12:00", "clear", "backup", "", "P2 [cleared] T1 S2: GRADE4 of S2"),  # it went up to them
    ("Fri 08:00", "digest", "monitor", "", "Daily digest T1 2024-03-08: 2 open, 1 cleared"),
    ("Fri 12:00", "escalate", "backup", "",
     "P2 [not acknowledged] [cleared] T1 S2: GRADE4 of S2"),
    ("Sat 08:00", "digest", "monitor", "", "Daily digest T1 2024-03-09: 1 open"),
    ("Sun 08:00", "digest", "monitor", "", "Daily digest T1 2024-03-10: 1 open"),
]  # fmt: skip


def test_a_week(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 20:00"))
    happens = {
        "2024-03-04 10:00": lambda now: c.tell(used, study, [DEATH], now),
        "2024-03-04 23:00": lambda now: c.tell(used, study, [DEATH, COUNT], now),
        "2024-03-06 09:00": lambda now: c.act(used, study, DEATH, "acknowledge", now),
        "2024-03-06 11:00": lambda now: c.tell(used, study, [DEATH, COUNT, TREND], now),
        "2024-03-07 12:00": lambda now: c.tell(used, study, [DEATH, TREND], now),
        "2024-03-08 15:00": lambda now: c.act(used, study, COUNT, "acknowledge", now),
    }
    now, end = at("2024-03-04 00:00"), at("2024-03-11 00:00")
    while now < end:
        happens.get(f"{now:%Y-%m-%d %H:%M}", lambda _: None)(now)
        tick(used, now)
        if now.time() == time(7, 45):
            c.sent(used)
        now += timedelta(minutes=15)
    assert c.told(used) == WEEK


def test_a_tick_at_the_same_time_does_nothing(tmp_path, db_kind, db_url):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 20:00"))
    c.tell(used, study, [DEATH], at("2024-03-04 09:00"))
    now = at("2024-03-05 14:00")
    first = {
        "unsuppressed": 0,
        "reminded": 0,
        "stale": 0,
        "escalated": 1,
        "digests": 1,
        "failed": 0,
    }
    assert tick(used, now) == first
    before = c.told(used)
    assert tick(used, now) == dict.fromkeys(first, 0)
    assert c.told(used) == before


def test_a_suppression_ends_by_itself_and_is_told(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-04 09:00"))
    c.tell(used, study, [COUNT], at("2024-03-04 10:00"))
    until = "2024-03-06T02:00:00+00:00"
    c.act(used, study, COUNT, "suppress", at("2024-03-04 11:00"), until=until)
    assert tick(used, at("2024-03-06 09:59"))["unsuppressed"] == 0
    assert tick(used, at("2024-03-06 10:00"))["unsuppressed"] == 1
    assert c.told(used)[-1][:3] == ("Wed 10:00", "return", "monitor")


def test_nothing_is_due_in_a_database_without_tables(tmp_path):
    databases.blank(databases.CHOSEN, tmp_path)
    used = c.settings(tmp_path)
    assert set(tick(used, at("2024-03-06 10:00")).values()) == {0}


def test_a_study_that_fails_stops_no_other_and_is_told(tmp_path, monkeypatch):
    used, one, other = c.settings(tmp_path), c.study("T1"), c.study("T2")
    for study in (one, other):
        c.snapshot(used, study, at("2024-03-03 20:00"))
    send = digest.send

    def broken(connection, voice, seen, now):
        if voice.study.studyid == "T1":
            raise ValueError("S1 died")
        return send(connection, voice, seen, now)

    monkeypatch.setattr(digest, "send", broken)
    now = at("2024-03-04 08:00")
    assert tick(used, now)["failed"] == 1
    title = "P4 T1: digests of time failed"
    assert c.told(used) == [
        ("Mon 08:00", "raise", "data", "", title),
        ("Mon 08:00", "digest", "monitor", "", "Daily digest T2 2024-03-04: nothing to report"),
    ]
    body = c.rows(used, tables.outbox)[0]["body"]
    assert "time, task digests: ValueError\n" in body
    assert "S1" not in body
    # it fails again: told once. Mended: the digest comes, the alert is cleared
    tick(used, now + timedelta(minutes=1))
    assert len(c.told(used)) == 2
    monkeypatch.setattr(digest, "send", send)
    tick(used, now + timedelta(minutes=2))
    assert c.told(used)[2:] == [
        ("Mon 08:02", "digest", "monitor", "", "Daily digest T1 2024-03-04: nothing to report")
    ]
    run = next(r for r in c.rows(used, tables.alert) if r["rule"] == "RUN")
    assert (run["condition"], run["state"]) == ("cleared", "resolved")


TASKS = {
    "unsuppressed": (acts, "end_suppressions"), "reminded": (remind, "remind"),
    "stale": (watchdog, "facts"), "escalated": (escalation, "escalate"),
    "digests": (digest, "send"),
}  # fmt: skip


def overdue(tmp_path):
    """A study in which everything is due at eight on Wednesday."""
    used, study = c.settings(tmp_path), c.study(max_data_age_hours=36)
    c.snapshot(used, study, at("2024-03-04 08:00"))
    c.tell(used, study, [DEATH, COUNT], at("2024-03-04 09:00"))
    c.act(used, study, COUNT, "suppress", at("2024-03-04 09:30"), until="2024-03-05T02:00:00+00:00")
    return used


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_fails_is_undone_and_stops_none_of_the_others(
    tmp_path, monkeypatch, db_kind, db_url, name
):
    used, now = overdue(tmp_path), at("2024-03-06 08:00")

    def broken(*given):
        connection = given[0]
        if isinstance(connection, Connection):  # what it wrote is undone; its error is one of SQL
            connection.execute(insert(tables.breaker).values(
                channel="half done", failures=1, since="", probe_at="", error="",
            ))  # fmt: skip
            connection.execute(insert(tables.outbox).values(study="T1"))
        raise KeyError("S1")

    with monkeypatch.context() as patch:
        patch.setattr(*TASKS[name], broken)
        done = tick(used, now)
    others = {"unsuppressed": 1, "reminded": 0, "stale": 1, "escalated": 1, "digests": 1}
    assert done == others | {name: 0, "failed": 1}
    assert c.rows(used, tables.breaker) == []
    assert [m[4] for m in c.told(used) if "of time failed" in m[4]] == [
        f"P4 T1: {name} of time failed"
    ]
    # mended: it is done, and the alert is over
    again = tick(used, now + timedelta(minutes=1))
    assert again == dict.fromkeys(done, 0) | {name: others[name]}
    run = next(r for r in c.rows(used, tables.alert) if r["rule"] == "RUN")
    assert (run["episode"], run["condition"]) == (f"time|{name}", "cleared")


def test_a_task_that_goes_on_failing_is_told_again(tmp_path, monkeypatch):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 20:00"))

    def broken(connection, voice, now):
        raise KeyError("S1")

    monkeypatch.setattr(escalation, "escalate", broken)
    for day in range(4, 16):
        tick(used, at(f"2024-03-{day:02} 09:00"))
    about = [m for m in c.told(used) if m[1] != "digest"]
    assert [m[:3] for m in about] == [
        ("Mon 09:00", "raise", "data"), ("Tue 09:00", "worsen", "data"),
        ("Wed 09:00", "worsen", "data"), ("Sat 09:00", "worsen", "data"),
        ("Thu 09:00", "worsen", "data"),
    ]  # fmt: skip
    assert len([m for m in c.told(used) if m[1] == "digest"]) == 12


def test_a_busy_database_is_no_alert_but_an_error(tmp_path, monkeypatch):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 20:00"))

    def busy(connection, voice, seen, now):
        raise OperationalError("UPDATE S1", {}, Exception("database is locked"))

    monkeypatch.setattr(digest, "send", busy)
    with pytest.raises(ToxwatchError, match="study T1: digests: OperationalError of the database"):
        tick(used, at("2024-03-04 08:00"))
    assert c.told(used) == []


def test_a_study_that_nobody_can_be_told_of_is_an_error_after_the_others(tmp_path):
    used, study = c.settings(tmp_path), c.study("T2")
    c.snapshot(used, study, at("2024-03-03 20:00"))
    c.snapshot(used, c.study("T1"), at("2024-03-03 20:00"), manifest=False)
    with pytest.raises(ToxwatchError, match="study T1: neither its newest snapshot nor a file"):
        tick(used, at("2024-03-04 08:00"))
    assert len(c.told(used)) == 1


def test_the_file_of_a_study_says_whom_to_tell_where_its_snapshot_cannot(tmp_path):
    used, study = c.settings(tmp_path), c.study()
    c.snapshot(used, study, at("2024-03-03 20:00"), manifest=False)
    used.studies.mkdir()
    (used.studies / "a.yaml").write_text("no: study", encoding="utf-8")
    (used.studies / "t1.yaml").write_text(json.dumps(study.model_dump(mode="json")), "utf-8")
    assert tick(used, at("2024-03-04 08:00"))["digests"] == 1
