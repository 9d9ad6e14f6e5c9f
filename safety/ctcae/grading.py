"""Grade a frame of measurements: one row out for each row in and applicable term and direction.

The public interface of the package. Pure: no clock, file or database.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from safety.ctcae import censored
from safety.ctcae.clauses import Block
from safety.ctcae.criteria import Ladder, ladders_by_test
from safety.ctcae.ladder import NOT_GRADABLE, Policy, Rungs
from safety.ctcae.reasons import Reason, names
from safety.ctcae.units import conversion

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
UNITSTATE_OK, UNITSTATE_MISSING, UNITSTATE_UNKNOWN = 0, 1, 2
ADULT_FROM = 18


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one test and specimen in one unit, by position in the input frame."""

    testcd: str
    specimen: str
    ucum: str
    positions: np.ndarray  # int64


def grade(
    measurements: pd.DataFrame, version: str = "5.0", policy: Policy = "number_only"
) -> pd.DataFrame:
    """Grade measurements by CTCAE.

    measurements: one row a value, with INPUT_COLUMNS. AVAL in the unit UCUM; COMPARATOR is "",
      "<", "<=", ">" or ">="; ANRLO, ANRHI, BASE in the unit of AVAL; BASESTATE as
      `clauses.BaselineState`; SPEC is BLOOD, URINE ... for laboratory values, "" otherwise.
    Returns one row a measurement and ladder, in input order: POS (position in the input), TERM,
      MEDDRACD, SOC, DIRECTION, ATOXGR (Int8, <NA> = not gradable), POSSIBLE (e.g. "1|2"),
      NUMPOSS (the same for unknown numbers only), REASONS, CRITERION, GVAL and GUNIT (the value
      and unit that were compared).
    """
    missing = [c for c in INPUT_COLUMNS if c not in measurements.columns]
    if missing:
        raise ValueError(f"measurements lack the columns {', '.join(missing)}")
    parts = [
        _grade_slice(measurements, piece, ladder, policy)
        for piece in _slices(measurements)
        for ladder in ladders_by_test(version).get((piece.testcd, piece.specimen), ())
    ]
    if not parts:
        return _empty()
    graded = pd.concat(parts, ignore_index=True)
    order = ["POS", "TERM", "DIRECTION"]
    return graded.sort_values(order, kind="stable").reset_index(drop=True)


def gradable_tests(version: str = "5.0") -> frozenset[tuple[str, str]]:
    """(test code, specimen) pairs that have numeric criteria."""
    return frozenset(ladders_by_test(version))


def _empty() -> pd.DataFrame:
    columns = "POS TERM MEDDRACD SOC DIRECTION ATOXGR POSSIBLE NUMPOSS REASONS CRITERION GVAL GUNIT"
    return pd.DataFrame({c: [] for c in columns.split()})


def _slices(frame: pd.DataFrame) -> list[Slice]:
    keys = frame[["PARAMCD", "SPEC", "UCUM"]].fillna("").reset_index(drop=True)
    groups = keys.groupby(["PARAMCD", "SPEC", "UCUM"], sort=True).indices
    return [
        Slice(str(k[0]), str(k[1]), str(k[2]), np.asarray(v, np.int64)) for k, v in groups.items()
    ]


def _grade_slice(frame: pd.DataFrame, piece: Slice, ladder: Ladder, policy: Policy) -> pd.DataFrame:
    rows = frame.iloc[piece.positions]
    unit, factor, offset, unit_reason = _compare_in(ladder, piece.ucum)
    block = Block(
        value=_numbers(rows, "AVAL") * factor + offset,
        lln=_limit(rows, "ANRLO") * factor + offset,
        uln=_limit(rows, "ANRHI") * factor + offset,
        base=_numbers(rows, "BASE") * factor + offset,
        base_state=rows["BASESTATE"].to_numpy(np.int8),
    )
    comparator = rows["COMPARATOR"].fillna("").to_numpy(str)
    rungs = censored.climb(ladder, unit, block, comparator, policy)
    _block_what_cannot_be_compared(ladder, rows, block, unit_reason, rungs)
    rungs.reasons |= rows["REASONS"].to_numpy(np.uint32)
    return _to_frame(piece, ladder, unit or piece.ucum, block, rungs)


def _numbers(rows: pd.DataFrame, column: str) -> np.ndarray:
    return rows[column].to_numpy(np.float64, na_value=np.nan)


def _limit(rows: pd.DataFrame, column: str) -> np.ndarray:
    """A reference limit, or NaN where it is not usable (D38: zero, negative or reversed)."""
    low, high = _numbers(rows, "ANRLO"), _numbers(rows, "ANRHI")
    limit = low if column == "ANRLO" else high
    with np.errstate(invalid="ignore"):
        return np.where((limit <= 0) | (low > high), np.nan, limit)


def _compare_in(ladder: Ladder, ucum: str) -> tuple[str, float, float, Reason]:
    """Choose the unit to compare in (D23): the reported one if printed, else convert exactly."""
    printed = ladder.printed_units()
    if ucum in printed or not printed:
        return ucum, 1.0, 0.0, Reason.NONE
    for target in printed:
        found = conversion(ladder.testcd, ucum, target)
        if ucum and found is not None:
            note = Reason.NONE if found == (1.0, 0.0) else Reason.UNIT_CONVERTED
            return target, found.factor, found.offset, note
    return "", 1.0, 0.0, Reason.UNIT_NOT_CONVERTIBLE


def _block_what_cannot_be_compared(
    ladder: Ladder, rows: pd.DataFrame, block: Block, unit_reason: Reason, rungs: Rungs
) -> None:
    """Take the grade from rows whose value, unit or age does not allow one."""
    everything = np.uint8(0b11111)
    state = rows["UNITSTATE"].to_numpy(np.int8)
    if ladder.printed_units():  # D29: multiples of a limit need no unit of their own
        _refuse(rungs, state == UNITSTATE_MISSING, Reason.UNIT_MISSING, everything)
        _refuse(rungs, state == UNITSTATE_UNKNOWN, Reason.UNIT_UNKNOWN, everything)
        if unit_reason is Reason.UNIT_NOT_CONVERTIBLE:
            _refuse(rungs, state == UNITSTATE_OK, unit_reason, everything)
    if unit_reason is Reason.UNIT_CONVERTED:
        rungs.reasons |= np.uint32(unit_reason)
    unusable = _unusable(rows, ladder.direction) & (rungs.reasons & Reason.RANGE_MISSING != 0)
    rungs.reasons[unusable] &= ~np.uint32(Reason.RANGE_MISSING)
    rungs.reasons[unusable] |= np.uint32(Reason.RANGE_UNUSABLE)
    with np.errstate(invalid="ignore"):
        minor = _numbers(rows, "AGE") < ADULT_FROM
    _refuse(rungs, minor, Reason.POPULATION_NOT_COVERED, everything)
    _refuse(rungs, np.isnan(block.value), Reason.VALUE_MISSING, everything)


def _unusable(rows: pd.DataFrame, direction: str) -> np.ndarray:
    limit = _numbers(rows, "ANRHI" if direction == "high" else "ANRLO")
    return ~np.isnan(limit)


def _refuse(rungs: Rungs, where: np.ndarray, reason: Reason, possible: np.uint8) -> None:
    rungs.grade[where] = NOT_GRADABLE
    rungs.possible[where] = possible
    rungs.numeric[where] = possible
    rungs.criterion[where] = -1
    rungs.reasons[where] = np.uint32(reason)


_MASK_TEXT = np.array(
    ["|".join(str(g) for g in range(5) if mask >> g & 1) for mask in range(32)], dtype=object
)


def _to_frame(piece: Slice, ladder: Ladder, unit: str, block: Block, rungs: Rungs) -> pd.DataFrame:
    flags, inverse = np.unique(rungs.reasons, return_inverse=True)
    reason_text = np.array([names(int(f)) for f in flags], dtype=object)
    row_ids = np.array([*rungs.row_ids, ""], dtype=object)
    return pd.DataFrame(
        {
            "POS": piece.positions,
            "TERM": ladder.term,
            "MEDDRACD": ladder.meddra_code,
            "SOC": ladder.soc,
            "DIRECTION": ladder.direction,
            "ATOXGR": _grades(rungs.grade),
            "POSSIBLE": _MASK_TEXT[rungs.possible],
            "NUMPOSS": _MASK_TEXT[rungs.numeric],
            "REASONS": reason_text[inverse],
            "CRITERION": row_ids[rungs.criterion],
            "GVAL": block.value,
            "GUNIT": unit,
        }
    )


def _grades(grade: np.ndarray) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(np.where(grade < 0, 0, grade).astype(np.int8), grade < 0)
