"""Derived records through the pipeline: graded, flagged, alarming, and found in the store."""

from __future__ import annotations

import pytest
import yaml

from tests import build, databases, delivery, prepared

pytestmark = pytest.mark.xdist_group("derived")  # what they share is made once


def settings(home):
    """Settings with the small study, which derives what it can."""
    used = delivery.settings(home)
    content = build.study_content() | {"derivations": ["ANC", "CRCL_CG", "AVERAGE"]}
    (used.studies / "t1.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return used


def blood(testcd: str, value: str, unit: str, **changes: str | None):
    row = build.measurement(testcd, value, unit, "2024-03-10", LBORNRLO=None, LBORNRHI=None)
    return row | changes


SHARE = blood("NEUTLE", "40", "%")
WITHOUT_A_COUNT = [
    blood("WBC", "1.0", "10^9/L", LBORNRLO="4", LBORNRHI="10"),
    SHARE,
    blood("CREAT", "80", "umol/L", LBORNRLO="40", LBORNRHI="90"),
]
WITH_A_COUNT = [
    blood("WBC", "5.0", "10^9/L", LBORNRLO="4", LBORNRHI="10"),
    SHARE,
    blood("NEUT", "2.0", "10^9/L", LBORNRLO="1.8", LBORNRHI="7"),
]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home after the run of two subjects, and its summary. Only to be read."""
    home = tmp_path_factory.mktemp("derived")
    cases = {"DERIVED": WITHOUT_A_COUNT, "COUNTED": WITH_A_COUNT}
    rows = {who: delivery.rows(lb=lab) for who, lab in cases.items()}
    delivery.write(home, prepared.together(rows))
    yield home, delivery.run(settings(home))
    databases.forget(home)


def test_a_derived_count_is_graded_and_alarms_as_any_other(first) -> None:
    assert first[1]["rows"]["accepted"] == 14
    store, shot = delivery.snapshot(settings(first[0]))
    grades = store.frame("grade", shot.cut)
    mine = grades["USUBJID"].eq("DERIVED") & grades["TERM"].eq("Neutrophil count decreased")
    counted = grades[mine].iloc[0]
    assert (counted["ATOXGR"], counted["GVAL"], counted["GUNIT"]) == (4, 0.4, "10*9/L")
    assert "derived" in counted["REASONS"].split(";")
    values = store.frame("measurement", shot.cut)
    derived = values[values["KEY"].eq(counted["MKEY"])].iloc[0]
    assert (derived["PARAMCD"], derived["AVAL"], derived["SRCFILE"]) == ("NEUT", 0.4, "lb.csv")
    alerts = store.alerts("T1")
    titles = alerts.loc[alerts["USUBJID"].eq("DERIVED"), "TITLE"]
    assert any("Neutrophil count decreased" in title for title in titles)


def test_a_measured_count_needs_no_derived_one(first) -> None:
    assert first[1]["derived"] == {"ANC": 1}  # of the other subject; no weight, so no clearance
    store, shot = delivery.snapshot(settings(first[0]))
    values = store.frame("measurement", shot.cut, paramcd="NEUT")
    assert sorted(zip(values["USUBJID"], values["AVAL"], strict=True)) == [
        ("COUNTED", 2.0), ("DERIVED", 0.4),
    ]  # fmt: skip


def test_the_same_delivery_again_changes_nothing(first, tmp_path) -> None:
    second = delivery.run(settings(prepared.copied(first[0], tmp_path)))
    assert second["snapshot_id"] == first[1]["snapshot_id"]
    assert second["changed"] is False
    assert second["derived"] == {"ANC": 1}
