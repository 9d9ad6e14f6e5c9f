"""What stands still is told, what moves is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from safety.alerts import watchdog
from safety.alerts.tick import tick
from safety.alerts.watchdog import Seen
from safety.store import tables
from safety.store.engine import writer
from safety.store.read import Hold
from tests import build
from tests.alerts import clockwork as c
from tests.alerts.clockwork import at

MADE = "2024-03-04T02:00:00+00:00"  # Monday, 10:00
FRESH = Seen("s", MADE, "2024-03-04", MADE)
DAILY = [{"id": "lab", "kind": "sdtm_folder", "path": "feeds/{day}/lab", "late_after": "1d",
          "domains": {"DM": {"record": "subject", "key": ["USUBJID"]}}}]  # fmt: skip


def of(**changes):
    return build.study(alerts=c.ALERTS | {"max_data_age_hours": 36} | changes)


def daily(**changes):
    content = of(**{"max_data_age_hours": None} | changes).model_dump(mode="json")
    return build.study(alerts=content["alerts"], feeds=DAILY)


def told(study, seen, now):
    return [(f.episode, f.level, f.title) for f in watchdog.facts(study, seen, at(now))]


def test_data_that_are_too_old():
    assert told(of(), FRESH, "2024-03-05 22:00") == []  # 36 hours
    title = "P4 T1: no new snapshot since 2024-03-04 10:00 Asia/Shanghai"
    assert told(of(), FRESH, "2024-03-05 22:01") == [(f"DATA|{MADE}", 1, title)]
    assert told(of(), FRESH, "2024-03-06 10:00") == [(f"DATA|{MADE}", 2, title)]
    assert told(of(), FRESH, "2024-03-14 10:00") == [(f"DATA|{MADE}", 10, title)]


def test_a_study_without_any_snapshot():
    seen = Seen(first_at=MADE)
    (fact,) = watchdog.facts(of(), seen, at("2024-03-06 10:00"))
    assert "None was ever made; this is when the first delivery came." in fact.body
    assert (fact.rule, fact.tier, fact.usubjid) == ("WATCHDOG", "P4", "")
    assert watchdog.facts(of(), seen, at("2024-03-04 12:00")) == []
    assert watchdog.facts(of(), Seen(), at("2024-03-06 10:00")) == []


def test_closed_data_and_no_limit_are_never_too_old():
    closed = build.study(data_cut="2024-01-01")
    assert told(closed, FRESH, "2024-12-01 10:00") == []
    assert told(of(max_data_age_hours=None), FRESH, "2024-12-01 10:00") == []


def test_a_daily_feed_that_was_late_yesterday_where_no_run_says_so():
    seen = Seen("s", MADE, "2024-03-04", MADE, {"lab": "2024-03-03"})
    assert told(daily(), seen, "2024-03-05 23:59") == []  # today's may still come
    assert told(daily(), seen, "2024-03-06 00:00") == [
        ("FEED|lab|2024-03-03", 2, "P4 T1: feed lab is late")
    ]
    # the run of that day has: check IN-004
    assert told(daily(), Seen("s", MADE, "2024-03-05", MADE, {"lab": "2024-03-03"}),
                "2024-03-06 00:00") == []  # fmt: skip


def test_a_feed_that_comes_every_day_is_not_late_before_the_day_is_over():
    content = daily().model_dump(mode="json")
    content["feeds"][0]["late_after"] = "0d"
    study = type(daily()).model_validate(content)
    seen = Seen("s", MADE, "2024-03-04", MADE, {"lab": "2024-03-04"})
    assert told(study, seen, "2024-03-05 23:59") == []
    assert told(study, seen, "2024-03-06 00:00") == [
        ("FEED|lab|2024-03-04", 1, "P4 T1: feed lab is late")
    ]


def test_a_late_feed_that_was_told_stands_until_it_has_a_newer_day():
    told_of = frozenset({"FEED|lab|2024-03-03"})
    seen = Seen("s", MADE, "2024-03-05", MADE, {"lab": "2024-03-03"}, standing=told_of)
    assert told(daily(), seen, "2024-03-06 09:00") == [
        ("FEED|lab|2024-03-03", 2, "P4 T1: feed lab is late")
    ]
    newer = Seen("s", MADE, "2024-03-05", MADE, {"lab": "2024-03-04"}, standing=told_of)
    assert told(daily(), newer, "2024-03-06 09:00") == []


def test_a_late_feed_is_told_by_the_step_and_not_every_night(tmp_path):
    used, study = c.settings(tmp_path), daily(digest_at="23:59")
    engine = writer(used.db_url)
    with engine.begin() as connection:
        connection.execute(insert(tables.delivery).values(
            study="T1", feed="lab", day="2024-03-03", sha256="2" * 64, received_at=MADE,
            status="published", reason="",
        ))  # fmt: skip
    engine.dispose()
    c.snapshot(used, study, at("2024-03-04 06:00"))
    for day in (6, 7, 8):  # of the 5th there is no run
        tick(used, at(f"2024-03-0{day} 00:30"))
        c.snapshot(used, study, at(f"2024-03-0{day} 06:00"))
        tick(used, at(f"2024-03-0{day} 06:30"))
    assert [m[:3] for m in c.told(used) if m[1] != "digest"] == [("Wed 00:30", "raise", "data")]


def test_a_feed_of_one_folder_is_never_late():
    seen = Seen("s", MADE, "2024-03-04", MADE, {"sdtm": "2024-03-01"})
    assert told(of(), seen, "2024-03-05 08:00") == []


def test_a_hold_that_lasts():
    seen = Seen("s", MADE, "2024-03-05", MADE, holds=(Hold("lab", "LB", "2024-03-04", "no rows"),))
    assert told(of(), seen, "2024-03-05 12:00") == []  # 36 hours from the beginning of the day
    assert told(of(), seen, "2024-03-05 12:01") == [
        ("HOLD|lab|LB|2024-03-04", 1, "P4 T1: lab LB is held since 2024-03-04")
    ]


def test_it_is_told_once_a_step_and_cleared_when_data_come(tmp_path):
    used, study = c.settings(tmp_path), of(digest_at="23:59")
    c.snapshot(used, study, at("2024-03-04 10:00"))
    now = at("2024-03-05 10:00")
    while now < at("2024-03-06 20:00"):
        tick(used, now)
        now += timedelta(hours=1)
    title = "T1: no new snapshot since 2024-03-04 10:00 Asia/Shanghai"
    about = [m for m in c.told(used) if m[1] != "digest"]
    assert about == [
        ("Tue 23:00", "raise", "data", "", f"P4 {title}"),
        ("Wed 10:00", "worsen", "data", "", f"P4 [worse] {title}"),
    ]
    c.snapshot(used, study, now)
    assert tick(used, now)["stale"] == 0
    (alert,) = c.rows(used, tables.alert)
    assert (alert["condition"], alert["state"]) == ("cleared", "resolved")


@pytest.mark.parametrize(("now", "found"), [("2024-03-05 10:00", 0), ("2024-03-06 10:00", 1)])
def test_looking_writes_nothing(tmp_path, now, found):
    used, study = c.settings(tmp_path), of()
    c.snapshot(used, study, at("2024-03-04 10:00"))
    assert len(watchdog.check(used, at(now))) == found
    assert c.rows(used, tables.alert) == []


def test_holds_are_read_from_deliveries_that_cannot_be_used(tmp_path):
    used, study = c.settings(tmp_path), of(max_data_age_hours=200)
    c.snapshot(used, study, at("2024-03-04 10:00"))
    c.held(used, study, at("2024-03-05 10:00"), "no DM in it")
    (fact,) = [fact for _, fact in watchdog.check(used, at("2024-03-13 10:01"))][1:]
    assert fact.title == "P4 T1: sdtm is held since 2024-03-05"
    assert "no DM in it" in fact.body


def test_a_study_that_cannot_be_read_stops_the_watch_of_no_other(tmp_path):
    used = c.settings(tmp_path)
    c.snapshot(used, c.study("T0"), at("2024-03-04 10:00"), manifest=False)
    other = build.study(studyid="T1", alerts=c.ALERTS | {"max_data_age_hours": 36})
    c.snapshot(used, other, at("2024-03-04 10:00"))
    found = watchdog.check(used, at("2024-03-06 10:00"))
    assert [(study, fact.title) for study, fact in found] == [
        ("T0", "P4 T0: it cannot be watched"),
        ("T1", "P4 T1: no new snapshot since 2024-03-04 10:00 Asia/Shanghai"),
    ]
    assert found[0][1].body.startswith("study T0: neither its newest snapshot nor a file in ")
