"""Visits beside the other visits of the subject (fault 5): dates decide, names are looked at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from safety.intake.texts import said
from safety.study.feeds import RecordKind
from safety.study.model import Study

PLANNED = r"CYCLE\s+(\d{1,3})\s+DAY\s+(\d{1,3})"  # names that tell an order


def visits(frame: pd.DataFrame, _: Mapping[RecordKind, pd.DataFrame], __: Study) -> pd.DataFrame:
    """Return the frame with VISITTWICE and VISITORDER: a planned visit again, or out of order."""
    numbers = frame["VISIT"].str.upper().str.extract(rf"^\s*{PLANNED}\s*$").astype(np.float64)
    order = numbers[0] * 1000 + numbers[1]
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
