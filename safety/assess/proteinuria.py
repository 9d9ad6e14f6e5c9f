"""Urine protein of 24 hours beats the dipstick of the same day (D36)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.ctcae.reasons import Reason
from safety.ctcae.results import PLUS
from safety.ctcae.units import same_kind

UPPER_BOUNDS = ("", "<", "<=")  # `>1 g/d` leaves open what a dipstick may tell


def set_aside_dipsticks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the records; a dipstick of a day with a 24-hour protein loses ANL01FL.

    It keeps its grade, marked SUPERSEDED, and counts in nothing. A 24-hour protein is urine
    PROTEXR or PROT as mass a day, an exact value or an upper bound of a complete date.
    """
    protein = frame["SPEC"].eq("URINE") & frame["PARAMCD"].isin(["PROT", "PROTEXR"])
    protein &= frame["ADTSTATE"].eq("complete") & frame["AVAL"].notna()
    units = frame.loc[protein, "UCUM"].unique()
    a_day = [u for u in units if u and same_kind(u, "g/d")]
    collected = protein & frame["UCUM"].isin(a_day) & frame["COMPARATOR"].isin(UPPER_BOUNDS)
    dipstick = protein & frame["PARAMCD"].eq("PROT") & frame["UCUM"].eq(PLUS)
    if not (collected.any() and dipstick.any()):
        return frame
    days = pd.MultiIndex.from_frame(frame[["USUBJID", "ADTMIN"]])
    beaten = dipstick & days.isin(days[collected])
    frame = frame.copy()
    frame.loc[beaten, "ANL01FL"] = ""
    frame.loc[beaten, "REASONS"] |= np.uint64(Reason.SUPERSEDED)
    return frame
