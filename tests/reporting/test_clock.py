"""When a report is due: calendar days of the study's zone, hours of the moment."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.reporting.clock import Awareness, aware_at, begins, due, moment, stage
from safety.reporting.kinds import clocks, news, usual
from safety.stamp import stamp
from tests.reporting.cases import frame, serious, study

MORNING = "T01:30:00+00:00"


def _due(kind: str, day: str, zone: str = "Asia/Shanghai", at: str = "") -> str:
    rules = clocks(study(zone=zone, kinds={"aesi": {"terms": ["x"]}}))
    return due(rules, rules.kinds[kind], Awareness(day, at or day + MORNING))


@pytest.mark.parametrize(
    ("kind", "day", "at"),
    [
        ("susar_7d", "2024-02-27", "2024-03-05T15:59:00+00:00"),  # over the leap day
        ("susar_7d", "2023-02-27", "2023-03-06T15:59:00+00:00"),
        ("susar_15d", "2024-02-27", "2024-03-13T15:59:00+00:00"),
        ("susar_15d", "2024-12-20", "2025-01-04T15:59:00+00:00"),  # holidays count
        ("followup_8d", "2024-02-27", "2024-03-13T15:59:00+00:00"),  # 7 and 8 days
        ("followup_15d", "2024-02-29", "2024-03-15T15:59:00+00:00"),
        ("sae", "2024-02-28", "2024-02-29T01:30:00+00:00"),
        ("aesi", "2024-02-28", "2024-02-29T01:30:00+00:00"),
    ],
)
def test_every_clock(kind, day, at) -> None:
    assert _due(kind, day) == at


@pytest.mark.parametrize(
    ("zone", "day", "at"),
    [
        ("Europe/Berlin", "2024-03-27", "2024-04-03T21:59:00+00:00"),  # summer begins on the 31st
        ("Europe/Berlin", "2024-10-24", "2024-10-31T22:59:00+00:00"),  # and ends on the 27th
        ("America/Asuncion", "2024-03-16", "2024-03-24T02:59:00+00:00"),  # 23:59 comes twice
        ("UTC", "2024-02-27", "2024-03-05T23:59:00+00:00"),
    ],
)
def test_days_are_those_of_the_zone(zone, day, at) -> None:
    assert _due("susar_7d", day, zone) == at


def test_hours_do_not_know_of_summer_time() -> None:
    night = "2024-03-30T22:00:00+00:00"
    assert _due("sae", "2024-03-30", "Europe/Berlin", night) == "2024-03-31T22:00:00+00:00"


def test_day_0_is_the_day_there() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    late = datetime(2024, 2, 26, 16, 30, tzinfo=UTC)
    assert aware_at(late, shanghai) == Awareness("2024-02-27", "2024-02-26T16:30:00+00:00")
    there = moment("2024-02-27T00:30")  # as a person types it
    assert aware_at(there, shanghai) == Awareness("2024-02-27", "2024-02-26T16:30:00+00:00")


def test_a_study_changes_hours_days_and_recipient() -> None:
    rules = clocks(study(kinds={
        "sae": {"days": 2, "recipient": "the office"}, "susar_7d": {"days": 5},
        "susar_15d": {"applies": False},
    }))  # fmt: skip
    aware = Awareness("2024-02-27", "2024-02-27T01:30:00+00:00")
    assert due(rules, rules.kinds["sae"], aware) == "2024-02-29T15:59:00+00:00"
    assert rules.kinds["sae"].recipient == "the office"
    assert due(rules, rules.kinds["followup_8d"], aware) == "2024-03-11T15:59:00+00:00"
    assert sorted(rules.kinds) == ["followup_15d", "followup_8d", "sae", "susar_7d"]


def test_columns_that_are_news_are_in_the_frame() -> None:
    assert set(news()) - {"TERM"} <= set(frame(serious()).columns)
    assert all(kind.basis and kind.confidence in "HML" for kind in usual().values())


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ("2024-03-01T15:59:00+00:00", 0), ("2024-03-01T16:00:00+00:00", 50),
        ("2024-03-04T01:30:00+00:00", 50), ("2024-03-04T01:40:00+00:00", 80),
        ("2024-03-05T15:58:59+00:00", 80),
        ("2024-03-05T15:59:00+00:00", 100), ("2024-03-06T15:58:59+00:00", 100),
        ("2024-03-06T15:59:00+00:00", 101), ("2024-03-15T15:59:00+00:00", 110),
    ],
)  # fmt: skip
def test_stages(now, reached) -> None:
    rules = clocks(study())
    aware = Awareness("2024-02-27", "2024-02-27T10:00:00+00:00")
    begin = begins(rules, rules.kinds["susar_7d"], aware)
    assert stamp(begin) == "2024-02-26T16:00:00+00:00"
    end = moment("2024-03-05T15:59:00+00:00")
    assert stage(begin, end, moment(now), [50, 80, 100]) == reached


@pytest.mark.property
@given(
    st.datetimes(moment("2000-01-01"), moment("2090-01-01")),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "Pacific/Apia", "America/New_York"]),
    st.sampled_from(sorted(usual())),
)
def test_nothing_is_due_before_it_is_known(when, zone, kind) -> None:
    rules = clocks(study(zone=zone, kinds={
        k: {"terms": ["x"]} for k in ("aesi", "pregnancy", "overdose")
    }))  # fmt: skip
    aware = aware_at(when.replace(tzinfo=UTC), rules.zone)
    assert due(rules, rules.kinds[kind], aware) > aware.at
    assert stamp(begins(rules, rules.kinds[kind], aware)) <= aware.at
