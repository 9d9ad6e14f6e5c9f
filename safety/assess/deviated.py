"""Doses that deviate from plan and rules, as comparisons of dose records (faults 43 and 44)."""

from __future__ import annotations

import json

import pandas as pd

# Kind of deviation: the column that says it; all others are against a rule of modification.
COLUMN = {
    "gate_failed": "GATEFAILED", "dose_above_level": "ABOVEPLAN", "wrong_day": "WRONGDAY",
}  # fmt: skip
OTHER = "AGAINSTRULE"
COMPARED = [*COLUMN.values(), OTHER]
PLACE = ["KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW"]


def doses_compared(deviations: pd.DataFrame, doses: pd.DataFrame) -> pd.DataFrame:
    """Return PLACE and COMPARED of every dose record, index from 1; "" where a dose is none.

    deviations: rows of the table of that name, whose evidence names the doses. A deviation of many
    days is told of the dose it began with.
    """
    rows = doses[PLACE].reset_index(drop=True)
    texts: dict[str, dict[str, str]] = {c: {} for c in COMPARED}
    for row in deviations.itertuples():
        column = texts[COLUMN.get(str(row.KIND), OTHER)]
        for source in json.loads(str(row.EVIDENCE)):
            if source["date"][:10] == row.ONDT:
                column.setdefault(source["record"], f"{row.EXPECTED} ({row.RULE})")
    found = {c: rows["KEY"].map(texts[c]).astype("str").fillna("") for c in COMPARED}
    return rows.assign(**found).set_axis(pd.RangeIndex(1, len(rows) + 1))
