"""The clocks of the tiers: what the reference says, and what a study may change."""

from __future__ import annotations

import pytest

from safety.alerts import clocks
from tests.build import study as trial

RECIPIENTS = {"recipients": ["monitor@example.org"]}


def of(**alerts):
    """A study in Shanghai (UTC+8)."""
    return trial(alerts=RECIPIENTS | alerts)


def test_the_usual_clocks():
    study = of()
    told = {tier: clocks.clock(study, tier) for tier in ("P1", "P2", "P3", "P4")}
    assert {t: c.notify_minutes for t, c in told.items()} == {
        "P1": 15, "P2": 60, "P3": None, "P4": 60,
    }  # fmt: skip
    assert {t: c.escalate for t, c in told.items()} == {
        "P1": ["principal_investigator", "safety_lead", "chair"],
        "P2": ["backup"], "P3": [], "P4": [],
    }  # fmt: skip
    assert all(clocks.citation(tier) for tier in told)


@pytest.mark.parametrize(
    ("tier", "told_at", "due"),
    [
        # Monday 10:00 in Shanghai: 14:00
        ("P1", "2024-03-04T02:00:00+00:00", "2024-03-04T06:00:00+00:00"),
        # Friday 16:00: four working hours end on Monday at 12:00, 24 hours on Saturday at 16:00
        ("P1", "2024-03-08T08:00:00+00:00", "2024-03-09T08:00:00+00:00"),
        # Monday 16:00: Tuesday at 12:00, after 20 hours
        ("P1", "2024-03-04T08:00:00+00:00", "2024-03-05T04:00:00+00:00"),
        ("P2", "2024-03-04T02:00:00+00:00", "2024-03-05T02:00:00+00:00"),
        ("P2", "2024-03-08T02:00:00+00:00", "2024-03-11T02:00:00+00:00"),
        ("P3", "2024-03-04T02:00:00+00:00", "2024-03-11T02:00:00+00:00"),
        ("P4", "2024-03-04T02:00:00+00:00", ""),
    ],
)
def test_due(tier, told_at, due):
    assert clocks.due_at(of(), tier, told_at) == due


def test_a_study_may_give_a_tier_another_clock():
    own = {"notify_minutes": 5, "acknowledge_hours": 2, "escalate": ["chair"]}
    study = of(tiers={"P1": own})
    assert clocks.due_at(study, "P1", "2024-03-08T08:00:00+00:00") == "2024-03-08T10:00:00+00:00"
    assert clocks.clock(study, "P1").escalate == ["chair"]
    assert clocks.clock(study, "P2").escalate == ["backup"]


@pytest.mark.parametrize(
    ("tier", "at", "until"),
    [
        ("P2", "2024-03-04T13:59:00+00:00", ""),  # 21:59
        ("P2", "2024-03-04T14:00:00+00:00", "2024-03-04T23:00:00+00:00"),  # 22:00 to 07:00
        ("P2", "2024-03-04T22:59:59+00:00", "2024-03-04T23:00:00+00:00"),
        ("P2", "2024-03-04T23:00:00+00:00", ""),
        ("P1", "2024-03-04T14:00:00+00:00", ""),
        ("P4", "2024-03-04T14:00:00+00:00", ""),
    ],
)
def test_quiet_hours_over_midnight(tier, at, until):
    study = of(quiet_hours={"start": "22:00", "end": "07:00"})
    assert clocks.not_before(study, tier, at) == until


def test_quiet_hours_within_a_day():
    study = of(quiet_hours={"start": "01:00", "end": "06:30"})
    at, until = "2024-03-03T18:00:00+00:00", "2024-03-03T22:30:00+00:00"  # 02:00, 06:30
    assert clocks.not_before(study, "P2", at) == until
    assert clocks.not_before(study, "P2", until) == ""


def test_quiet_hours_end_at_the_first_of_two_equal_times_and_never_in_the_past():
    study = trial(
        timezone="Europe/Berlin",
        alerts=RECIPIENTS | {"quiet_hours": {"start": "23:00", "end": "02:30"}},
    )
    # 02:15, summer time: 02:30 is in a quarter of an hour
    first = clocks.not_before(study, "P2", "2024-10-27T00:15:00+00:00")
    assert first == "2024-10-27T00:30:00+00:00"
    # 02:15 again, winter time: 02:30 was already
    again = "2024-10-27T01:15:00+00:00"
    assert clocks.not_before(study, "P2", again) == again


def test_without_quiet_hours_nothing_waits():
    assert clocks.not_before(of(), "P2", "2024-03-04T18:00:00+00:00") == ""


def test_only_p3_is_told_in_the_digest_alone():
    told = [t for t in ("P1", "P2", "P3", "P4") if clocks.is_told_singly(t)]
    assert told == ["P1", "P2", "P4"]
