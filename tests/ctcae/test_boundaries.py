"""Literal rows at every limit of every term: below, at, above, in every unit (`boundaries/`).

The rows were written by hand from NCI's text; their column `source` names the limit or decision.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from safety.ctcae.rows import read_rows
from safety.ctcae.table import grade_table
from safety.ctcae.units import to_ucum

FOLDER = Path(__file__).with_name("boundaries")
EXPECTED = ["grade", "possible", "source"]

# Tests graded by the same clauses as one that has rows of its own.
TWINS = {
    "QTCUNSAG": "QTCFAG", "QTCFSB": "QTCFAG", "QTCBSB": "QTCFAG", "QTCUNS": "QTCFAG",
    "CACRALB": "CACR", "NA": "SODIUM",
    "GFRE": "GFRBSCRT", "CRTCLRE": "CREATCLR", "CRTCLRBS": "CREATCLR",
}  # fmt: skip
REFERENCE_LIMIT = {
    "ABS": "", "xULN": "uln", "ULN+": "uln", "xLLN": "lln", "LLN-": "lln", "xBASE": "base",
    "BASE+": "base", "BASE-": "base", "PCTDEC": "base", "PCTINC": "base",
}  # fmt: skip
PLUSSES = {"NEG": 0.0, "TRACE": 0.5, "1+": 1.0, "2+": 2.0, "3+": 3.0, "4+": 4.0}
# (term, reference, number) of limits that no value can lie on one side of
NOTHING_BEYOND = {
    ("Azoospermia", "ABS", "0", "below"),
    ("Oligospermia", "ABS", "0", "below"),
    ("Urine output decreased", "ABS", "0", "below"),
    ("Glucosuria", "ABS", "0", "below"),
    ("Proteinuria", "ABS", "4", "above"),
}


@cache
def rows() -> dict[tuple[str, str], list[dict[str, str]]]:
    """Every row as text, by file and term."""
    found = defaultdict(list)
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[path.stem, row["ctcae_term"]].append(row)
    return dict(found)


def mismatches(expected: list[dict[str, str]]) -> list[str]:
    """Grade rows and say where grade or possible grades are not those expected."""
    frame = pd.DataFrame(expected)
    graded = grade_table(frame.drop(columns=EXPECTED))
    assert graded["row"].tolist() == list(range(1, len(expected) + 1))
    assert graded["ctcae_term"].tolist() == frame["ctcae_term"].tolist()
    assert graded["direction"].tolist() == frame["direction"].tolist()
    grades = ["" if pd.isna(g) else str(g) for g in graded["grade"]]
    return [
        f"{ {k: v for k, v in row.items() if v} } gave {grade!r} of {possible}"
        for row, grade, possible in zip(expected, grades, graded["possible_grades"], strict=True)
        if grade != row["grade"] or row["possible"] not in {"", possible}
    ]


@pytest.mark.parametrize("group", rows(), ids="-".join)
def test_rows_at_the_limits(group) -> None:
    assert mismatches(rows()[group]) == []


@pytest.mark.parametrize(("twin", "testcd"), TWINS.items())
def test_a_second_test_code_of_an_analyte_has_the_same_limits(twin, testcd) -> None:
    every = [row for group in rows().values() for row in group if row["testcd"] == testcd]
    assert len(every) > 7
    assert mismatches([row | {"testcd": twin} for row in every]) == []


def _criteria() -> list[dict[str, str]]:
    return [r for r in read_rows("criteria_5_0.csv") if r["lower_ref"] or r["upper_ref"]]


def test_every_term_direction_and_test_has_rows() -> None:
    every = [row for group in rows().values() for row in group]
    found = {(r["ctcae_term"], r["direction"], r["testcd"]) for r in every}
    wanted = {
        (r["term"], r["direction"], testcd)
        for r in _criteria()
        if r["direction"] != "composite"
        for testcd in r["testcds"].split() or [""]
    }
    assert {w for w in wanted - found if w[2] not in TWINS} == set()
    composite = {(t, d) for t, d, _ in found if d == "composite"}
    assert composite == {("Febrile neutropenia", "composite"), ("Hemolysis", "composite")}
    assert len({term for term, _, _ in found}) == len({r["term"] for r in _criteria()}) == 73


def test_most_rows_are_graded() -> None:
    # a table that is not graded at all would be no test of limits
    every = [row["grade"] for group in rows().values() for row in group]
    assert len(every) >= 2900
    assert {grade: every.count(grade) > 200 for grade in "01234"} == dict.fromkeys("01234", True)


def _limits() -> list[tuple[dict[str, str], str, str]]:
    """Clause, reference and number of every finite limit; rounded conversions are NCI's no more."""
    found = {}
    for clause in _criteria():
        for side in ("lower", "upper"):
            ref, number = clause[f"{side}_ref"], clause[side]
            if ref in REFERENCE_LIMIT:
                what = (clause["term"], clause["variant"], clause["testcds"], clause["unit"])
                whose = (clause["population"], clause["baseline"], ref, number)
                found[what + whose] = (clause, ref, number)
    return list(found.values())


def _limit(ref: str, number: float, row: dict[str, str]) -> float | None:
    """The value at which a limit lies for a row, or None."""
    beside = REFERENCE_LIMIT[ref]
    if not beside:
        return number
    near = _number(row[beside])
    if near is None:
        return None
    if ref.startswith("PCT"):
        return near * (1 + number / 100 * (1 if ref == "PCTINC" else -1))
    if ref.startswith("x"):
        return number * near
    return near + number if ref.endswith("+") else near - number


def _number(text: str) -> float | None:
    try:
        return PLUSSES[text.upper()] if text.upper() in PLUSSES else float(text)
    except ValueError:
        return None


def _speaks_of(row: dict[str, str], clause: dict[str, str]) -> bool:
    in_unit = clause["unit"] in {"", "{plus}", to_ucum(row["unit"])}
    of_test = not clause["testcds"] or row["testcd"] in clause["testcds"].split()
    high = row["bnrind"] == "HIGH"
    wrong_baseline = {"baseline_abnormal": not high, "baseline_normal": high}
    return in_unit and of_test and not wrong_baseline.get(clause["baseline"], False)


def _touched(clause: dict[str, str], ref: str, number: str) -> set[str]:
    """Whether rows lie at a limit, just below and just above it."""
    found = set()
    rounded = 1e-12 if clause["printed"] == "1" else 2e-5
    step = 1.01 if clause["unit"] == "{plus}" else 0.11
    for group in rows().values():
        for row in group:
            if row["ctcae_term"] != clause["term"] or row["direction"] != clause["direction"]:
                continue
            value, limit = _number(row["value"]), _limit(ref, float(number), row)
            if value is None or limit is None or not _speaks_of(row, clause):
                continue
            if abs(value - limit) <= rounded * max(abs(value), abs(limit)):
                found.add("at")
            elif abs(value - limit) <= max(0.05 * abs(limit), step):
                found.add("below" if value < limit else "above")
    return found


def test_every_limit_is_touched_at_just_below_and_just_above() -> None:
    limits = _limits()
    missing = {
        (clause["term"], ref, number, where)
        for clause, ref, number in limits
        for where in {"below", "at", "above"} - _touched(clause, ref, number)
    }
    assert len(limits) > 300
    assert missing == NOTHING_BEYOND
