"""Values of one analyte over time, a line a subject, in one unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from safety.ctcae.reasons import Reason, names
from safety.displays.days import CYCLE_VISIT, cycle_starts, study_day
from safety.displays.population import Chosen, Frames

NOT_A_NUMBER, NO_DATE, OTHER_UNIT, NO_RANGE, NOT_COUNTED = (
    "no number", "no complete date", "not in the unit", "no upper limit of normal",
    "another record of the day counts",
)  # fmt: skip
SUPERSEDED = rf"(?:^|;){names(Reason.SUPERSEDED)}(?:;|$)"
_VALUE = ["USUBJID", "LEVEL", "ADY", "CYCLE", "CYCLEDY", "VALUE", "GRADE", "COMPARATOR", "SERIES"]


@dataclass(frozen=True, slots=True, eq=False)
class Spaghetti:
    """Values of one analyte.

    values: USUBJID, LEVEL, ADY (study day), CYCLE, CYCLEDY (<NA> before the first dose), VALUE (in
    `unit`), GRADE (the higher of both directions; <NA>: not gradable), COMPARATOR (`<`, `>` or ""),
    SERIES (position or time point), of shown subjects. median: DAY (or CYCLE and CYCLEDY), MEDIAN,
    N, of all subjects, one value a subject and day. shown, not_shown: subjects with values. absent:
    subjects with no value that can be used. unused: values left out, by reason. not_gradable:
    values that are shown, without a grade.
    """

    values: pd.DataFrame
    median: pd.DataFrame
    unit: str
    shown: int
    not_shown: int
    absent: tuple[str, ...]
    unused: dict[str, int]
    not_gradable: int


def spaghetti(
    frames: Frames, chosen: Chosen, paramcd: str, *, axis: Literal["study", "cycle"] = "study",
    multiple: bool = False, most: int = 50, cycle_visit: str = CYCLE_VISIT,
) -> Spaghetti:  # fmt: skip
    """Return the values of a test. Frames: measurement, grade, visit.

    multiple: as multiples of each value's own upper limit of normal. most: subjects shown, those of
    the worst grade first. Of the units, that of most values is used; the others are counted.
    """
    rows = _rows(frames, chosen, paramcd)
    unit = "x ULN" if multiple else _unit(rows)
    upper = rows["ANRHI"].astype("float64")
    inside = upper.gt(0) & ~rows["ANRLO"].astype("float64").gt(upper)
    value = rows["AVAL"] / upper.where(inside) if multiple else rows["GVAL"]
    checks = (
        (NOT_COUNTED, rows["REASONS"].str.contains(SUPERSEDED).eq(True)),
        (NOT_A_NUMBER, rows["AVAL"].isna()),
        (NO_DATE, rows["ADY"].isna()),
        (NO_RANGE if multiple else OTHER_UNIT,
         value.isna() if multiple else rows["GUNIT"].ne(unit) | value.isna()),
    )  # fmt: skip
    kept, unused = _sorted_out(rows.index, checks)
    usable = _with_cycles(rows.assign(VALUE=value)[kept], frames, chosen, cycle_visit)
    ranked = _worst_first(usable)
    values = usable[usable["USUBJID"].isin(ranked[:most])][_VALUE]
    return Spaghetti(
        values.sort_values(["USUBJID", "SERIES", "ADY", "VALUE"]).reset_index(drop=True),
        _median(usable, ["DAY"] if axis == "study" else ["CYCLE", "CYCLEDY"]), unit,
        min(len(ranked), most), max(len(ranked) - most, 0),
        tuple(sorted(set(chosen.table["USUBJID"]) - set(ranked))),
        unused, int(values["GRADE"].isna().sum()),
    )  # fmt: skip


def _sorted_out(
    index: pd.Index, checks: tuple[tuple[str, pd.Series], ...]
) -> tuple[pd.Series, dict[str, int]]:
    """Return which values are kept, and how many are lost to the first reason that holds."""
    unused: dict[str, int] = {}
    kept = pd.Series(data=True, index=index)
    for reason, bad in checks:
        if lost := int((kept & bad).sum()):
            unused[reason] = lost
        kept &= ~bad
    return kept, unused


def _rows(frames: Frames, chosen: Chosen, paramcd: str) -> pd.DataFrame:
    """Values that were done, with the grade and the graded value where there is one."""
    measured = frames["measurement"]
    own = measured[measured["PARAMCD"].eq(paramcd) & measured["VALUESTATE"].ne("not_done")]
    rows = chosen.of(own)
    graded = frames["grade"]
    graded = graded[graded["MKEY"].isin(rows["KEY"])].sort_values(["MKEY", "TERM", "DIRECTION"])
    graded = graded.assign(GRADE=graded["ATOXGR"].astype("Int64"))
    by_value = graded.groupby("MKEY").agg(
        GRADE=("GRADE", "max"),
        GRADED=("GRADE", "count"),
        ROWS=("GRADE", "size"),
        GVAL=("GVAL", "first"),
        GUNIT=("GUNIT", "first"),
        REASONS=("REASONS", "first"),
    )
    # grade 0 needs both directions: one that is not gradable may be anything
    half = by_value["GRADE"].eq(0).fillna(False) & by_value["GRADED"].lt(by_value["ROWS"])
    by_value["GRADE"] = by_value["GRADE"].mask(half)
    rows = rows.merge(by_value, left_on="KEY", right_index=True, how="left")
    aval = rows["AVAL"].astype("float64")
    no_unit = rows["GUNIT"].astype("str").fillna("").eq("")
    whole = rows["ADTMIN"].eq(rows["ADTMAX"])
    series = rows["POS"].astype("str").fillna("") + " " + rows["TPT"].astype("str").fillna("")
    return rows.assign(
        AVAL=aval, GVAL=rows["GVAL"].astype("float64").mask(no_unit, aval),
        GUNIT=rows["GUNIT"].astype("str").mask(no_unit, rows["UCUM"].astype("str")).fillna(""),
        ADY=study_day(rows["ADTMIN"], rows["TRTSDT"]).where(whole), SERIES=series.str.strip(),
        COMPARATOR=rows["COMPARATOR"].astype("str").fillna(""),
        GRADE=rows["GRADE"].astype("Int64"), REASONS=rows["REASONS"].astype("str"),
    )  # fmt: skip


def _unit(rows: pd.DataFrame) -> str:
    units = rows.loc[rows["AVAL"].notna(), "GUNIT"].value_counts().sort_index()
    return str(units.idxmax()) if len(units) else ""


def _with_cycles(
    rows: pd.DataFrame, frames: Frames, chosen: Chosen, cycle_visit: str
) -> pd.DataFrame:
    starts = cycle_starts(frames["visit"], chosen.table, cycle_visit)
    begun = starts.sort_values("ADY")[["USUBJID", "CYCLE", "ADY"]].astype({"ADY": "int64"})
    begun = begun.assign(BEGAN=begun["ADY"])
    ordered = rows.astype({"ADY": "int64"}).sort_values(["ADY", "KEY"])
    table = pd.merge_asof(ordered, begun, on="ADY", by="USUBJID")
    cycle_day = table["ADY"] - table["BEGAN"].astype("Int64") + 1
    return table.assign(CYCLE=table["CYCLE"].astype("Int64"), CYCLEDY=cycle_day, DAY=table["ADY"])


def _worst_first(rows: pd.DataFrame) -> list[str]:
    """Subjects by their worst grade after the first dose."""
    after = rows["GRADE"].where(rows["ADY"].gt(0), pd.NA)
    top = rows.assign(GRADE=after).groupby("USUBJID", as_index=False)["GRADE"].max()
    order = top.assign(TOP=top["GRADE"].fillna(-1)).sort_values(
        ["TOP", "USUBJID"], ascending=[False, True]
    )
    return [str(x) for x in order["USUBJID"]]


def _median(rows: pd.DataFrame, day: list[str]) -> pd.DataFrame:
    one = rows.dropna(subset=day).groupby([*day, "USUBJID"], as_index=False)["VALUE"].mean()
    return one.groupby(day, as_index=False).agg(MEDIAN=("VALUE", "median"), N=("VALUE", "size"))
