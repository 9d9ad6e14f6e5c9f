"""Visits beside the other visits of the subject (fault 5): dates decide, names are looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.intake.beside.links import Frames
from safety.intake.texts import said
from safety.study.model import Study

PLANNED = r"CYCLE\s+(\d{1,3})\s+DAY\s+(\d{1,3})"  # names that tell an order


def visits(frame: pd.DataFrame, _: Frames, __: Study) -> pd.DataFrame:
    """Return the frame with VISITTWICE and VISITORDER: a planned visit again, or out of order.

    The order is that of the names of cycle and day; without such names, that of whole VISITNUM.
    """
    order = _order(frame)
    day = frame["STDTMIN"].where(frame["STDTSTATE"].eq("complete"))
    planned = order.notna() & day.notna() & frame["USUBJID"].notna()
    rows = pd.DataFrame({"USUBJID": frame["USUBJID"], "ORDER": order, "DAY": day})[planned]
    rows = rows.sort_values(["USUBJID", "DAY", "ORDER"], kind="stable")
    first = rows.groupby(["USUBJID", "ORDER"])["DAY"].transform("first")
    before = rows.groupby("USUBJID")["ORDER"].cummax()
    again, early = rows["DAY"].ne(first), rows["ORDER"].lt(before)
    return frame.assign(
        VISITTWICE=said(again.reindex(frame.index), "a visit that was before", where=planned),
        VISITORDER=said(
            (early & ~again).reindex(frame.index), "after a later visit of the plan", where=planned
        ),
    )


def _order(frame: pd.DataFrame) -> pd.Series:
    """Return the place of each visit in the plan, missing for unplanned ones."""
    numbers = frame["VISIT"].str.upper().str.extract(rf"^\s*{PLANNED}\s*$").astype(np.float64)
    named = numbers[0] * 1000 + numbers[1]
    if named.notna().any():
        return named
    number = pd.to_numeric(frame["VISITNUM"], errors="coerce")
    return number.where(number.mod(1).eq(0)).astype(np.float64)
