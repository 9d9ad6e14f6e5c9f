"""Grade a frame of measurements: one row out for each row in and applicable term and direction.

The public interface of the package for analysis records. Pure: no clock, file or database.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from safety.ctcae.answers import POSSIBLE_TEXT
from safety.ctcae.censored import SIGNS
from safety.ctcae.chunk import Measurements
from safety.ctcae.criteria import ASKED_FACTS, ladders_by_test
from safety.ctcae.kernel import Grader
from safety.ctcae.kinds import POPULATION_NAMES, combine, population_codes
from safety.ctcae.ladder import NOT_GRADABLE, Policy
from safety.ctcae.plan import (
    UNITSTATE_MISSING,
    UNITSTATE_OK,
    UNITSTATE_UNKNOWN,
    Kind,
)

__all__ = [
    "INPUT_COLUMNS",
    "UNITSTATE_MISSING",
    "UNITSTATE_OK",
    "UNITSTATE_UNKNOWN",
    "gradable_tests",
    "grade",
]  # fmt: skip

INPUT_COLUMNS = [
    "PARAMCD",
    "SPEC",
    "AVAL",
    "COMPARATOR",
    "UCUM",
    "UNITSTATE",
    "ANRLO",
    "ANRHI",
    "BASE",
    "BASESTATE",
    "AGE",
    "REASONS",
]


def grade(
    measurements: pd.DataFrame, version: str = "5.0", policy: Policy = "number_only"
) -> pd.DataFrame:
    """Grade measurements by CTCAE.

    measurements: one row a value, with INPUT_COLUMNS. AVAL in the unit UCUM; COMPARATOR is "",
      "<", "<=", ">" or ">="; ANRLO, ANRHI, BASE in the unit of AVAL; BASESTATE as
      `scales.BaselineState`; SPEC is BLOOD, URINE ... for laboratory values, "" otherwise; AGE in
      years; REASONS as flags. Columns named as `criteria.ASKED_FACTS` (`scales.FactState`) are
      used if present.
    Returns one row a measurement and ladder, in input order: POS (position in the input), TERM,
      MEDDRACD, SOC, DIRECTION, ATOXGR (Int8, <NA> = not gradable), POSSIBLE (e.g. "1|2"),
      NUMPOSS (the same for unknown numbers only), REASONS, CRITERION, GVAL and GUNIT (the value
      and unit that were compared).
    """
    missing = [c for c in INPUT_COLUMNS if c not in measurements.columns]
    if missing:
        raise ValueError(f"measurements lack the columns {', '.join(missing)}")
    codes, kinds = _kinds(measurements)
    grader = Grader(kinds, version, policy)
    row, answer = grader.grade(_columns(measurements, codes)).listed()
    return _to_frame(measurements, grader, row, answer, codes)


def gradable_tests(version: str = "5.0") -> frozenset[tuple[str, str]]:
    """(test code, specimen) pairs that have numeric criteria."""
    return frozenset(
        key
        for key, ladders in ladders_by_test(version).items()
        if any(x.assign != "diagnosis" for x in ladders)
    )


def _kinds(frame: pd.DataFrame) -> tuple[npt.NDArray[np.unsignedinteger], list[Kind]]:
    texts = [pd.factorize(frame[c].fillna("").astype(str)) for c in ("PARAMCD", "SPEC", "UCUM")]
    age = population_codes(frame["AGE"].to_numpy(np.float64, na_value=np.nan))
    parts = [(codes, max(len(labels), 1)) for codes, labels in texts]
    codes, keys = combine([
        *parts, (frame["UNITSTATE"].to_numpy(np.int64), 3), (age, len(POPULATION_NAMES)),
    ])  # fmt: skip
    tests, specimens, units = (labels for _, labels in texts)
    kinds = [
        Kind(str(tests[t]), str(specimens[s]), str(units[u]), state, POPULATION_NAMES[p])
        for t, s, u, state, p in keys
    ]
    return codes, kinds


def _columns(frame: pd.DataFrame, codes: npt.NDArray[np.unsignedinteger]) -> Measurements:
    signs = {sign: i for i, sign in enumerate(SIGNS)}
    return Measurements(
        kind=codes,
        value=numbers(frame["AVAL"]),
        lln=numbers(frame["ANRLO"]),
        uln=numbers(frame["ANRHI"]),
        base=numbers(frame["BASE"]),
        base_state=frame["BASESTATE"].to_numpy(np.int8),
        facts={n: frame[n].to_numpy(np.int8) for n in ASKED_FACTS if n in frame.columns},
        comparator=frame["COMPARATOR"].fillna("").map(signs).to_numpy(np.int8),
        flags=frame["REASONS"].to_numpy(np.uint64),
    )


def numbers(column: pd.Series) -> npt.NDArray[np.float64]:
    """Return a column as floats, NaN for what is missing or infinite."""
    values = column.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _to_frame(
    frame: pd.DataFrame, grader: Grader, row: npt.NDArray[np.int64],
    answer: npt.NDArray[np.int32], codes: npt.NDArray[np.unsignedinteger],
) -> pd.DataFrame:  # fmt: skip
    register = grader.columns()
    uses = grader.answers.uses
    use = register.use[answer] if len(answer) else np.zeros(0, np.int64)
    grade_ = register.grade[answer]
    possible = np.array(POSSIBLE_TEXT, object)
    factor = np.array([u.conversion.factor for u in uses])
    offset = np.array([u.conversion.offset for u in uses])
    reported = np.array([k.ucum for k in grader.kinds], object)
    unit = np.array([u.unit for u in uses], object)[use] if uses else np.zeros(0, object)
    value = numbers(frame["AVAL"])[row]
    return pd.DataFrame(
        {
            "POS": row,
            "TERM": _texts([u.term for u in uses], use),
            "MEDDRACD": _texts([u.meddra_code for u in uses], use),
            "SOC": _texts([u.soc for u in uses], use),
            "DIRECTION": _texts([u.direction for u in uses], use),
            "ATOXGR": _grades(grade_),
            "POSSIBLE": pd.array(possible[register.possible[answer]], dtype="str"),
            "NUMPOSS": pd.array(possible[register.numeric[answer]], dtype="str"),
            "REASONS": pd.array(register.reason_texts()[answer], dtype="str"),
            "CRITERION": pd.array(register.criterion[answer], dtype="str"),
            "GVAL": value * factor[use] + offset[use] if uses else value,
            "GUNIT": pd.array(np.where(unit == "", reported[codes[row]], unit)
                              if len(unit) else unit, dtype="str"),
        }
    )  # fmt: skip


def _texts(labels: list[str], codes: npt.NDArray[np.integer]) -> pd.api.extensions.ExtensionArray:
    return pd.array(np.array(labels, object)[codes] if labels else np.zeros(0, object), dtype="str")


def _grades(grade_: npt.NDArray[np.int8]) -> pd.arrays.IntegerArray:
    unknown = grade_ == NOT_GRADABLE
    return pd.arrays.IntegerArray(np.where(unknown, 0, grade_).astype(np.int8), unknown)
