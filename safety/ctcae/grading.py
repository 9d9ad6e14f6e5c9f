"""Grade a frame of measurements: one row out for each row in and applicable term and direction.

The public interface of the package. Pure: no clock, file or database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from safety.ctcae import censored
from safety.ctcae.clauses import Block
from safety.ctcae.criteria import RATIO_TO_BASELINE, Ladder, ladders_by_test
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
# Units that are no unit: a result without one is complete.
DIMENSIONLESS = frozenset({"{INR}", "[pH]"})


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
        for ladder in _applicable(ladders_by_test(version), piece)
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
    texts = [
        "TERM",
        "MEDDRACD",
        "SOC",
        "DIRECTION",
        "POSSIBLE",
        "NUMPOSS",
        "REASONS",
        "CRITERION",
        "GUNIT",
    ]
    types = dict.fromkeys(texts, "str") | {"POS": "int64", "ATOXGR": "Int8", "GVAL": "float64"}
    return pd.DataFrame({c: pd.array([], dtype=t) for c, t in types.items()})


def _applicable(
    ladders: Mapping[tuple[str, str], tuple[Ladder, ...]], piece: Slice
) -> list[Ladder]:
    """Ladders of a slice; of a term with variants (24 h urine, dipstick) the one its unit fits."""
    found = ladders.get((piece.testcd, piece.specimen), ())
    by_term: dict[tuple[str, str], list[Ladder]] = defaultdict(list)
    for ladder in found:
        by_term[ladder.term, ladder.direction].append(ladder)
    return [
        next((x for x in variants if _compare_in(x, piece.ucum)[0]), variants[0])
        for variants in by_term.values()
    ]


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
        base=_baseline(rows, ladder) * factor + offset,
        base_state=rows["BASESTATE"].to_numpy(np.int8),
    )
    comparator = rows["COMPARATOR"].fillna("").to_numpy(str)
    rungs = censored.climb(ladder, unit, block, comparator, policy)
    _block_what_cannot_be_compared(ladder, rows, block, unit_reason, rungs)
    rungs.reasons |= rows["REASONS"].to_numpy(np.uint32)
    return _to_frame(piece, ladder, unit or piece.ucum, block, rungs)


def _numbers(rows: pd.DataFrame, column: str) -> np.ndarray:
    values = rows[column].to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _baseline(rows: pd.DataFrame, ladder: Ladder) -> np.ndarray:
    """The baseline, or NaN where a multiple of it would mean nothing (zero or negative)."""
    base = _numbers(rows, "BASE")
    if not any(c.refs & RATIO_TO_BASELINE for c in ladder.clauses):
        return base
    with np.errstate(invalid="ignore"):
        return np.where(base > 0, base, np.nan)


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
    if not ucum and set(printed) <= DIMENSIONLESS:
        return printed[0], 1.0, 0.0, Reason.NONE
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
        if not set(ladder.printed_units()) <= DIMENSIONLESS:
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
    text = rows["REASONS"].to_numpy(np.uint32) & Reason.VALUE_NOT_NUMERIC != 0
    no_value = np.isnan(block.value)
    _refuse(rungs, no_value & ~text, Reason.VALUE_MISSING, everything)
    _refuse(rungs, no_value & text, Reason.VALUE_NOT_NUMERIC, everything)


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
