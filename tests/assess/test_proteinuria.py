"""Urine protein of 24 hours beats the dipstick of its day (D36)."""

from __future__ import annotations

import pandas as pd
import pytest

from safety.assess import episodes, worst
from safety.assess.analysis import analysis_measurements
from safety.assess.grades import grade_measurements
from tests import build
from tests.build import exposed, exposures, measurement, records, subject

TERM = "Proteinuria"


def urine(testcd: str, value: str, unit: str | None, visit: str = "2", **changes) -> dict:
    row = {"LBSPEC": "URINE", "LBORNRLO": None, "LBORNRHI": "0.15", "VISITNUM": visit}
    return measurement(testcd, value, unit, **row | changes)


def dipstick(value: str = "3+", **changes) -> dict:
    return urine("PROT", value, None, "1", **changes)


def graded(*rows) -> pd.DataFrame:
    frame = analysis_measurements(
        records("LB", *rows), records("DM", subject()), exposures(exposed()), build.study()
    )
    return grade_measurements(frame, build.study())


@pytest.mark.parametrize(
    "collected",
    [
        urine("PROTEXR", "0.5", "g/24h"),
        urine("PROT", "500", "mg/day"),
        urine("PROTEXR", "<0.15", "g/day"),
        urine("PROT", "0.5", "g/day", day="2024-03-10T23:00"),
    ],
)
def test_the_dipstick_of_the_day_does_not_count(collected) -> None:
    found = graded(dipstick(), collected).set_index("MKEY")
    beaten = found.loc["LB|S1|PROT|1|2024-03-10"]
    assert (beaten["ATOXGR"], beaten["REASONS"]) == (2, "superseded")  # kept, and marked
    assert (beaten["POSTFL"], beaten["TRTEMFL"]) == ("", "")
    other = found.drop("LB|S1|PROT|1|2024-03-10").iloc[0]
    assert (other["POSTFL"], other["TRTEMFL"]) == ("Y", "Y")
    assert "superseded" not in other["REASONS"]


@pytest.mark.parametrize(
    "other",
    [
        urine("PROTEXR", "0.5", "g/24h", day="2024-03-11"),
        urine("PROTEXR", "0.5", "g/24h", day="2024-03"),
        urine("PROTEXR", "0.5", "g/24h", USUBJID="S2"),
        urine("PROTEXR", "0.5", "g/24h", LBSPEC="SERUM"),
        urine("PROTEXR", "0.5", "g/L"),  # not of a day
        urine("PROTEXR", "0.5", None),
        urine("PROTEXR", "SEE COMMENT", "g/24h"),
        urine("PROTEXR", ">0.5", "g/24h"),  # leaves open what the dipstick tells
        urine("PROTEXR", None, None, LBSTAT="NOT DONE"),
        urine("ALB", "0.5", "g/24h"),
        urine("PROT", "1+", None),  # another dipstick
    ],
)
def test_the_dipstick_counts_without_a_24_hour_protein(other) -> None:
    first = graded(dipstick(), other).set_index("MKEY").loc["LB|S1|PROT|1|2024-03-10"]
    assert (first["ATOXGR"], first["REASONS"], first["TRTEMFL"]) == (2, "", "Y")


def test_only_dipsticks_are_beaten() -> None:
    ratio = urine("PROT", "30", "mg/dL", "1")
    found = graded(ratio, urine("PROTEXR", "0.5", "g/24h"))
    assert found["REASONS"].str.contains("superseded").sum() == 0


def test_worst_grade_and_episode_are_those_of_the_24_hours() -> None:
    rows = [
        dipstick("4+"),
        urine("PROTEXR", "0.5", "g/24h"),
        dipstick("NEGATIVE", day="2024-03-12"),
    ]
    found = graded(*rows)
    assert found["ATOXGR"].tolist() == [3, 1, 0]
    assert worst.of_measurements(found)[["WORSTGR", "VALUES"]].to_numpy().tolist() == [[1, 2]]
    shown = episodes.of_measurements(found)[["EPISODE", "RECOVERED", "MAXGR"]]
    assert shown.to_numpy().tolist() == [["2024-03-10", "2024-03-12", 1]]


def test_of_one_baseline_day_the_24_hours_are_the_baseline() -> None:
    before = "2024-02-28"
    rows = [dipstick("4+", day=f"{before}T09:00"), urine("PROT", "0.5", "g/24h", day=before)]
    found = graded(*rows, dipstick("4+"))
    assert found["ABLFL"].tolist() == ["", "Y", ""]
    assert found["BTOXGR"].tolist() == [1, 1, 1]
