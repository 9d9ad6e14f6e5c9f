"""Values without a unit: many of one test of a subject are one thing to look at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safety.assess.held.table import text

MANY = 10


def gathered(worst: pd.DataFrame) -> pd.DataFrame:
    """Return alarms, one a row, with MANY or more without a unit of one subject and test as one.

    worst: the alarms with AVALC, AVALU, PARAMCD and ADTC. Told again when there are twice as many.
    """
    bare = worst[worst["AVALU"].isna() & worst["USUBJID"].notna()]
    count = bare.groupby(["USUBJID", "PARAMCD"])["KEY"].transform("size")
    bare, count = bare[count.ge(MANY)], count[count.ge(MANY)]
    if bare.empty:
        return worst
    bare = bare.sort_values(["USUBJID", "PARAMCD", "GRADES", "SRCFILE", "SRCROW"])
    first = bare.drop_duplicates(["USUBJID", "PARAMCD"], keep="last")
    size = count.loc[first.index]
    step = pd.Series([MANY * 2 ** int(np.log2(n / MANY)) for n in size], index=first.index)
    told = text(first["AVALC"]) + " (no unit) of " + text(first["ADTC"])
    one = first.assign(
        KEY="no unit|" + first["USUBJID"] + "|" + first["PARAMCD"] + "#rows",
        TERM=first["TERM"] + " (" + step.astype("str") + " or more values without a unit)",
        VALUE=size.astype("str") + " rows, one of them " + told,
    )
    return pd.concat([worst.drop(index=bare.index), one])
