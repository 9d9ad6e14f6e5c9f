"""The form of alarms of held rows, and the texts in them."""

from __future__ import annotations

import pandas as pd

COLUMNS = ["KEY", "USUBJID", "TERM", "GRADES", "VALUE", "REASON", "SRCFILE", "SRCROW"]


def text(column: pd.Series, missing: str = "not given") -> pd.Series:
    """Return a column as text, missing in words."""
    return column.astype("str").fillna(missing)


def one_a_row(found: pd.DataFrame) -> pd.DataFrame:
    """Return the worst alarm of each held row, with COLUMNS."""
    return named(worst(found))


def worst(found: pd.DataFrame) -> pd.DataFrame:
    """Return the worst alarm of each held row."""
    return found.sort_values(["KEY", "GRADES"]).drop_duplicates("KEY", keep="last")


def named(found: pd.DataFrame) -> pd.DataFrame:
    """Return alarms with COLUMNS, a missing subject in words."""
    return found.assign(USUBJID=text(found["USUBJID"], "(no subject id)"))[COLUMNS]


def nothing() -> pd.DataFrame:
    """Return no alarms."""
    texts = {c: pd.array([], dtype="str") for c in COLUMNS}
    return pd.DataFrame(texts | {"SRCROW": pd.array([], dtype="int64")})
