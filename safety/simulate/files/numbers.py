"""Which columns of a table of text are numbers."""

from __future__ import annotations

import pandas as pd

from safety.simulate.sdtm.columns import NUMBERS


def numbers(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Return, as floats (missing as NaN), the columns that SDTM has as numbers.

    One with anything that is no number is left out: its file has it as text.
    """
    found = {}
    for name in frame.columns:
        if name in NUMBERS:
            values = pd.to_numeric(frame[name].where(frame[name] != ""), errors="coerce")
            if values.notna().equals(frame[name] != "") and values.notna().any():
                found[str(name)] = values.astype("float64")
    return found
