"""Deviations told of the dose each began with."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from safety.assess.deviated import COMPARED, doses_compared
from tests import trial

DOSES = trial.records(
    "EC", *(trial.given(f"2024-03-0{d}", f"2024-03-0{d}", ECSEQ=str(d)) for d in (1, 2, 3))
)


def _deviation(kind: str, on: str, *records: tuple[str, str]) -> dict[str, str]:
    evidence = [{"record": r, "date": day, "text": ""} for r, day in records]
    return {"KIND": kind, "ONDT": on, "EXPECTED": "no alpha", "RULE": "A1",
            "EVIDENCE": json.dumps(evidence)}  # fmt: skip


def _told(*rows: dict[str, str]) -> dict[str, list[str]]:
    columns = ["KIND", "ONDT", "EXPECTED", "RULE", "EVIDENCE"]
    found = doses_compared(pd.DataFrame(list(rows), columns=columns, dtype="str"), DOSES)
    assert found.index.tolist() == [1, 2, 3]
    return {c: found[c].tolist() for c in COMPARED}


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("gate_failed", "GATEFAILED"),
        ("dose_above_level", "ABOVEPLAN"),
        ("wrong_day", "WRONGDAY"),
        ("missed_hold", "AGAINSTRULE"),
        ("max_delay_exceeded", "AGAINSTRULE"),
    ],
)
def test_a_deviation_is_told_of_its_first_dose(kind: str, column: str) -> None:
    days = [("LB|S1|1", "2024-03-02"), ("EC|S1|2", "2024-03-02"), ("EC|S1|3", "2024-03-03")]
    told = _told(_deviation(kind, "2024-03-02", *days))
    assert told.pop(column) == ["", "no alpha (A1)", ""]
    assert all(texts == ["", "", ""] for texts in told.values())


def test_doses_as_planned_are_told_to_be() -> None:
    assert all(texts == ["", "", ""] for texts in _told().values())
