"""Moments as texts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from safety.stamp import stamp


def test_every_zone_is_written_in_utc() -> None:
    there = datetime(2024, 7, 12, 6, 0, 0, 999, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert stamp(there) == "2024-07-11T22:00:00+00:00"
    assert stamp(datetime(2024, 7, 11, 22, 0, tzinfo=UTC)) == stamp(there)


def test_what_has_no_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        stamp(datetime.fromisoformat("2024-07-12T06:00:00"))
