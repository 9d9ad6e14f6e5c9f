"""Held rows still alarm: grade quarantined rows under every plausible reading (principle 3)."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd

from safety.assess.derivations import in_unit
from safety.assess.grades import highest, possible_event_grades
from safety.ctcae import catalogue
from safety.ctcae.criteria import ladders_by_test
from safety.ctcae.grading import UNITSTATE_OK, UNITSTATE_UNKNOWN, grade
from safety.ctcae.plausible import possible_units, suspect
from safety.ctcae.results import parse_result
from safety.ctcae.scales import BaselineState
from safety.intake import white_cells
from safety.study.conditions import Toxicity, parts_of
from safety.study.model import Study
from safety.study.names import terms_meant

COLUMNS = ["KEY", "USUBJID", "TERM", "GRADES", "VALUE", "REASON", "SRCFILE", "SRCROW"]
COUNT = "10*9/L"
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
        return _nothing()
    graded = grade(readings, study.ctcae, study.policy)
    limits = AlarmGrades(study, "measured").of(graded["TERM"])
    high = graded[highest(graded["NUMPOSS"]).ge(limits)]
    rows = readings.iloc[high["POS"].to_numpy(np.int64)].reset_index(drop=True)
    found = rows.assign(TERM=high["TERM"].to_numpy(), GRADES=high["NUMPOSS"].to_numpy())
    found["VALUE"] = _text(found["AVALC"]) + " " + _text(found["AVALU"], "(no unit)")
    return _one_a_row(found)


def events(held: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return held adverse events that may be at or above the alert grade."""
    found = held.assign(
        TERM=_text(held["AEDECOD"].fillna(held["AETERM"]), "(no term)"),
        GRADES=possible_event_grades(held, study),
        VALUE="grade " + _text(held["AETOXGR"]) + ", severity " + _text(held["AESEV"]),
    )  # fmt: skip
    limits = AlarmGrades(study, "reported").of(found["TERM"])
    return _one_a_row(found[highest(found["GRADES"]).ge(limits)])


def _text(column: pd.Series, missing: str = "not given") -> pd.Series:
    return column.astype("str").fillna(missing)


def _nothing() -> pd.DataFrame:
    texts = {c: pd.array([], dtype="str") for c in COLUMNS}
    return pd.DataFrame(texts | {"SRCROW": pd.array([], dtype="int64")})


class AlarmGrades:
    """Lowest grade of each term that matters in a held row: an alert's, or that of a DLT rule.

    source: `measured` or `reported`. A term CTCAE does not have may be any: the lowest of all.
    """

    def __init__(self, study: Study, source: str) -> None:
        self._alert = study.alerts.grade
        self._lowest: dict[str, int] = {}
        for rule in study.dose_limiting.rules:
            if rule.kind == "dose_limiting":
                for part in _dose_limiting_parts(rule.when):
                    if part.source in {"both", source}:
                        self._add(part, study)
        names = (t.term for t in catalogue.terms(study.ctcae))
        self._known = {catalogue.plain(name) for name in names}

    def _add(self, part: Toxicity, study: Study) -> None:
        for term in terms_meant(study, part):
            name = catalogue.plain(term.term)
            self._lowest[name] = min(part.grade.low, self._lowest.get(name, self._alert))

    def of(self, terms: pd.Series) -> pd.Series:
        """Return the grade of each term."""
        return terms.map({t: self._of(t) for t in terms.unique()}).astype(np.int64)

    def _of(self, term: str) -> int:
        name = catalogue.plain(term)
        if name in self._known:
            return self._lowest.get(name, self._alert)
        return min(self._lowest.values(), default=self._alert)


def _dose_limiting_parts(condition: Any) -> list[Toxicity]:
    """Return the toxicities a condition asks for, not those that must be absent."""
    parts = [p for p in parts_of(condition) if isinstance(p, Toxicity)]
    absent = [a for p in parts for w in p.without for a in parts_of(w)]
    return [p for p in parts if not any(p is a for a in absent)]


def _one_a_row(found: pd.DataFrame) -> pd.DataFrame:
    named = found.assign(USUBJID=_text(found["USUBJID"], "(no subject id)"))
    return named.sort_values(["KEY", "GRADES"]).drop_duplicates("KEY", keep="last")[COLUMNS]


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
    """Numbers a result may mean; several where it is text around a number or with commas."""
    if not np.isnan(row["AVAL"]):
        return [float(row["AVAL"])]
    text = unicodedata.normalize("NFKC", row["AVALC"]) if isinstance(row["AVALC"], str) else ""
    readings = [text.replace(",", with_) for with_ in (".", "")]
    found = [n for reading in readings for n in NUMBER.findall(reading)]
    return sorted({v for n in found if not np.isnan(v := parse_result(n)[0])})
