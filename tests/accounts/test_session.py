"""When a session is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from safety.accounts.session import Limits, id_of, limits_of
from safety.settings import from_environment
from tests.accounts.conftest import AT, NOW

DAY = timedelta(hours=12)


@pytest.mark.parametrize(
    ("since_begin", "since_seen", "over"),
    [
        (timedelta(), timedelta(), False),
        (timedelta(minutes=29, seconds=59), timedelta(minutes=29, seconds=59), False),
        (timedelta(minutes=30), timedelta(minutes=30), True),
        (DAY - timedelta(seconds=1), timedelta(), False),
        (DAY, timedelta(), True),
    ],
)
def test_it_ends_half_an_hour_after_the_last_request_and_after_half_a_day(
    since_begin, since_seen, over
) -> None:
    now = NOW + since_begin
    assert Limits().is_over(AT, (now - since_seen).isoformat(), now) == over


def test_the_settings_say_when() -> None:
    used = from_environment({"TOXWATCH_IDLE_MINUTES": "15", "TOXWATCH_SESSION_HOURS": "8"})
    assert limits_of(used) == Limits(timedelta(minutes=15), timedelta(hours=8))
    assert limits_of(from_environment({})) == Limits()


def test_the_id_is_the_sha256_of_the_token() -> None:
    assert id_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(id_of("\ud800")) == 64
