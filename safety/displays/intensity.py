"""Relative dose intensity by drug, cycle and subject; what was expected against what was done."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from safety.displays.population import Chosen, Frames

LOW = 0.8  # below this the intensity is flagged
_SUMS = ["PLANNED", "TAKEN", "PLANNEDMG", "TAKENMG", "UNRECORDED", "REDUCEDMG"]
_WHO = ["USUBJID", "LEVEL", "DRUG"]
YES, NO, UNKNOWN = "Y", "N", "cannot be judged"


@dataclass(frozen=True, slots=True, eq=False)
class Intensity:
    """Taken / planned mg over planned time that has elapsed.

    cycles: USUBJID, LEVEL, DRUG, CYCLE, PLANNED, TAKEN (intakes), PLANNEDMG, TAKENMG, UNRECORDED
    (intakes due that no record tells of), REDUCEDMG, RDI, RDIMAX, IS_LOW, COMPLETE. RDI counts
    what is not recorded as not taken, RDIMAX as taken; both <NA> if nothing was due yet or an
    amount is not known. IS_LOW: Y, N, or cannot be judged; "" if nothing was due.
    totals: the same over all cycles of a subject and drug; amounts are <NA> if one of them is
    unknown. levels: LEVEL, DRUG, N (subjects with an RDI), UNKNOWN (without), MEDIAN, LOWEST,
    HIGHEST, IS_LOW (subjects). absent: subjects without any account.
    """

    cycles: pd.DataFrame
    totals: pd.DataFrame
    levels: pd.DataFrame
    absent: tuple[str, ...]


def intensity(frames: Frames, chosen: Chosen) -> Intensity:
    """Return the intensities. Frame: dose_account."""
    rows = chosen.of(frames["dose_account"])
    rows = rows.astype(dict.fromkeys([*_SUMS, "RDI"], "Float64") | {"CYCLE": "Int64"})
    cycles = _judged(rows).sort_values([*_WHO, "CYCLE"])
    totals = _judged(_total(rows))
    columns = [*_SUMS, "RDI", "RDIMAX", "IS_LOW", "COMPLETE"]
    return Intensity(
        cycles[[*_WHO, "CYCLE", *columns]].reset_index(drop=True),
        totals[[*_WHO, *columns]],
        _by_level(totals),
        tuple(sorted(set(chosen.table["USUBJID"]) - set(rows["USUBJID"]))),
    )


def _total(rows: pd.DataFrame) -> pd.DataFrame:
    """All cycles as one. One cycle with a due but unknown amount makes the whole unknown."""
    due = rows[rows["PLANNED"].fillna(0).gt(0) | rows["TAKEN"].fillna(0).gt(0)]
    unknown = due["RDI"].isna() & due["PLANNED"].fillna(0).gt(0)
    flagged = due.assign(UNKNOWN=unknown, COMPLETE=due["COMPLETE"].astype("str"))
    table = flagged.groupby(_WHO, as_index=False).agg(
        **{c: (c, _sum) for c in _SUMS}, UNKNOWN=("UNKNOWN", "max"), COMPLETE=("COMPLETE", "min")
    )
    ratio = table["TAKENMG"] / table["PLANNEDMG"].where(table["PLANNEDMG"].gt(0))
    unknown = table["UNKNOWN"].astype("bool")
    amounts = table[["PLANNEDMG", "TAKENMG"]].mask(unknown)
    return table.assign(RDI=ratio.mask(unknown), **amounts)


def _sum(numbers: pd.Series) -> float:
    return numbers.sum(min_count=1)


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Add RDIMAX and IS_LOW."""
    planned = rows["PLANNED"]
    share = (rows["UNRECORDED"] / planned.where(planned.gt(0))).fillna(0)
    most = rows["RDI"] + share
    low = pd.Series(UNKNOWN, index=rows.index, dtype="str")
    low = low.mask(rows["RDI"].ge(LOW).fillna(False), NO)
    low = low.mask(most.lt(LOW).fillna(False), YES)
    nothing_due = planned.fillna(0).eq(0) & rows["RDI"].isna()
    return rows.assign(RDIMAX=most, IS_LOW=low.mask(nothing_due, ""))


def _by_level(totals: pd.DataFrame) -> pd.DataFrame:
    flagged = totals.assign(FLAG=totals["IS_LOW"].eq(YES))
    table = flagged.groupby(["LEVEL", "DRUG"], as_index=False).agg(
        N=("RDI", "count"), SIZE=("RDI", "size"), MEDIAN=("RDI", "median"), LOWEST=("RDI", "min"),
        HIGHEST=("RDI", "max"), IS_LOW=("FLAG", "sum"),
    )  # fmt: skip
    table.insert(3, "UNKNOWN", table["SIZE"] - table["N"])
    return table.drop(columns="SIZE").astype({"IS_LOW": "int64"})


def deviations(frames: Frames, chosen: Chosen) -> pd.DataFrame:
    """Return what was expected against what was done. Frame: deviation.

    USUBJID, LEVEL, ONDT (YYYY-MM-DD), DRUG, KIND, EXPECTED, ACTUAL, RULE, by subject and day.
    """
    rows = chosen.of(frames["deviation"])
    columns = ["USUBJID", "LEVEL", "ONDT", "DRUG", "KIND", "EXPECTED", "ACTUAL", "RULE"]
    order = rows[columns].sort_values(["USUBJID", "ONDT", "DRUG", "KIND", "RULE"])
    return order.reset_index(drop=True)
