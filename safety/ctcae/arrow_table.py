"""Grade an Arrow table of measurements: what the command `toxwatch grade` runs on.

Any order of columns, any extra ones, names in any case; only what a row says is used. Rows are
independent of each other, so a table can be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safety.ctcae.answers import POSSIBLE_TEXT, Columns
from safety.ctcae.chunk import Measurements
from safety.ctcae.columns import Coded, Reader, as_text
from safety.ctcae.criteria import ASKED_FACTS
from safety.ctcae.kernel import Grader
from safety.ctcae.kinds import POPULATION_NAMES, combine, population_codes
from safety.ctcae.ladder import Policy
from safety.ctcae.plan import (
    ANY_SPECIMEN,
    UNITSTATE_MISSING,
    UNITSTATE_OK,
    UNITSTATE_UNKNOWN,
    UNKNOWN,
    Kind,
    known_terms,
    known_tests,
)
from safety.ctcae.results import (
    DIPSTICK_TESTS,
    HIGH_FLAGS,
    NO,
    OTHER_FLAGS,
    PLUS,
    YES,
)
from safety.ctcae.scales import BaselineState, FactState
from safety.ctcae.units import to_ucum

INPUT_COLUMNS = ("testcd", "ctcae_term", "direction", "value", "unit", "lln", "uln", "base",
                 "bnrind", "ablfl", "sex", "age", "on_anticoagulation", "symptomatic",
                 "specimen")  # fmt: skip
OUTPUT_COLUMNS = ("row", "ctcae_term", "meddra_code", "direction", "grade", "possible_grades",
                  "reasons", "criterion")  # fmt: skip
_REPLACED = frozenset({"ctcae_term", "direction"})  # given back as they were understood
_UNREADABLE_LIMIT = 0.0  # a limit that is there and cannot be used, as a zero limit is (D38)
_SPECIMENS = dict.fromkeys(("SERUM", "PLASMA", "WHOLE BLOOD", "SERUM OR PLASMA"), "BLOOD")
_DIRECTIONS = {
    **dict.fromkeys(("high", "h", "up", "increase", "increased"), "high"),
    **dict.fromkeys(("low", "l", "down", "decrease", "decreased"), "low"),
    "composite": "composite",
}


def grade_arrow(
    table: pa.Table,
    *,
    policy: Policy = "number_only",
    ctcae: str = "5.0",
    rows: npt.NDArray[np.int64] | None = None,
) -> pa.Table:
    """Grade an Arrow table; see `table.grade_table`. rows: numbers of its rows, from 1 if None."""
    if policy not in get_args(Policy):
        raise ValueError(f"policy {policy!r}: give one of {', '.join(get_args(Policy))}.")
    columns = input_columns(table.column_names)
    measurements, kinds = measurements_of(table, ctcae)
    grader = Grader(kinds, ctcae, policy, everything=True)
    row, answer = grader.grade(measurements).listed()
    numbers = np.arange(1, len(table) + 1) if rows is None else rows
    return _output(table, columns, row, _answers(answer, grader, numbers[row]))


def input_columns(names: Iterable[str]) -> dict[str, str]:
    """Return the table's name of every input column it has.

    Raises ValueError if a needed one is missing or two names differ by case only.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.strip().lower(), []).append(name)
    wanted = {c: found[c] for c in INPUT_COLUMNS if c in found}
    for column, candidates in wanted.items():
        if len(candidates) > 1:
            raise ValueError(f"columns {' and '.join(candidates)} are both {column!r}: keep one.")
    if "value" not in wanted:
        raise ValueError("column 'value' is missing: it holds the results to grade.")
    if not {"testcd", "ctcae_term"} & set(wanted):
        raise ValueError("columns 'testcd' and 'ctcae_term' are missing: give one of them.")
    return {column: candidates[0] for column, candidates in wanted.items()}


def measurements_of(table: pa.Table, ctcae: str = "5.0") -> tuple[Measurements, list[Kind]]:
    """Return the columns of a table as the kernel takes them, and the kinds its rows are of."""
    read = Reader(table, input_columns(table.column_names))
    tests = known_tests(ctcae)
    testcd = read.texts(
        "testcd",
        lambda x: x if (x := _upper(x)) in tests or not x else UNKNOWN,
        missing=frozenset({""}),  # NA is sodium
    )
    may_be_plusses = np.array([x in DIPSTICK_TESTS or not x for x in testcd.labels])[testcd.codes]
    results = read.results(may_be_plusses)
    age = read.floats("age")
    codes, kinds = _kinds(read, testcd, results.plus, age, ctcae)
    asked = [name for name in ASKED_FACTS if read.has(name)]
    base = read.floats("base")
    return Measurements(
        kind=codes,
        value=results.value,
        lln=read.floats("lln", _UNREADABLE_LIMIT),
        uln=read.floats("uln", _UNREADABLE_LIMIT),
        base=base,
        base_state=_base_state(read, base),
        facts={name: read.texts(name, _upper).mapped(_fact) for name in asked},
        comparator=results.comparator,
        flags=results.flags,
    ), kinds


def _kinds(
    read: Reader,
    testcd: Coded,
    plus: npt.NDArray[np.bool_],
    age: npt.NDArray[np.float64],
    ctcae: str,
) -> tuple[npt.NDArray[np.unsignedinteger], list[Kind]]:
    """Return the kind of every row; what nobody knows is one kind, however it is spelled."""
    terms = known_terms(ctcae)
    unit = read.texts("unit", lambda x: x and (to_ucum(x) or UNKNOWN))
    specimen = read.texts("specimen", lambda x: _SPECIMENS.get(_upper(x), _upper(x)))
    term = read.texts("ctcae_term", lambda x: x and terms.get(_term(x), UNKNOWN))
    direction = read.texts("direction", lambda x: x and _DIRECTIONS.get(x.strip().lower(), UNKNOWN))
    parts = [
        *((c.codes, len(c.labels)) for c in (testcd, unit, specimen, term, direction)),
        (plus.astype(np.int64), 2),
        (population_codes(age), len(POPULATION_NAMES)),
    ]
    codes, keys = combine(parts)
    kinds = []
    for t, u, s, c, d, in_plusses, p in keys:
        ucum, state = (PLUS, UNITSTATE_OK) if in_plusses else _unit(unit.labels[u])
        kinds.append(
            Kind(testcd.labels[t], specimen.labels[s] or ANY_SPECIMEN, ucum, state,
                 POPULATION_NAMES[p], term.labels[c], direction.labels[d] if term.labels[c] else "")
        )  # fmt: skip
    return codes, kinds


def _unit(label: str) -> tuple[str, int]:
    if label in ("", UNKNOWN):
        return "", UNITSTATE_UNKNOWN if label else UNITSTATE_MISSING
    return label, UNITSTATE_OK


def _term(text: str) -> str:
    """A name without case and blanks, a code as the digits it has."""
    plain = " ".join(text.split()).casefold()
    return plain.removesuffix(".0") if plain.removesuffix(".0").isdigit() else plain


def _upper(text: str) -> str:
    return " ".join(text.upper().split())


def _fact(label: str) -> int:
    if label in YES:
        return FactState.PRESENT
    return FactState.ABSENT if label in NO else FactState.UNKNOWN


def _base_state(read: Reader, base: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """What is known of the baseline: the record itself, its flag, its value (D06-D09)."""
    flag = read.texts("bnrind", _upper).mapped(lambda x: 2 if x in HIGH_FLAGS else x in OTHER_FLAGS)
    itself = read.texts("ablfl", _upper).mapped(lambda x: x in YES).astype(bool)
    missing = np.isnan(base)
    return np.select(
        [itself, missing & (flag == 2), flag == 2, flag == 1, missing],
        [BaselineState.NOT_APPLICABLE, BaselineState.HIGH_WITHOUT_VALUE, BaselineState.ABNORMAL,
         BaselineState.NORMAL, BaselineState.MISSING],
        BaselineState.RANGE_MISSING,
    ).astype(np.int8)  # fmt: skip


def _output(
    table: pa.Table,
    columns: dict[str, str],
    row: npt.NDArray[np.int64],
    answers: dict[str, pa.Array],
) -> pa.Table:
    replaced = {columns[c] for c in _REPLACED if c in columns}
    kept = table.drop_columns(list(replaced)) if replaced else table
    names = [f"{c}_input" if c.lower() in OUTPUT_COLUMNS else c for c in kept.column_names]
    kept = kept.rename_columns(names_apart(names))
    if len(row) != len(table):  # else every row has one answer, in order
        kept = kept.take(pa.array(row))
    if "ctcae_term" in columns:
        asked = table.column(columns["ctcae_term"])
        answers["ctcae_term"] = _as_asked(answers["ctcae_term"], asked, row)
    for name, column in answers.items():
        kept = kept.append_column(name, column)
    return kept


def names_apart(names: Sequence[str]) -> list[str]:
    """Return the names with a number behind those that stood before."""
    found: dict[str, None] = {}
    for name in names:
        number, new = 1, name
        while new in found:
            number += 1
            new = f"{name}_{number}"
        found[new] = None
    return list(found)


def _as_asked(
    term: pa.DictionaryArray, asked: pa.ChunkedArray, row: npt.NDArray[np.int64]
) -> pa.DictionaryArray:
    """Give a term that nobody knows back as it was written."""
    names = term.dictionary.to_pylist()
    if UNKNOWN not in names:
        return term
    unknown = pa.array(term.indices.to_numpy() == names.index(UNKNOWN))
    written = as_text(asked.combine_chunks()).take(pa.array(row))
    return pc.dictionary_encode(pc.if_else(unknown, written, term.cast(pa.string())))


def _answers(
    answer: npt.NDArray[np.int32], grader: Grader, row: npt.NDArray[np.int64]
) -> dict[str, pa.Array]:
    register, uses = grader.columns(), grader.answers.uses
    use = register.use

    def coded(texts: Iterable[str]) -> pa.DictionaryArray:
        return _dictionary(np.array(list(texts), object), answer)

    grade = register.grade[answer]
    return {
        "row": pa.array(row),
        "ctcae_term": coded(uses[u].term for u in use),
        "meddra_code": coded(uses[u].meddra_code for u in use),
        "direction": coded(uses[u].direction for u in use),
        "grade": pa.array(grade, mask=grade < 0),
        "possible_grades": coded(_possible(register)),
        "reasons": coded(register.reason_texts()),
        "criterion": coded(register.criterion),
    }


def _possible(register: Columns) -> list[str]:
    return [POSSIBLE_TEXT[mask] for mask in register.possible]


def _dictionary(texts: npt.NDArray[np.object_], ids: npt.NDArray[np.int32]) -> pa.DictionaryArray:
    labels, codes = np.unique(texts.astype(str), return_inverse=True)
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)[ids]), pa.array(labels.tolist(), pa.string())
    )
