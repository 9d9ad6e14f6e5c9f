"""Working time against dates worked out by hand, and what must hold of any."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.alerts import working_time
from safety.study.alerts import Working

SHANGHAI, BERLIN, NEW_YORK = (
    ZoneInfo(n) for n in ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
)
USUAL = Working()  # Monday to Friday, 09:00 to 17:00
NIGHT = Working.model_validate(
    {"days": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"], "start": "00:00", "end": "06:00"}
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def shown(moment: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    return moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2024-03-04 10:00", 4, "Mon 2024-03-04 14:00"),
        ("2024-03-04 13:00", 4, "Mon 2024-03-04 17:00"),  # full to the closing
        ("2024-03-04 15:00", 4, "Tue 2024-03-05 11:00"),
        ("2024-03-04 17:00", 4, "Tue 2024-03-05 13:00"),  # told at the closing
        ("2024-03-04 06:00", 4, "Mon 2024-03-04 13:00"),  # told before the opening
        ("2024-03-08 16:00", 4, "Mon 2024-03-11 12:00"),  # over a weekend
        ("2024-03-09 12:00", 4, "Mon 2024-03-11 13:00"),  # told on a Saturday
        ("2024-02-28 16:00", 8, "Thu 2024-02-29 16:00"),  # the leap day is worked
        ("2023-02-28 16:00", 8, "Wed 2023-03-01 16:00"),
        ("2024-03-04 09:00", 20, "Wed 2024-03-06 13:00"),
    ],
)
def test_working_hours(start, hours, end):
    assert shown(working_time.after_hours(at(start), hours, USUAL, SHANGHAI)) == end


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2024-03-04 10:00", 1, "Tue 2024-03-05 10:00"),
        ("2024-03-04 16:59", 1, "Tue 2024-03-05 16:59"),
        ("2024-03-04 17:00", 1, "Tue 2024-03-05 17:00"),  # outside: the next day, to its end
        ("2024-03-04 20:00", 1, "Tue 2024-03-05 17:00"),
        ("2024-03-05 08:00", 1, "Tue 2024-03-05 17:00"),
        ("2024-03-08 10:00", 1, "Mon 2024-03-11 10:00"),
        ("2024-03-09 10:00", 1, "Mon 2024-03-11 17:00"),
        ("2024-03-04 10:00", 5, "Mon 2024-03-11 10:00"),
        ("2024-02-28 10:00", 1, "Thu 2024-02-29 10:00"),
    ],
)
def test_working_days(start, days, end):
    assert shown(working_time.after_days(at(start), days, USUAL, SHANGHAI)) == end


def test_holidays_are_not_worked():
    working = Working(holidays=[date(2024, 4, 4), date(2024, 4, 5)])  # Thursday, Friday
    start = at("2024-04-03 16:00")
    assert shown(working_time.after_hours(start, 4, working, SHANGHAI)) == "Mon 2024-04-08 12:00"
    assert shown(working_time.after_days(start, 1, working, SHANGHAI)) == "Mon 2024-04-08 16:00"


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        # 02:00 to 03:00 is left out on 2024-03-31: the window has five hours
        ("2024-03-31 00:00", 5, "Sun 2024-03-31 06:00"),
        ("2024-03-31 00:00", 6, "Mon 2024-04-01 01:00"),
        # 02:00 to 03:00 comes twice on 2024-10-27: it has seven
        ("2024-10-27 00:00", 7, "Sun 2024-10-27 06:00"),
        ("2024-10-27 00:00", 3, "Sun 2024-10-27 02:00"),  # the second 02:00
        ("2024-10-27 00:00", 8, "Mon 2024-10-28 01:00"),
    ],
)
def test_a_change_of_the_clock_inside_working_hours(start, hours, end):
    found = working_time.after_hours(at(start, BERLIN), hours, NIGHT, BERLIN)
    assert shown(found, BERLIN) == end


def test_an_opening_that_the_clock_leaves_out_is_after_the_change():
    day = date(2024, 3, 31)
    assert working_time.local(day, "02:30", BERLIN) == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
    assert working_time.local(day, "03:30", BERLIN) == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


def test_a_time_of_day_that_comes_twice_is_the_first():
    found = working_time.local(date(2024, 11, 3), "01:30", NEW_YORK)
    assert found == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)


def test_where_nobody_ever_works_the_clock_runs():
    day, all_days = date(2024, 3, 4), working_time.HORIZON_DAYS + 1
    never = Working(holidays=[day + timedelta(days=n) for n in range(-1, all_days)])
    start = at("2024-03-04 10:00")
    assert working_time.after_hours(start, 4, never, SHANGHAI) == start + timedelta(hours=4)
    assert working_time.after_days(start, 1, never, SHANGHAI) == start + timedelta(days=1)


MOMENTS = st.datetimes(
    datetime.fromisoformat("2024-01-01"),
    datetime.fromisoformat("2026-12-31"),
    timezones=st.just(UTC),
)
ZONES = st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe")])
HOURS = [f"{h:02}:{m:02}" for h in range(24) for m in (0, 30)]


@st.composite
def workings(draw) -> Working:
    start, end = sorted(draw(st.lists(st.sampled_from(HOURS), min_size=2, max_size=2, unique=True)))
    days = draw(st.lists(st.sampled_from(working_time.WEEKDAYS), min_size=1, unique=True))
    free = draw(st.lists(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=5))
    return Working.model_validate({"days": days, "start": start, "end": end, "holidays": free})


@pytest.mark.property
@given(MOMENTS, MOMENTS, workings(), ZONES, st.integers(1, 12))
def test_what_is_told_later_is_never_due_earlier(one, other, working, zone, amount):
    first, second = sorted([one, other])
    for clock in (working_time.after_hours, working_time.after_days):
        due = clock(first, amount, working, zone)
        assert first < due <= clock(second, amount, working, zone)
        assert due < clock(first, amount + 1, working, zone)


@pytest.mark.property
@given(MOMENTS, workings(), ZONES, st.integers(1, 12))
def test_what_is_due_is_due_in_working_time(start, working, zone, amount):
    for clock in (working_time.after_hours, working_time.after_days):
        due = clock(start, amount, working, zone)
        day = due.astimezone(zone).date()
        assert working_time.is_worked(day, working)
        opens, closes = (working_time.local(day, t, zone) for t in (working.start, working.end))
        assert opens < due <= closes


@pytest.mark.property
@given(MOMENTS, workings(), ZONES, st.integers(1, 6), st.integers(1, 6))
def test_hours_add_up(start, working, zone, one, other):
    halfway = working_time.after_hours(start, one, working, zone)
    together = working_time.after_hours(start, one + other, working, zone)
    assert working_time.after_hours(halfway, other, working, zone) == together
