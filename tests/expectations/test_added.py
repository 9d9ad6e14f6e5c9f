"""Checks that a study adds: every test fires, is silent, and passes over what it cannot judge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from expectations import runner
from expectations.check import Changes
from safety.intake import own_checks
from safety.study.checks import AddedCheck
from tests.build import intake, measurement
from tests.expectations.test_checks import CONTEXT

TEXT = {"PARAMCD": ["NEUT", " neut", "ALT", None], "VISIT": ["C1D1", "C1D8", "C1D1", None]}
FRAME = pd.DataFrame(
    {name: pd.array(cells, dtype="str") for name, cells in TEXT.items()}
    | {
        "AVAL": [1.0, 9.0, float("nan"), 4.0],
        "ADTC": pd.array(["2024-03", "2024-03-01", "2024-02-01", None], dtype="str"),
        "ADTMIN": pd.array(["2024-03-01", "2024-03-01", "2024-02-01", None], dtype="str"),
        "ADTMAX": pd.array(["2024-03-31", "2024-03-01", "2024-02-01", None], dtype="str"),
        "RFSTDTC": pd.array(["2024-03-10"] * 4, dtype="str"),
        "RFSTMIN": pd.array(["2024-03-10"] * 4, dtype="str"),
        "RFSTMAX": pd.array(["2024-03-10"] * 4, dtype="str"),
    },
    index=[1, 2, 3, 4],
)


def _added(**changes: Any) -> AddedCheck:
    told = {"id": "ZZ-001", "record": "measurement", "title": "a rule of ours",
            "severity": "info", "handling": "warn", "citation": "protocol 5.1"}  # fmt: skip
    return AddedCheck.model_validate(told | changes)


def _context(*checks: AddedCheck, **more: Any):
    built = tuple(own_checks.built(c) for c in checks)
    return replace(CONTEXT, changes=Changes(added=built, **more))


# what the check says -> (rows that fail, rows judged, note)
CASES: list[tuple[dict[str, Any], tuple[int, ...], int, str]] = [
    ({"field": "PARAMCD", "one_of": ["Neut"]}, (3,), 3, "PARAMCD is none of Neut (1 row)"),
    ({"field": "PARAMCD", "not_in": ["ALT"]}, (3,), 3, "PARAMCD is one of ALT (1 row)"),
    ({"field": "AVAL", "between": {"min": 2, "max": 4}}, (1, 2), 3,
     "AVAL is no number >= 2 and <= 4 (2 rows)"),
    ({"field": "AVAL", "between": {"max": 0}}, (1, 2, 4), 3,
     "AVAL is no number <= 0 (3 rows)"),
    ({"field": "AVAL", "between": {"min": 5}, "when": {"VISIT": ["c1d1"]}}, (1,), 1,
     "AVAL is no number >= 5 (1 row)"),
    ({"field": "VISIT", "matches": "C[0-9]D1"}, (2,), 3,
     "VISIT is not of the form C[0-9]D1 (1 row)"),
    ({"field": "VISIT", "matches": "C|D"}, (1, 2, 3), 3, "VISIT is not of the form C|D (3 rows)"),
    ({"field": "VISIT", "present": True}, (4,), 4, "VISIT is missing (1 row)"),
    ({"field": "AVAL", "present": True, "when": {"PARAMCD": ["ALT"]}}, (3,), 1,
     "AVAL is missing (1 row)"),
    # March may be after the 10th: only what is certain fails
    ({"field": "ADTC", "not_before": "RFSTDTC"}, (2, 3), 3, "ADTC is before RFSTDTC (2 rows)"),
    ({"field": "RFSTDTC", "not_after": "ADTC"}, (2, 3), 3, "RFSTDTC is after ADTC (2 rows)"),
]  # fmt: skip


def test_every_test_of_an_added_check_fires_and_is_silent(monkeypatch) -> None:
    monkeypatch.setitem(runner.SUITES, "measurement", [])
    checks = [_added(id=f"ZZ-{n:03}", **told) for n, (told, *_) in enumerate(CASES)]
    found = runner.run(FRAME, "measurement", "LB", "lb.csv", _context(*checks))
    for finding, (told, rows, checked, note) in zip(found, CASES, strict=True):
        assert (finding.status, finding.rows, finding.checked) == ("fail", rows, checked), told
        assert (finding.note, finding.severity, finding.handling) == (note, "info", "warn")


@pytest.mark.parametrize(
    "told",
    [
        {"field": "PARAMCD", "one_of": ["ALT", "NEUT"]},
        {"field": "PARAMCD", "not_in": ["AST"]},
        {"field": "AVAL", "between": {"min": 1, "max": 9}},
        {"field": "VISIT", "matches": "C1D[18]"},
        {"field": "VISIT", "present": True, "when": {"PARAMCD": ["ALT"]}},
        {"field": "ADTC", "not_before": "ADTC"},
        {"field": "RFSTDTC", "not_after": "RFSTDTC"},
    ],
)
def test_an_added_check_is_silent(told, monkeypatch) -> None:
    monkeypatch.setitem(runner.SUITES, "measurement", [])
    finding = runner.run(FRAME, "measurement", "LB", "lb.csv", _context(_added(**told)))[0]
    assert (finding.status, finding.rows) == ("pass", ())


@pytest.mark.parametrize("test", [{"present": True}, {"one_of": ["SITTING"]}])
def test_an_added_check_on_a_column_not_delivered_is_not_evaluable(test, monkeypatch) -> None:
    monkeypatch.setitem(runner.SUITES, "measurement", [])
    found = intake("LB", measurement())
    assert "POS" in found.absent
    context = _context(_added(field="POS", **test))
    finding = runner.run(found.records, "measurement", "LB", "lb.csv", context, found.absent)[0]
    assert (finding.status, finding.note) == ("not_evaluable", "not delivered: POS")


def test_a_rejecting_check_of_the_study_says_so(monkeypatch) -> None:
    monkeypatch.setitem(runner.SUITES, "measurement", [])
    check = _added(field="VISIT", one_of=["C1D1"], handling="reject", severity="critical")
    finding = runner.run(FRAME, "measurement", "LB", "lb.csv", _context(check))[0]
    assert (finding.handling, finding.severity, finding.rows) == ("reject", "critical", (2,))


def test_a_switched_off_check_is_not_applicable_and_says_why(monkeypatch) -> None:
    only = [c for c in runner.SUITES["measurement"] if c.id in {"ME-014", "ME-017"}]
    monkeypatch.setitem(runner.SUITES, "measurement", only)
    changes = Changes(
        off={"ME-014": "no limits in this trial"},
        severity={"ME-017": "critical"},
        handling={"ME-017": "query"},
        reasons={"ME-017": "the sponsor asks"},
    )
    frame = intake("LB", measurement(LBORNRLO=None), measurement(VISITNUM="2")).records
    context = replace(CONTEXT, changes=changes)
    off, changed = runner.run(frame, "measurement", "LB", "lb.csv", context)
    assert (off.status, off.checked, off.rows) == ("not_applicable", 0, ())
    assert off.note == "switched off by the study file: no limits in this trial"
    assert (changed.status, changed.severity, changed.handling) == ("fail", "critical", "query")
    assert (changed.rows, changed.note) == ((1,), "changed by the study file: the sponsor asks")
