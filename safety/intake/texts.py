"""Columns of text that say what is wrong with a row: "" is nothing, missing is not judged."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd


def nothing(frame: pd.DataFrame) -> pd.Series[str]:
    """Return a column that judges no row of a frame."""
    return pd.Series(np.nan, index=frame.index, dtype="str")


def told(
    frame: pd.DataFrame, judged: pd.Series[bool], wrong: pd.Series[bool], said: Iterable[str]
) -> pd.Series[str]:
    """Return a column that judges some rows and says of the wrong ones among them what it is.

    judged and wrong have the frame's index; said has one text a wrong row, in their order.
    """
    column = nothing(frame)
    column[judged] = ""
    column[judged & wrong] = list(said)
    return column
