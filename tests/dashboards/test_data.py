"""What pages read of a snapshot."""

import pandas as pd
import pytest

from dashboards import data

NAMED = {"ACTARM": None, "ARM": None, "ARMCD": None}


@pytest.mark.parametrize(
    ("told", "arm"),
    [
        ({"ACTARM": "Dose level 2", "ARM": "Dose level 1", "ARMCD": "L1"}, "Dose level 2"),
        ({"ARM": "Dose level 1", "ARMCD": "L1"}, "Dose level 1"),
        ({"ARMCD": "L1"}, "L1"),
        ({}, "(no arm)"),
    ],
)
def test_the_arm_of_a_treated_subject(monkeypatch, told, arm):
    dosed = {"TRTSDT": "2024-03-01", "TRTEDT": "2024-03-05", "DOSES": 5, "EXPDAYS": 5}
    frames = {
        "exposure": pd.DataFrame([{"USUBJID": "S1"} | dosed, {"USUBJID": "S2", "TRTSDT": None}]),
        "subject": pd.DataFrame([{"USUBJID": "S1"} | NAMED | told, {"USUBJID": "S2"} | NAMED]),
    }
    monkeypatch.setattr(data, "frame", lambda name, _: frames[name])
    found = data.treated(None)
    assert found[["USUBJID", "ARM"]].to_numpy().tolist() == [["S1", arm]]
