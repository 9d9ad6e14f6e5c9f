"""Derived records through the pipeline: graded, flagged, alarming, and found in the store."""

from __future__ import annotations

import pytest
import yaml

from tests import build, delivery


@pytest.fixture
def used(tmp_path):
    """Settings with the small study, which derives what it can."""
    settings = delivery.settings(tmp_path)
    content = build.study_content() | {"derivations": ["ANC", "CRCL_CG", "AVERAGE"]}
    (settings.studies / "t1.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return settings


def blood(testcd: str, value: str, unit: str, **changes: str | None):
    row = build.measurement(testcd, value, unit, "2024-03-10", LBORNRLO=None, LBORNRHI=None)
    return row | changes


def test_a_derived_count_is_graded_and_alarms_as_any_other(used, tmp_path) -> None:
    lab = [
        blood("WBC", "1.0", "10^9/L", LBORNRLO="4", LBORNRHI="10"),
        blood("NEUTLE", "40", "%"),
        blood("CREAT", "80", "umol/L", LBORNRLO="40", LBORNRHI="90"),
    ]
    delivery.write(tmp_path, delivery.rows(lb=lab))
    summary = delivery.run(used)
    assert summary["rows"]["accepted"] == 7
    assert summary["derived"] == {"ANC": 1}  # no weight, so no clearance
    store, shot = delivery.snapshot(used)
    grades = store.frame("grade", shot.cut)
    counted = grades[grades["TERM"].eq("Neutrophil count decreased")].iloc[0]
    assert (counted["ATOXGR"], counted["GVAL"], counted["GUNIT"]) == (4, 0.4, "10*9/L")
    assert "derived" in counted["REASONS"].split(";")
    values = store.frame("measurement", shot.cut)
    derived = values[values["KEY"].eq(counted["MKEY"])].iloc[0]
    assert (derived["PARAMCD"], derived["AVAL"], derived["SRCFILE"]) == ("NEUT", 0.4, "lb.csv")
    titles = store.alerts("T1")["TITLE"].tolist()
    assert any("Neutrophil count decreased" in title for title in titles)


def test_a_measured_count_needs_no_derived_one(used, tmp_path) -> None:
    lab = [
        blood("WBC", "5.0", "10^9/L", LBORNRLO="4", LBORNRHI="10"),
        blood("NEUTLE", "40", "%"),
        blood("NEUT", "2.0", "10^9/L", LBORNRLO="1.8", LBORNRHI="7"),
    ]
    delivery.write(tmp_path, delivery.rows(lb=lab))
    assert delivery.run(used)["derived"] == {}


def test_the_same_delivery_again_changes_nothing(used, tmp_path) -> None:
    lab = [blood("WBC", "1.0", "10^9/L"), blood("NEUTLE", "40", "%")]
    delivery.write(tmp_path, delivery.rows(lb=lab))
    first, second = delivery.run(used), delivery.run(used)
    assert first["snapshot_id"] == second["snapshot_id"]
    assert second["derived"] == {"ANC": 1}
