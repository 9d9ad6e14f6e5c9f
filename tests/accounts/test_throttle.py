"""How long somebody waits after failures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from safety.accounts import throttle
from safety.accounts.throttle import Attempt, seconds_after
from safety.accounts.written import writing
from safety.store import tables
from tests.accounts.conftest import NOW


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (99, 900), (10**6, 900)],
)
def test_the_wait_doubles_to_a_quarter_of_an_hour(failures, seconds) -> None:
    assert seconds_after(failures) == seconds


@pytest.fixture
def begin(small):
    def begun(who: str, address: str, seconds: float = 0) -> Attempt | int:
        with writing(small) as desk:
            moment = NOW + timedelta(seconds=seconds)
            return throttle.begin(desk.connection, who, address, moment)

    return begun


def test_an_account_waits_wherever_the_attempts_come_from(begin) -> None:
    waits = [begin("lee", f"10.0.0.{n}").wait for n in range(5)]
    assert waits == [0, 0, 0, 0, 1]
    assert begin("lee", "10.0.0.9") == 1
    assert begin("wu", "10.0.0.9").wait == 0
    assert begin("lee", "10.0.0.9", 1).wait == 2
    assert begin("lee", "10.0.0.9", 1.5) == 2


def test_an_address_waits_whoever_it_tries(begin) -> None:
    waits = [begin(f"user{n}", "10.0.0.1").wait for n in range(5)]
    assert waits == [0, 0, 0, 0, 1]
    assert begin("user9", "10.0.0.1") == 1
    assert begin("user9", "10.0.0.2").wait == 0


def test_who_waits_is_not_counted(begin) -> None:
    for n in range(5):
        begin("lee", f"10.0.0.{n}")
    assert [begin("lee", "10.0.0.9") for _ in range(9)] == [1] * 9
    assert begin("lee", "10.0.0.9", 1).wait == 2


def test_after_a_quiet_hour_it_begins_anew(begin, small) -> None:
    for n in range(5):
        begin("lee", f"10.0.0.{n}")
    assert begin("lee", "10.0.0.9", 3600).wait == 0
    with writing(small) as desk:
        query = select(func.count()).select_from(tables.throttle)
        assert desk.connection.scalar(query) == 2


def test_success_clears_the_account_and_of_the_address_only_itself(begin, small) -> None:
    for n in range(4):
        begin(f"user{n}", "10.0.0.1")
    for n in range(4):
        begin("lee", f"10.0.1.{n}")
    right = begin("lee", "10.0.0.1")
    assert right.wait == 1
    with writing(small) as desk:
        throttle.succeed(desk.connection, right)
    assert begin("lee", "10.0.2.1").wait == 0
    assert begin("lee", "10.0.0.1").wait == 1
