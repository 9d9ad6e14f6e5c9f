"""Columns of an Arrow table, as sites fill them, to codes, numbers and flags.

Distinct texts are read once each; a column of a million results has a few thousand of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safety.ctcae.censored import SIGNS
from safety.ctcae.reasons import Reason
from safety.ctcae.results import (
    MISSING_TEXTS,
    PLAIN_NUMBER,
    Result,
    parse_dipstick,
    parse_result,
)


class Coded(NamedTuple):
    """A text column as codes into its distinct labels; label 0 is "" for missing."""

    codes: npt.NDArray[np.int64]
    labels: list[str]

    def mapped(self, meaning: Callable[[str], int]) -> npt.NDArray[np.int8]:
        return np.array([meaning(x) for x in self.labels], np.int8)[self.codes]


class Reader:
    """Reads the input columns of one table."""

    def __init__(self, table: pa.Table, columns: dict[str, str]) -> None:
        self._table, self._columns = table, columns

    def _column(self, name: str) -> pa.Array | None:
        if name not in self._columns:
            return None
        column = self._table.column(self._columns[name])
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if pa.types.is_nested(column.type):
            raise ValueError(
                f"column {self._columns[name]!r} holds {column.type}, not single values."
            )
        return column

    def has(self, name: str) -> bool:
        return name in self._columns

    def texts(
        self,
        name: str,
        clean: Callable[[str], str] = str.strip,
        missing: frozenset[str] = MISSING_TEXTS,
    ) -> Coded:
        """Return a column as coded text, cleaned label by label; `missing` texts are none."""
        column = self._column(name)
        if column is None or pa.types.is_null(column.type):
            return Coded(np.zeros(len(self._table), np.int64), [""])
        codes, distinct = _encoded(column)
        kept = ["" if x is None else clean(x) for x in distinct.to_pylist()]
        cleaned = {"": 0}
        meaning = [
            cleaned.setdefault("" if x.upper() in missing else x, len(cleaned)) for x in kept
        ]
        return Coded(np.array([*meaning, 0], np.int64)[codes], list(cleaned))

    def floats(self, name: str, unreadable: float = np.nan) -> npt.NDArray[np.float64]:
        """Return a column as numbers; NaN for missing, `unreadable` for text that is no number."""
        column = self._column(name)
        if column is None or pa.types.is_null(column.type):
            return np.full(len(self._table), np.nan)
        if _is_number(column.type):
            return np.where(_no_number(column), unreadable, _finite(column))
        codes, labels = _encoded(column)
        values, rest = _plain_numbers(labels)
        for i, text in rest:
            if text.strip().upper() not in MISSING_TEXTS:
                result = parse_result(text)
                values[i] = unreadable if result.state != "number" else result.number
        return np.append(values, np.nan)[codes]

    def results(self, may_be_plusses: npt.NDArray[np.bool_]) -> Results:
        """Return the column `value`: numbers, comparators, flags, and which are in plusses."""
        column, size = self._column("value"), len(self._table)
        nothing = np.full(size, np.nan)
        no_plus = np.zeros(size, bool)
        if column is None or pa.types.is_null(column.type):
            return Results(nothing, None, None, no_plus)
        if _is_number(column.type):
            values = _finite(column)
            no_number = _no_number(column)
            if not no_number.any():
                return Results(values, None, None, no_plus)
            flags = np.where(no_number, np.uint64(Reason.VALUE_NOT_NUMERIC), np.uint64(0))
            return Results(values, None, flags, no_plus)
        codes, labels = _encoded(column)
        values, rest = _plain_numbers(labels)
        if not rest:
            return Results(np.append(values, np.nan)[codes], None, None, no_plus)
        return _labelled_results(codes, values, rest, may_be_plusses)


class Results(NamedTuple):
    """Numbers; comparators and flags as `Measurements` has them; which rows are in plusses."""

    value: npt.NDArray[np.float64]
    comparator: npt.NDArray[np.int8] | None
    flags: npt.NDArray[np.uint64] | None
    plus: npt.NDArray[np.bool_]


def _labelled_results(
    codes: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    rest: list[tuple[int, str]],
    may_be_plusses: npt.NDArray[np.bool_],
) -> Results:
    """Read the distinct texts that are no plain numbers, each as it would be with a dipstick too.

    codes: label of every row, the last being none at all; values: number of every label.
    """
    size = len(values) + 1
    numbers = np.tile(np.append(values, np.nan), (2, 1))  # first as a number, then as a dipstick
    sign, plus = np.zeros((2, size), np.int8), np.zeros((2, size), bool)
    flags = np.zeros((2, size), np.uint64)
    for i, text in rest:
        for dipstick in (0, 1):
            result, plus[dipstick, i] = _read(text, may_be_plusses=bool(dipstick))
            numbers[dipstick, i] = result.number
            sign[dipstick, i] = SIGNS.index(result.comparator)
            if result.state == "text":
                flags[dipstick, i] = Reason.VALUE_NOT_NUMERIC
    at = codes + may_be_plusses * size
    return Results(
        value=numbers.reshape(-1)[at],
        comparator=sign.reshape(-1)[at],
        flags=flags.reshape(-1)[at],
        plus=plus.reshape(-1)[at],
    )


def _read(text: str, *, may_be_plusses: bool) -> tuple[Result, bool]:
    """Read one result; whether it is in plusses."""
    plusses = parse_dipstick(text) if may_be_plusses else None
    if plusses is not None:
        return plusses, True
    if text.strip().upper() in MISSING_TEXTS:
        return Result(float("nan"), "", "missing"), False
    return parse_result(text), False


def _encoded(column: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Return codes and distinct texts of a column; the code after the last is 'missing'."""
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(as_text(column))
    labels = column.dictionary
    codes = pc.fill_null(column.indices.cast(pa.int64()), len(labels)).to_numpy()
    return codes, as_text(labels)


def as_text(column: pa.Array) -> pa.Array:
    """Return a column of any single values as text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        cells = (x if x is None else x.decode("utf-8", "replace") for x in column.to_pylist())
        return pa.array(cells, pa.string())
    return column.cast(pa.string())


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)


def _no_number(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Return where a numeric column holds infinity: something is there, and it is no number."""
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.isinf(values)


def _finite(column: pa.Array) -> npt.NDArray[np.float64]:
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    if np.isinf(values).any():
        values = np.where(np.isinf(values), np.nan, values)
    return values


def _plain_numbers(text: pa.Array) -> tuple[npt.NDArray[np.float64], list[tuple[int, str]]]:
    """Return plain decimals at once, and position and text of the rest, missing ones left out."""
    trimmed = pc.utf8_trim_whitespace(text)
    plain = pc.fill_null(pc.match_substring_regex(trimmed, f"^{PLAIN_NUMBER}$"), False)
    values = pc.if_else(plain, trimmed, None).cast(pa.float64()).to_numpy(zero_copy_only=False)
    values = np.where(np.isinf(values), np.nan, values)  # 1e999 is no number either
    others = np.flatnonzero(np.isnan(values) & text.is_valid().to_numpy(False))
    return values, list(zip(others.tolist(), text.take(pa.array(others)).to_pylist(), strict=True))
