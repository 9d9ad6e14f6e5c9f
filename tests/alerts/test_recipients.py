"""Who hears of a tier, and who has a role."""

from __future__ import annotations

import pytest

from safety.alerts import recipients
from tests import build
from tests.alerts.told import BACKUP, DATA, MONITOR

MONITORS = [
    {"role": "backup", "address": BACKUP, "tiers": ["P1", "P3"]},
    {"role": "medical_monitor", "address": MONITOR, "tiers": ["P1"]},
    {"role": "backup", "address": "chat:SAFETY", "tiers": []},
]
ENGINEER = {"role": "data_engineer", "address": DATA, "tiers": ["P4"]}


def study(*monitors):
    return build.study(alerts={"recipients": [MONITOR], "monitors": monitors})


@pytest.mark.parametrize(
    ("tier", "told"),
    [
        ("P1", [MONITOR, BACKUP]),
        ("P2", [MONITOR]),
        ("P3", [MONITOR, BACKUP]),
        ("P4", [DATA]),
    ],
)
def test_a_tier_is_heard_by_recipients_and_by_monitors_who_name_it_once(tier, told):
    assert recipients.of(study(*MONITORS, ENGINEER), tier) == told


def test_without_a_data_engineer_the_recipients_hear_of_data():
    assert recipients.of(study(*MONITORS), "P4") == [MONITOR]


def test_a_role_may_be_had_by_several_and_by_nobody():
    assert recipients.in_role(study(*MONITORS), "backup") == [BACKUP, "chat:SAFETY"]
    assert recipients.in_role(study(*MONITORS), "chair") == []
