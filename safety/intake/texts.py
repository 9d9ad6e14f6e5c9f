"""Columns of text that say what is wrong with a row: "" is nothing, missing is not judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd


def nothing(index: pd.Index[Any]) -> pd.Series[str]:
    """Return a column that judges no row."""
    return pd.Series(np.nan, index=index, dtype="str")


def told(
    frame: pd.DataFrame, judged: pd.Series[bool], wrong: pd.Series[bool], said: Iterable[str]
) -> pd.Series[str]:
    """Return a column that judges some rows and says of the wrong ones among them what it is.

    judged and wrong have the frame's index; said has one text a wrong row, in their order.
    """
    column = nothing(frame.index)
    column[judged] = ""
    column[judged & wrong] = list(said)
    return column


def said(is_wrong: pd.Series, text: str, *, where: pd.Series) -> pd.Series:
    """Return a column that says the same text of every wrong row, and judges the rows `where`."""
    found = np.where(is_wrong.fillna(False).to_numpy(bool), text, "")
    return pd.Series(found, index=is_wrong.index, dtype="str").where(where)
