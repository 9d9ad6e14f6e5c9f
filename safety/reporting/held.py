"""Events whose rows are held: their clocks run as well, and say that they rest on such a row."""

from __future__ import annotations

import pandas as pd

from safety.assess.grades import grade_events
from safety.study.model import Study
from safety.worklist.facts import natural

NO_SUBJECT = "(no subject id)"


def with_held(
    events: pd.DataFrame, held: pd.DataFrame, exposure: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Return `grade_events` with the held rows of AE; HELD is why a row is held, "" for none.

    A held row has the key that it will have once it is let in.
    """
    told = events.assign(HELD="")
    if held.empty:
        return told
    rows = held.assign(
        KEY=[natural(key) or key for key in held["KEY"]],
        USUBJID=held["USUBJID"].fillna(NO_SUBJECT),
        HELD=held["REASON"].mask(held["REASON"].eq(""), "held"),
    )
    graded = grade_events(rows, exposure, study)
    return pd.concat([told, graded[[c for c in graded if c in told]]], ignore_index=True)
