"""White cells that a count of cells belongs to: those of its sample, else of its day."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

SAMPLE = ["USUBJID", "SPEC", "ADTC"]
DAY = ["USUBJID", "SPEC", "ADTMIN"]


def beside(
    rows: pd.DataFrame, white: pd.DataFrame, which: Literal["max", "min"]
) -> pd.Series[float]:
    """Return the white cells of each row's sample, NaN where none are known.

    rows and white have SAMPLE, ADTMIN and ADTSTATE, white also X in the unit wanted; of several X
    `which` counts. White cells told with another time of the day, or with the day alone, count
    where none have the text of the row's own date and time.
    """
    same = _joined(rows, white, SAMPLE, which)
    of_day = _joined(rows, white[white["ADTSTATE"].eq("complete")], DAY, which)
    return same.fillna(of_day.where(rows["ADTSTATE"].eq("complete")))


def _joined(
    rows: pd.DataFrame, white: pd.DataFrame, keys: list[str], which: str
) -> pd.Series[float]:
    if rows.empty or white.empty:  # pandas cannot join columns of text without any row
        return pd.Series(np.nan, index=rows.index, dtype="float64")
    known = white.groupby(keys)["X"].agg(which)
    return rows[keys].join(known, on=keys)["X"].astype(np.float64)
