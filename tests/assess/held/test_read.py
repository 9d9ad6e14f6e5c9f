"""Held values alarm if a DLT rule may read them, though their grade is low."""

from __future__ import annotations

import pytest

from safety.assess import held
from tests import build
from tests.build import measurement, records, sign

NOTHING = records("LB", measurement("NOSUCH"))
FEVER = {"all": [{"value": "NEUT < 1.0 10*9/L"}, {"value": "TEMP > 38.3 Cel"}]}
LIVER = {"value": "ALT > 3 x ULN"}
NEUT = {"LBORNRLO": None, "LBORNRHI": None}
BILI = {"LBORNRLO": "3", "LBORNRHI": "20"}


def _terms(domain: str, row: dict, when: dict, **changes) -> list[str]:
    rule = {"id": "L1", "text": "t", "citation": "test", "when": when} | changes
    study = build.study(dose_limiting={"window": {"last_day": 21}, "rules": [rule]})
    found = held.measurements(records(domain, row).assign(REASON="held"), NOTHING, study)
    assert found["GRADES"].isin(["", "3", "4"]).all()
    return found["TERM"].tolist()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (measurement("ALT", "180"), ["ALT, which DLT rule L1 (ALT|AST > 3 x ULN) reads"]),
        (measurement("ALT", "<150"), ["ALT, which DLT rule L1 (ALT|AST > 3 x ULN) reads"]),
        (measurement("ALT", "<110"), []),
        (measurement("ALT", "110"), []),
        (measurement("BILI", "45", "umol/L", **BILI),
         ["BILI, which DLT rule L1 (BILI > 2 x ULN) reads"]),
        (measurement("BILI", "39", "umol/L", **BILI), []),
        (measurement("ALP", "60"), []),  # no cholestasis: that alone is nothing
    ],
)  # fmt: skip
def test_values_of_hys_law(row: dict, told: list[str]) -> None:
    assert _terms("LB", row, {"hys_law": True}) == told


@pytest.mark.parametrize(
    ("value", "unit", "is_told"),
    [("38.4", "C", True), ("38.3", "C", False), ("101.2", "F", True), ("100.9", "F", False)],
)
def test_the_temperature_of_a_febrile_neutropenia(value: str, unit: str, *, is_told: bool) -> None:
    told = ["TEMP, which DLT rule L1 (TEMP > 38.3 Cel) reads"]
    assert _terms("VS", sign("TEMP", value, unit), FEVER) == (told if is_told else [])


def test_a_limit_below() -> None:
    assert _terms("LB", measurement("NEUT", "0.99", "10^9/L", **NEUT), FEVER) != []
    assert _terms("LB", measurement("NEUT", "1.4", "10^9/L", **NEUT), FEVER) == []


def test_what_must_be_absent_or_is_an_exception_or_refers_to_the_baseline_is_not_read() -> None:
    row = measurement("ALT", "180")
    assert len(_terms("LB", row, LIVER)) == 1
    without = {"toxicity": ["Nausea"], "grade": ">=3", "without": [LIVER]}
    assert _terms("LB", row, without) == []
    assert _terms("LB", row, {"value": "ALT > 3 x baseline"}) == []
    assert _terms("LB", row, LIVER, kind="exception") == []
