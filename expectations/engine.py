"""Great Expectations as a library: an ephemeral context, no files, no Data Docs, no telemetry.

The Airflow provider is not used: it fixes an older structlog, reads data when a DAG is parsed and
gives no rows. Every expectation is first asked only whether all is well, which takes a third of
the time; those that say no are asked again which cells are wrong. They come by the frame's index
with `unexpected_index_list`: naming index columns instead is 15 to 50 times slower.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from expectations import cells, memory
from expectations.cells import Cells, Group, Mask
from expectations.check import Check, Context
from expectations.memory import Memory, Said

PRESENCE = "expect_column_values_to_not_be_null"
# What these say of a cell does not depend on the others.
OF_A_CELL = {PRESENCE, "expect_column_values_to_be_in_set", "expect_column_values_to_not_be_in_set",
             "expect_column_values_to_be_between", "expect_column_values_to_match_regex",
             "expect_column_pair_values_a_to_be_greater_than_b"}  # fmt: skip
SHORT = 2000  # rows up to which a table of their number costs less than a table more
NAMES = ("column", "column_A", "column_B")  # how an expectation names what it looks at

os.environ["GX_ANALYTICS_ENABLED"] = "false"
_memory = Memory()


class Key(NamedTuple):
    """What tells groups of cells apart: whether single cells are judged, of what, in which rows."""

    is_of_a_cell: bool
    columns: tuple[str, ...]
    keep: bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Which rows fail, or why it could not be said; is_about_presence: empty cells were judged."""

    failing: Mask
    raised: str
    is_about_presence: bool


def ask(
    checks: Mapping[str, tuple[Check, Mask | None]], known: Cells, context: Context
) -> dict[str, Answer]:
    """Return what Great Expectations says of each check, in the rows it looks at (None: all)."""
    asked = {i: (_built(check, context), keep) for i, (check, keep) in checks.items()}
    groups: dict[Key, Group] = {}
    of_check: dict[str, Key] = {}
    for check, (expectation, keep) in asked.items():
        key, group = _group(expectation, keep, known, groups)
        groups[key], of_check[check] = group, key
    names = _names({i: e for i, (e, _) in asked.items()}, of_check, groups, known)
    said = {i: _memory.recall(name) for i, name in names.items()}
    new = {of_check[i]: groups[of_check[i]] for i, told in said.items() if told is None}
    for keys in _together(new, len(known.frame)):
        these = {i: e for i, (e, _) in asked.items() if said[i] is None and of_check[i] in keys}
        for i, told in _ask(these, of_check, {k: groups[k] for k in keys}, known).items():
            said[i] = told
            _memory.keep(names[i], told)
    return {i: _answer(said[i], groups[of_check[i]], e) for i, (e, _) in asked.items()}


def _names(
    asked: Mapping[str, Any],
    of_check: Mapping[str, Key],
    groups: Mapping[Key, Group],
    known: Cells,
) -> dict[str, str]:
    """Return under which name the answer of each check is remembered."""
    of_group = {key: memory.cells_named(known.frame, group) for key, group in groups.items()}
    return {i: memory.asked_named(e, of_group[of_check[i]]) for i, e in asked.items()}


def _built(check: Check, context: Context) -> Any:
    _definition()  # first: an expectation needs the context that this makes
    expectation = check.build(_gx().expectations, context)
    expectation.meta = {"check": check.id}
    return expectation


def _group(
    expectation: Any, keep: Mask | None, known: Cells, groups: Mapping[Key, Group]
) -> tuple[Key, Group]:
    """Return the cells an expectation looks at, and how they are told from others."""
    named: list[Any] = [getattr(expectation, name, None) for name in NAMES]
    columns = tuple(str(column) for column in named if column in known.frame)
    of_a_cell = bool(columns) and expectation.expectation_type in OF_A_CELL
    key = Key(of_a_cell, columns, None if keep is None else keep.tobytes())
    if key in groups:
        return key, groups[key]
    if of_a_cell:
        return key, known.different(columns, keep)
    everything = np.ones(len(known.frame), dtype=bool)
    return key, cells.every_row(columns, everything if keep is None else keep)


def _together(groups: Mapping[Key, Group], rows: int) -> list[list[Key]]:
    """Return which groups are judged in one table: whole columns apart where they are long."""
    is_short = rows <= SHORT
    beside = [
        key for key in groups if key.is_of_a_cell or (is_short and len(groups[key].places) == rows)
    ]
    alone = [[key] for key in groups if key not in beside]
    return [beside, *alone] if beside else alone


def _ask(
    expectations: Mapping[str, Any],
    of_check: Mapping[str, Key],
    groups: Mapping[Key, Group],
    known: Cells,
) -> dict[str, Said]:
    number = {key: n for n, key in enumerate(groups)}
    for check, expectation in expectations.items():
        for name in NAMES:
            column = getattr(expectation, name, None)
            if column in groups[of_check[check]].columns:
                setattr(expectation, name, cells.named(column, number[of_check[check]]))
    table = cells.table(known.frame, list(groups.values()))
    first = _validate(table, list(expectations.values()), "BOOLEAN_ONLY")
    well = {check for check, result in first.items() if result.success}
    told = _validate(table, [e for i, e in expectations.items() if i not in well], "COMPLETE")
    return {i: Said(is_well=True) if i in well else _said(told.get(i)) for i in expectations}


def _said(result: Any) -> Said:
    """Return what a result says, asked for its failing cells; None: there is no result."""
    if result is None:
        return Said(is_well=False, raised="it gave no answer")
    failing = result.result.get("unexpected_index_list") or []
    return Said(
        is_well=False,
        failing=tuple(int(i) for i in failing),
        raised=_raised(result.exception_info or {}),
    )


def _answer(said: Said | None, group: Group, expectation: Any) -> Answer:
    told = said or _said(None)
    about_presence = expectation.expectation_type == PRESENCE
    return Answer(group.rows(told.failing), told.raised, about_presence)


def _raised(info: dict[str, Any]) -> str:
    """Return the message of an exception inside a result; it is nested by metric id."""
    entries = info.values() if all(isinstance(v, dict) for v in info.values()) else [info]
    messages = [e.get("exception_message") for e in entries if e.get("raised_exception")]
    return "; ".join(str(m) for m in messages)


def _validate(table: pd.DataFrame, asked: Sequence[Any], result_format: str) -> dict[str, Any]:
    """Return a result for each expectation, by its check: they come back in another order."""
    if not asked:
        return {}
    suite = _gx().ExpectationSuite(name="checks", expectations=list(asked))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own use of pandas
        batch = _definition().get_batch(batch_parameters={"dataframe": table})
        results = batch.validate(suite, result_format=result_format).results
    return {r.expectation_config.meta["check"]: r for r in results}


@cache
def _gx() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("great_expectations")  # 4 s: only where checks run


@cache
def _definition() -> Any:
    """Return how a frame is given to Great Expectations."""
    context = _gx().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("records")
    return source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")
