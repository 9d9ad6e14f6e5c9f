"""The cells of the worst-grade table: what was reported and measured of a subject and term."""

from __future__ import annotations

import pandas as pd

from safety.displays.population import Chosen
from safety.displays.reported import label, worst

GRADED, NOT_GRADABLE = "graded", "not gradable"
NOT_REPORTED, NO_DATA = "not reported", "no data"
UNCHANGED = "not worse than baseline"
CELL = ["USUBJID", "NAME"]  # terms are the same whatever their letter case: NAME has none
COLUMNS = [
    "NAME", "TERM", "SOC", "USUBJID", "LEVEL", "PLACE", "STATE", "TEXT", "LOW", "HIGH", "SOURCE",
    "RELATED", "SERIOUS", "UNGRADED", "MAYBE",
]  # fmt: skip


def cells(
    chosen: Chosen, events: pd.DataFrame, measured: pd.DataFrame, *, emergent: bool
) -> pd.DataFrame:
    """Return COLUMNS, one row a subject and term. PLACE: of the subject among the chosen.

    events: rows of `Reported`; measured: rows of worst_grade, of these subjects. emergent: of
    values only those worse than their baseline.
    """
    told = worst(_named(events), CELL)
    seen = _seen(_named(measured), emergent=emergent)
    people = chosen.table[["USUBJID", "LEVEL"]].assign(PLACE=range(len(chosen)))
    grid = _terms(events, measured).merge(people, how="cross")
    table = grid.merge(told, on=CELL, how="left").merge(seen, on=CELL, how="left")
    texts = [_text(r) for r in table[["POSSIBLE", "GRADE", "AFTER"]].itertuples(index=False)]
    grades = pd.DataFrame(texts, columns=["LOW", "HIGH", "TEXT"], index=table.index)
    table = table.assign(**grades.astype({"LOW": "Int64", "HIGH": "Int64", "TEXT": "str"}))
    return table.assign(
        STATE=_state(table),
        SOURCE=_source(table),
        RELATED=table["RELATED"].eq(True),
        SERIOUS=table["SERIOUS"].eq("Y"),
        UNGRADED=table["UNGRADED"].fillna(0).astype("int64"),
    )[COLUMNS]


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(NAME=rows["TERM"].astype("str").str.casefold())


def _terms(events: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """NAME, TERM, SOC, ISMEASURED: a term that was measured is spelled as measured."""
    every = pd.concat(
        [
            _named(measured)[["NAME", "TERM", "SOC"]].assign(ISMEASURED=True),
            _named(events)[["NAME", "TERM", "SOC"]].assign(ISMEASURED=False),
        ]
    )
    first = every.sort_values(
        ["NAME", "ISMEASURED", "TERM", "SOC"], ascending=[True, False, True, True]
    )
    return first.drop_duplicates("NAME").reset_index(drop=True)


def _seen(rows: pd.DataFrame, *, emergent: bool) -> pd.DataFrame:
    """One row a subject and term: GRADE, AFTER (worst grade after), MAYBE, UNGRADED.

    GRADE is <NA> where the worst value after is above 0 but no worse than its baseline.
    """
    after, possible, worse = (rows[c].astype("Int64") for c in ("WORSTGR", "WORSTPOS", "TEGR"))
    emerged = worse.where(worse.notna(), after.where(after.eq(0).fillna(False)))
    table = rows.assign(
        GRADE=emerged if emergent else after,
        AFTER=after,
        MAYBE=possible.where(possible.gt(after.fillna(0)).fillna(False)),
        UNGRADED=rows["UNGRADED"].astype("int64"),
    )
    return table.groupby(CELL, as_index=False).agg(
        GRADE=("GRADE", "max"), AFTER=("AFTER", "max"), MAYBE=("MAYBE", "max"),
        UNGRADED=("UNGRADED", "sum"),
    )  # fmt: skip


def _text(cell: tuple[object, ...]) -> tuple[int | None, int | None, str]:
    """Lowest and highest worst grade of a cell, and its text; an event cannot be below a value."""
    possible, grade, after = cell
    measured = None if pd.isna(grade) else int(str(grade))
    if isinstance(possible, str):
        grades = sorted({max(int(p), measured or 0) for p in possible.split("|")})
        return grades[0], grades[-1], label("|".join(str(g) for g in grades))
    if measured is not None:
        return measured, measured, str(measured)
    return None, None, "" if pd.isna(after) else f"{after}b"


def _state(table: pd.DataFrame) -> pd.Series:
    state = pd.Series(NOT_REPORTED, index=table.index, dtype="str")
    state = state.mask(table["ISMEASURED"].eq(True), NO_DATA)
    state = state.mask(table["UNGRADED"].gt(0).fillna(False), NOT_GRADABLE)
    state = state.mask(table["AFTER"].notna(), UNCHANGED)
    return state.mask(table["HIGH"].notna(), GRADED)


def _source(table: pd.DataFrame) -> pd.Series:
    has_event, has_grade = table["POSSIBLE"].notna(), table["GRADE"].gt(0).fillna(False)
    has_value = table["AFTER"].notna() | table["UNGRADED"].gt(0).fillna(False)
    source = pd.Series("", index=table.index, dtype="str")
    return source.mask(has_value, "measured").mask(has_event, "reported").mask(
        has_event & has_grade, "both"
    )  # fmt: skip
