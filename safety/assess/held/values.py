"""Held measurements: graded under every plausible reading."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd

from safety.assess.derivations import in_unit
from safety.assess.grades import highest
from safety.assess.held.limits import AlarmGrades
from safety.assess.held.table import nothing, one_a_row, text
from safety.ctcae.criteria import ladders_by_test
from safety.ctcae.grading import UNITSTATE_OK, UNITSTATE_UNKNOWN, grade
from safety.ctcae.plausible import possible_units, suspect
from safety.ctcae.results import parse_result
from safety.ctcae.scales import BaselineState
from safety.intake import white_cells
from safety.study.model import Study

COUNT = "10*9/L"
GROUPED = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{3})+(?![\d.])", re.ASCII)  # 1.234
NUMBER = re.compile(r"\d*\.?\d+", re.ASCII)


def measurements(held: pd.DataFrame, accepted: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return held measurements that some plausible reading puts at or above the alert grade.

    held: canonical measurements with REASON, as quarantined. A missing unit may be any; one that
    nobody knows is read as each unit the study uses for that test (or CTCAE prints, where it uses
    none) in which the value is possible; a value nobody can have also in each unit in which it is
    possible; a missing or unknown specimen as blood; text such as "9,5" as a decimal comma and as
    a thousands separator; a count that may be a percentage as that share of the white cells of its
    sample. Every reading is judged against the row's own range, without a baseline.
    """
    held = held.assign(WHITECELLS=_white_cells(held, accepted))
    readings = _readings(held, accepted, study)
    if readings.empty:
        return nothing()
    graded = grade(readings, study.ctcae, study.policy)
    limits = AlarmGrades(study, "measured").of(graded["TERM"])
    high = graded[highest(graded["NUMPOSS"]).ge(limits)]
    rows = readings.iloc[high["POS"].to_numpy(np.int64)].reset_index(drop=True)
    found = rows.assign(TERM=high["TERM"].to_numpy(), GRADES=high["NUMPOSS"].to_numpy())
    found["VALUE"] = text(found["AVALC"]) + " " + text(found["AVALU"], "(no unit)")
    return one_a_row(found)


def _readings(held: pd.DataFrame, accepted: pd.DataFrame, study: Study) -> pd.DataFrame:
    ladders = ladders_by_test(study.ctcae)
    known = accepted[accepted["UCUM"].ne("")]
    used = {code: sorted(set(units)) for code, units in known.groupby("PARAMCD")["UCUM"]}
    rows = []
    for row in held.to_dict("records"):
        specimen = _specimen(row)
        found = ladders.get((row["PARAMCD"], specimen), ())
        printed = sorted({unit for ladder in found for unit in ladder.stated_units()})
        units = _units(row, specimen, used.get(row["PARAMCD"], printed) or [""])
        rows += [
            row | {"SPEC": specimen, "UCUM": unit, "AVAL": value}
            for unit in units
            for value in _numbers(row)
            if found
        ]
        if not np.isnan(row["WHITECELLS"]):
            share = row["AVAL"] / 100 * row["WHITECELLS"]
            rows.append(row | {"SPEC": specimen, "UCUM": COUNT, "AVAL": share})
    frame = pd.DataFrame(rows, columns=held.columns)
    return frame.assign(
        UNITSTATE=UNITSTATE_OK,
        BASE=np.nan,
        BASESTATE=BaselineState.MISSING,
        AGE=np.nan,
        REASONS=np.uint64(0),
    )


def _units(row: dict[str, Any], specimen: str, others: list[str]) -> list[str]:
    """Units a result may be in.

    Its own, and if nobody can have that value, those in which it is possible too. One that nobody
    knows is one of `others` in which the value is possible, if it is in any; one that is missing
    stays so: it may be anything.
    """
    code, unit, value = row["PARAMCD"], row["UCUM"], np.array([row["AVAL"]], np.float64)
    if row["UNITSTATE"] == UNITSTATE_UNKNOWN:
        return [u for u in others if not suspect(code, specimen, u, value)[0]] or others
    if not suspect(code, specimen, unit, value)[0]:
        return [unit]
    return [unit, *(u for u in possible_units(code, specimen, row["AVAL"]) if u != unit)]


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


def _specimen(row: dict[str, Any]) -> str:
    if row["DOMAIN"] != "LB":
        return ""
    return "URINE" if row["SPEC"] == "URINE" else "BLOOD"


def _numbers(row: dict[str, Any]) -> list[float]:
    """Numbers a result may mean; several where it is text around a number or with commas.

    In a row of another form than the feed declares, a point may part thousands.
    """
    told = unicodedata.normalize("NFKC", row["AVALC"]) if isinstance(row["AVALC"], str) else ""
    if not np.isnan(row["AVAL"]):
        is_misfit = isinstance(row.get("FORM"), str) and row["FORM"] != ""
        grouped = [told.replace(".", "")] if is_misfit and GROUPED.search(told) else []
        return [float(row["AVAL"]), *(parse_result(text_)[0] for text_ in grouped)]
    readings = [told.replace(",", with_) for with_ in (".", "")]
    found = [n for reading in readings for n in NUMBER.findall(reading)]
    return sorted({v for n in found if not np.isnan(v := parse_result(n)[0])})
