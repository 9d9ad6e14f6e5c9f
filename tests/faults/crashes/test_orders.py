"""Whatever the order of deliveries, the newest extract counts and its alarms hold, no others."""

from __future__ import annotations

import pytest

from tests.faults.crashes import orders
from tests.faults.crashes.orders import Extract

pytestmark = [pytest.mark.fault]
OLD = Extract("2024-03-01T08:00:00+08:00", (("S1", 4),))
NEW = Extract("2024-03-02T08:00:00+08:00", (("S2", 3), ("S3", 4)))


@pytest.mark.parametrize(
    "days",
    [[[OLD], [NEW]], [[NEW], [OLD]], [[NEW], [OLD], [NEW]], [[OLD], [NEW], [OLD], [OLD]]],
)
def test_two_extracts_in_any_order(days) -> None:
    assert orders.final(days) == (NEW, {("S2", 3), ("S3", 4)})


def test_the_older_one_alone_counts() -> None:
    assert orders.final([[OLD]]) == (OLD, {("S1", 4)})


def test_random_orders_come_to_the_same_end() -> None:
    assert orders.divergent(300) == (300, [])
