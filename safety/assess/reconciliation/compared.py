"""What a comparison says, in the form checks read: a column of text a comparison."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

PLACE = ["KEY", "DOMAIN", "USUBJID", "SRCFILE", "SRCROW"]
EPISODE = ["TERM", "DIRECTION", "EPISODE"]
MAX_QUOTED = 60  # characters of one delivered value
_NONE = {"PARAMCD": "", "AVALC": "not given", "AVALU": "(no unit)", "ANRLOC": "not given",
         "ANRHIC": "not given"}  # fmt: skip


def said(
    rows: pd.DataFrame, wrong: pd.DataFrame, texts: list[str], *, direction: str = ""
) -> pd.DataFrame:
    """Return what a comparison says of rows: KEY, TERM, DIRECTION, EPISODE and SAYS.

    rows: all that were compared; wrong: those of them that texts are of, in order. Of several texts
    on one record of an episode the first is kept.
    """
    named = [c for c in ("KEY", *EPISODE) if c in rows.columns]
    told = wrong[named].assign(SAYS=pd.array(texts, dtype="str"))
    found = pd.concat([told, rows[named].assign(SAYS="")], ignore_index=True)
    found = found.drop_duplicates(["KEY", "EPISODE"])
    return found if "DIRECTION" in named else found.assign(DIRECTION=direction)


def results(measurements: pd.DataFrame) -> pd.Series:
    """Return by KEY what was measured, in one line: test, result, unit and reference range."""
    measurements = measurements.drop_duplicates("KEY")
    said = {c: measurements[c].fillna(none).str.slice(0, MAX_QUOTED) for c, none in _NONE.items()}
    limits = " (reference " + said["ANRLOC"] + " to " + said["ANRHIC"] + ")"
    has_limits = measurements["ANRLOC"].notna() | measurements["ANRHIC"].notna()
    text = said["PARAMCD"] + " " + said["AVALC"] + " " + said["AVALU"]
    text = (text + limits.where(has_limits, "")).str.replace(r"[\s\x00-\x1f\x7f]+", " ", regex=True)
    return text.set_axis(measurements["KEY"])


def together(found: Mapping[str, pd.DataFrame], records: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one row an episode and record that is asked about, index from 1.

    found: by column what a comparison `said`; records: frames in which those records stand.
    Columns: PLACE, EPISODE, and each of found: "" is all is well, missing was not compared.
    """
    parts = [rows.assign(COLUMN=column) for column, rows in found.items()]
    table = pd.concat(parts, ignore_index=True)
    texts = table.pivot_table(
        index=["KEY", *EPISODE], columns="COLUMN", values="SAYS", aggfunc="first", dropna=True
    ).reset_index()
    places = pd.concat([r[PLACE] for r in records], ignore_index=True).drop_duplicates("KEY")
    rows = places.merge(texts, on="KEY", how="inner").sort_values(["EPISODE", "KEY"])
    columns = [*PLACE, *EPISODE, *found]
    rows = rows.reindex(columns=columns).astype(dict.fromkeys(found, "str"))
    return rows.set_axis(pd.RangeIndex(1, len(rows) + 1))
