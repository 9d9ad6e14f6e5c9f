"""Make a row a test of rows that hold several tests, as the study file says where each stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds.dataset import CLEARED, FORM, PARTIAL, Dataset
from safety.study.feeds import Domain
from safety.study.wide import FIELDS, HIGH, LOW, RESULT, STATUS, TESTCD, UNIT, WideTest

NOT_DONE = "NOT DONE"


def form_of(column: str) -> str:
    """Return where a reader says what is not of the declared form in a column of a test.

    What it says so is of that test alone: FORM itself is of every test of the row.
    """
    return f"{FORM} {column}"


def unfolded(data: Dataset, name: str, domain: Domain) -> Dataset:
    """Return the rows of a domain with a row a test; of another domain, as they are.

    The tests of a row follow each other in the order of the study file. Columns beside those of
    tests stand in each of its rows. A column that is not there gives missing cells: whether the
    file is held for it is decided where all columns are looked for. Raises HeldDeliveryError if
    the file has columns of the names that are given here.
    """
    wide, frame = domain.wide, data.frame
    if wide is None:
        return data
    taken = [c for c in FIELDS.values() if c in frame]
    if taken:
        raise HeldDeliveryError(name, f"column {taken[0]} has a name of our own.", "Rename it.")
    parts = [_of_test(frame, code, test) for code, test in wide.tests.items()]
    own = [form_of(c) for c in wide.columns]
    rows = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    rows = rows.drop(columns=own, errors="ignore")
    return replace(data, frame=_with_status(rows) if wide.blank == "not_done" else rows)


def _of_test(frame: pd.DataFrame, code: str, test: WideTest) -> pd.DataFrame:
    unit = _column(frame, test.unit_column)
    return _with_form(frame, test).assign(**{
        TESTCD: code, RESULT: _column(frame, test.result),
        UNIT: test.unit or unit,
        LOW: _column(frame, test.low), HIGH: _column(frame, test.high),
        STATUS: _column(frame, ""),
    })  # fmt: skip


def _with_form(frame: pd.DataFrame, test: WideTest) -> pd.DataFrame:
    if FORM not in frame:
        return frame
    said = frame[FORM]
    for place in (form_of(c) for c in test.columns if form_of(c) in frame):
        said = (said + " " + frame[place]).str.strip()
    return frame.assign(**{FORM: said})


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame else pd.Series(np.nan, index=frame.index, dtype="str")


def _with_status(rows: pd.DataFrame) -> pd.DataFrame:
    """Say of rows without a result that the test was not done, of others that it was.

    In a partial row a missing cell is unchanged: it says nothing, and a result that is told takes
    an earlier NOT DONE away.
    """
    is_partial = rows[PARTIAL].eq("Y") if PARTIAL in rows else pd.Series(False, index=rows.index)
    result = rows[RESULT]
    is_blank = result.fillna("").str.strip(f" {CLEARED}").eq("")
    status = rows[STATUS].mask(is_partial & ~is_blank, CLEARED)
    return rows.assign(**{STATUS: status.mask(is_blank & ~(is_partial & result.isna()), NOT_DONE)})
