"""Faulty measurements: which are quarantined, which are kept, and that held ones still alarm."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations import runner
from expectations.check import Context
from safety.assess import held
from safety.ctcae.grading import gradable_tests
from safety.intake import quarantine
from safety.intake.beside import with_beside
from tests.build import intake, measurement, sign, study, subject

CONTEXT = Context(
    studyid="T1",
    as_of=date(2024, 6, 1),
    subjects=frozenset({"S1"}),
    related=("POSSIBLE",),
    unrelated=("NONE",),
    gradable=gradable_tests(),
)


def _split(domain: str, *rows: dict) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, tuple]]:
    """Accepted and held records, and the rows that failed each check."""
    found = with_beside([intake("DM", subject()), intake(domain, *rows)], study())[1]
    findings = runner.run(found.records, "measurement", domain, found.file, CONTEXT)
    accepted, rejected, *_ = quarantine.split(found, findings)
    return accepted, rejected, {f.check_id: f.rows for f in findings if f.status == "fail"}


def _lab(testcd: str, value: str, unit: str | None, **changes: str | None) -> dict:
    return measurement(testcd, value, unit, **({"LBORNRLO": None, "LBORNRHI": None} | changes))


def _alarm(*rows: dict) -> list[tuple[str, str]]:
    accepted, rejected, _ = _split("LB", *rows)
    found = held.measurements(rejected, accepted, study())
    return list(zip(found["VALUE"], found["GRADES"], strict=True))


@pytest.mark.parametrize(
    "text",
    ["clotted", "HEMOLYSED", "QNS", "溶血", "1,2", "1 234", "\N{MINUS SIGN}3", "１２"],
)  # fmt: skip
def test_a_text_in_place_of_a_number_is_quarantined(text) -> None:
    _, rejected, found = _split("LB", _lab("PLAT", text, "10^9/L"))
    assert rejected["CHECKS"].tolist() == ["ME-009"]
    assert "ME-031" not in found


@pytest.mark.parametrize("text", [">ULOQ", "<LLOQ", "TNTC", "< LLOQ"])
def test_a_result_off_the_scale_is_kept_without_a_number(text) -> None:
    accepted, rejected, found = _split("LB", _lab("PLAT", text, "10^9/L"))
    assert (len(accepted), len(rejected), found["ME-031"]) == (1, 0, (1,))
    assert accepted["AVAL"].isna().tolist() == [True]


def test_a_result_without_a_unit_is_quarantined() -> None:
    # alkaline phosphatase is graded by multiples of its own limit, and yet: no unit, no grade
    _, rejected, _ = _split("LB", measurement("ALP", "900", None))
    assert rejected["CHECKS"].tolist() == ["ME-011"]
    accepted, rejected, _ = _split("LB", measurement("INR", "1.1", None))
    assert (len(accepted), len(rejected)) == (1, 0)


def test_what_was_not_done_needs_no_unit() -> None:
    assert len(_split("LB", measurement("ALP", None, None, LBSTAT="NOT DONE"))[0]) == 1


@pytest.mark.parametrize(
    ("row", "alarms"),
    [
        # above 20 times its limit, and nothing is known of the baseline
        (measurement("ALP", "900", None), [("900 (no unit)", "0|1|2|3|4")]),
        (measurement("ALP", "30", None), []),
        (_lab("PLAT", "9", None), [("9 (no unit)", "0|1|2|3|4")]),
        (_lab("PLAT", "200", None), [("200 (no unit)", "0|1|2|3|4")]),
    ],
)
def test_a_held_result_without_a_unit_alarms(row, alarms) -> None:
    assert _alarm(row) == alarms


@pytest.mark.parametrize(
    ("row", "alarms"),
    [
        (_lab("NEUT", "300", "10^9/L"), [("300 10^9/L", "4")]),  # 0.3 if it is a count per uL
        (_lab("NEUT", "4500", "10^9/L"), []),
        (_lab("PLAT", "0.2", "10^9/L"), [("0.2 10^9/L", "4")]),
        (_lab("PLAT", "200000", "10^9/L"), []),
        (_lab("PLAT", "9000", "10^9/L"), [("9000 10^9/L", "4")]),
    ],
)
def test_a_held_result_nobody_can_have_alarms_by_every_unit(row, alarms) -> None:
    assert _split("LB", row)[1]["CHECKS"].tolist() == ["ME-019"]
    assert _alarm(row) == alarms


def test_a_wrong_range_leaves_the_row_and_no_limit() -> None:
    accepted, rejected, found = _split("LB", measurement(LBORNRLO="40", LBORNRHI="10"))
    assert (len(rejected), found["ME-013"]) == (0, (1,))
    assert accepted[["ANRLO", "ANRHI"]].isna().all(axis=None)


def test_pressures_that_cannot_be_are_both_quarantined() -> None:
    rows = [sign("SYSBP", "68", "mmHg"), sign("DIABP", "72", "mmHg")]
    _, rejected, _ = _split("VS", *rows)
    assert rejected["CHECKS"].tolist() == ["ME-016", "ME-016"]


def test_a_fever_in_fahrenheit_is_kept_and_one_called_celsius_is_not() -> None:
    assert _split("VS", sign("TEMP", "104", "F"))[0]["UCUM"].tolist() == ["[degF]"]
    _, rejected, found = _split("VS", sign("TEMP", "104", "C"))
    assert found["ME-021"] == (1,)
    assert rejected["REASON"].str.contains("fault").tolist() == [True]


def test_findings_say_what_is_wrong() -> None:
    found = with_beside(
        [intake("DM", subject()), intake("LB", _lab("HGB", "14.1", "g/L"))], study()
    )[1]
    findings = runner.run(found.records, "measurement", "LB", "lb.csv", CONTEXT)
    note = next(f.note for f in findings if f.check_id == "ME-019")
    assert note == "HGB 14.1 g/L: possible is 20 to 250 g/L; usual would be 14.1 g/dL (1 row)"
