"""Alerts as tables: their order, what is overdue, and what happened to one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safety.alerts import acts
from safety.alerts.listing import history, listing, study_of
from safety.errors import WrongUseError
from safety.signed import Signed
from tests.alerts import told
from tests.alerts.told import fact

SIGNED = Signed("A. Doctor", "seen it", "2026-11-24T03:00:00+00:00")
EVENING = datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_open_ones_come_first_then_the_most_severe(db_url):
    told.snapshot(db_url, fact("S1", "P4"), fact("S2", "P1"), fact("S3", "P2"), fact("S4", "P1"))
    desk = acts.Desk(db_url, told.voice())
    acts.perform(desk, fact("S2").alert_id("T1"), "acknowledge", SIGNED)
    found = listing(db_url, "T1", EVENING)
    assert found["USUBJID"].tolist() == ["S4", "S3", "S1", "S2"]
    assert found["OVERDUE"].tolist() == [True, False, False, False]
    assert found["DUE (UTC)"].tolist() == [
        "overdue since 2026-11-24 06:00", "by 2026-11-25 02:00", "", "",
    ]  # fmt: skip
    assert found["DELIVERY"].tolist() == ["0 of 2 sent", "0 of 1 sent", "0 of 1 sent",
                                          "0 of 2 sent"]  # fmt: skip


def test_what_is_told_in_the_digest_says_so(db_url):
    told.snapshot(db_url, fact(tier="P3"))
    assert listing(db_url, "T1", EVENING)["DELIVERY"].tolist() == ["in the digest"]


def test_what_is_resolved_is_listed_only_if_asked_for(db_url):
    told.snapshot(db_url, fact(tier="P4"))
    told.snapshot(db_url, number=2)
    assert listing(db_url, "T1", EVENING).empty
    assert listing(db_url, "T1", EVENING, ended=True)["STATE"].tolist() == ["resolved"]


def test_a_study_of_which_nothing_is_known_is_refused(db_url):
    with pytest.raises(WrongUseError, match="T1 has no snapshot yet"):
        listing(db_url, "T1", EVENING)


def test_the_history_of_an_alert(db_url):
    told.snapshot(db_url, fact())
    told.snapshot(db_url, number=2)
    alert, events, allowed = history(db_url, "T1", fact().alert_id("T1")[:8])
    assert alert.condition == "cleared"
    assert events[["ACTION", "REVISION", "SNAPSHOT_ID"]].to_numpy().tolist() == [
        ["raise", 1, "snap1"], ["clear", 2, "snap2"],
    ]  # fmt: skip
    assert allowed == ["acknowledge", "assign"]


def test_the_study_of_an_alert_that_a_link_names(db_url):
    told.snapshot(db_url, fact())
    assert study_of(db_url, fact().alert_id("T1")) == "T1"
    assert study_of(db_url, "' OR 1=1") is None
