"""Held measurements: graded under every plausible reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from safety.assess.derivations import in_unit
from safety.assess.grades import highest
from safety.assess.held.limits import AlarmGrades
from safety.assess.held.numbers import numbers
from safety.assess.held.read import condition, name_of, tests_read
from safety.assess.held.table import named, nothing, text, worst
from safety.assess.held.unitless import gathered
from safety.ctcae.criteria import ladders_by_test
from safety.ctcae.grading import UNITSTATE_OK, UNITSTATE_UNKNOWN, grade
from safety.ctcae.plausible import possible_units, suspect
from safety.ctcae.scales import BaselineState
from safety.intake import white_cells
from safety.study.model import Study

COUNT = "10*9/L"


def measurements(held: pd.DataFrame, accepted: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return held measurements that some plausible reading puts at or above the alert grade.

    held: canonical measurements with REASON, as quarantined. A missing unit may be any; one that
    nobody knows is read as each in which the value is possible: of those the study uses for that
    test, CTCAE prints or sites report it in; a value nobody can have also in each unit in which it
    is possible; a specimen without criteria, a missing or unknown one as blood; text such as "9,5"
    as a decimal comma and as a thousands separator; a count that may be a percentage as that share
    of the white cells of its sample. A row without a test code is read by the name of its test, as
    accepted rows name it. Every reading is judged against the row's own range, without a baseline.
    A value that meets a condition of a DLT rule alarms too, without a grade.
    """
    held = held.assign(WHITECELLS=_white_cells(held, accepted))
    readings = _readings(held, accepted, study)
    if readings.empty:
        return nothing()
    found = pd.concat([_severe(readings, study), _read(readings, study)], ignore_index=True)
    found["VALUE"] = text(found["AVALC"]) + " " + text(found["AVALU"], "(no unit)")
    return named(gathered(worst(found)))


def _severe(readings: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return readings at or above the alarm grade of their TERM, with GRADES."""
    graded = grade(readings, study.ctcae, study.policy)
    limits = AlarmGrades(study, "measured").of(graded["TERM"])
    high = graded[highest(graded["NUMPOSS"]).ge(limits)]
    rows = readings.iloc[high["POS"].to_numpy(np.int64)]
    return rows.assign(TERM=high["TERM"].to_numpy(), GRADES=high["NUMPOSS"].to_numpy())


def _read(readings: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return readings that may meet a condition of a DLT rule, with it as TERM."""
    met = condition(readings, study)
    terms = readings["PARAMCD"] + ", which " + met + " reads"
    return readings.assign(TERM=terms, GRADES="")[met.ne("")]


class _Known(NamedTuple):
    """What rows are read by: criteria, units in use, tests of DLT rules, codes of test names."""

    ladders: Any
    used: dict[str, list[str]]
    tests: frozenset[str]
    codes: dict[str, str]


def _known(accepted: pd.DataFrame, study: Study) -> _Known:
    units = accepted[accepted["UCUM"].ne("")].groupby("PARAMCD")["UCUM"]
    names = accepted[["PARAM", "PARAMCD"]].dropna().drop_duplicates()
    names = names.assign(PARAM=names["PARAM"].str.strip().str.upper())
    codes = names.drop_duplicates().drop_duplicates("PARAM", keep=False)
    return _Known(
        ladders_by_test(study.ctcae),
        {str(code): sorted(set(of_test)) for code, of_test in units},
        tests_read(study),
        dict(zip(codes["PARAM"], codes["PARAMCD"], strict=True)),
    )


def _readings(held: pd.DataFrame, accepted: pd.DataFrame, study: Study) -> pd.DataFrame:
    known = _known(accepted, study)
    rows = [reading for row in held.to_dict("records") for reading in _of_row(row, known)]
    frame = pd.DataFrame(rows, columns=held.columns)
    return frame.assign(
        UNITSTATE=UNITSTATE_OK,
        BASE=np.nan,
        BASESTATE=BaselineState.MISSING,
        AGE=np.nan,
        REASONS=np.uint64(0),
    )


def _of_row(row: dict[str, Any], known: _Known) -> Iterator[dict[str, Any]]:
    code = _code(row, known)
    specimen = _specimen(row, code, known)
    row |= {"PARAMCD": code, "SPEC": specimen}
    found = known.ladders.get((code, specimen), ())
    if found or name_of(code, specimen) in known.tests:
        printed = {unit for ladder in found for unit in ladder.stated_units()}
        for value, sign in numbers(row):
            for unit in _units(row, value, known.used.get(code, []), printed):
                yield row | {"UCUM": unit, "AVAL": value, "COMPARATOR": sign}
    if not np.isnan(row["WHITECELLS"]):
        share = row["AVAL"] / 100 * row["WHITECELLS"]
        yield row | {"UCUM": COUNT, "AVAL": share}


def _code(row: dict[str, Any], known: _Known) -> str:
    """Return the code of a row's test, by its name if it has none; "" where nobody knows."""
    if isinstance(row["PARAMCD"], str) and row["PARAMCD"].strip():
        return row["PARAMCD"].strip().upper()
    name = row["PARAM"]
    return known.codes.get(name.strip().upper(), "") if isinstance(name, str) else ""


def _units(row: dict[str, Any], value: float, used: list[str], printed: set[str]) -> list[str]:
    """Units a number may be in.

    Its own, and if nobody can have that value, those in which it is possible too. One that nobody
    knows is any in which the value is possible, else any in use; one that is missing stays so: it
    may be anything.
    """
    code, specimen, unit, number = row["PARAMCD"], row["SPEC"], row["UCUM"], np.array([value])
    possible = possible_units(code, specimen, value)
    if row["UNITSTATE"] == UNITSTATE_UNKNOWN:
        others = sorted({*used, *printed, *possible})
        fitting = [u for u in others if not suspect(code, specimen, u, number)[0]]
        return fitting or used or others or [""]
    if not suspect(code, specimen, unit, number)[0]:
        return [unit]
    return [unit, *(u for u in possible if u != unit)]


def _white_cells(held: pd.DataFrame, accepted: pd.DataFrame) -> pd.Series[float]:
    """Return the white cells of the sample, else day, of each count that may be a share of them."""
    white = pd.concat([_exact_white_cells(rows) for rows in (accepted, held)], ignore_index=True)
    told = held.get("PERCENT", pd.Series("", index=held.index))  # compared only if there are rows
    may_be = told.fillna("").ne("") & held["AVAL"].le(100)
    return white_cells.beside(held, white, "min").where(may_be)


def _exact_white_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the white cells of blood that are told as a number; X is it in 10*9/L."""
    is_exact = rows["AVAL"].notna() & rows["COMPARATOR"].eq("")
    white = rows[is_exact & rows["PARAMCD"].eq("WBC") & rows["SPEC"].eq("BLOOD")]
    return white.assign(X=in_unit(white, COUNT)).dropna(subset=["X"])


def _specimen(row: dict[str, Any], code: str, known: _Known) -> str:
    """Return the specimen a row is read as: its own if the test has criteria there, else blood."""
    if row["DOMAIN"] != "LB":
        return ""
    own = row["SPEC"] if isinstance(row["SPEC"], str) else "BLOOD"
    has_criteria = (code, own) in known.ladders or name_of(code, own) in known.tests
    return own if has_criteria and own != "" else "BLOOD"
