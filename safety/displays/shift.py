"""Baseline grade against the worst grade after the first dose, by term, direction and level."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from safety.displays.population import Chosen, Frames

NOT_GRADED, MISSING = "not graded", "missing"
NO_VALUE = "no value after"
GRADES = ("0", "1", "2", "3", "4")
BASES = (*GRADES, NOT_GRADED, MISSING)
WORSTS = (*GRADES, NOT_GRADED, NO_VALUE)
_TERM = ["TERM", "DIRECTION"]
_ONE = ["USUBJID", *_TERM]


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """Shifts of every term that was measured in any of the subjects.

    cells: TERM, DIRECTION, LEVEL, BASE (one of BASES), WORST (one of WORSTS), SUBJECTS, above 0
    only; those of a term and level add up to its N. subjects: one row a subject and term, with
    UNGRADED: values after without a grade. sizes: N by level.

    BASE is the grade of the worst value's own baseline; "not graded": there is a baseline value,
    without a grade; "missing": there is none. WORST is the highest grade of the treatment-emergent
    period, whether worse than the baseline or not.
    """

    cells: pd.DataFrame
    subjects: pd.DataFrame
    sizes: dict[str, int]

    def square(self, term: str, direction: str, level: str | None = None) -> pd.DataFrame:
        """Return the shifts of a term, BASES by WORSTS, zeros too; of all levels if None."""
        own = self.cells[self.cells["TERM"].eq(term) & self.cells["DIRECTION"].eq(direction)]
        here = own if level is None else own[own["LEVEL"].eq(level)]
        sums = here.pivot_table(
            index="BASE", columns="WORST", values="SUBJECTS", aggfunc="sum", fill_value=0
        )
        return sums.reindex(index=BASES, columns=WORSTS, fill_value=0).astype("int64")


def shifts(frames: Frames, chosen: Chosen) -> Shifts:
    """Return the shifts. Frames: worst_grade, grade."""
    after = chosen.of(frames["worst_grade"])[[*_ONE, "BASEGR", "WORSTGR", "UNGRADED"]]
    graded = chosen.of(frames["grade"])
    before = _baselines(graded[graded["ABLFL"].eq("Y")])
    terms = pd.concat([after[_TERM], before[_TERM]]).drop_duplicates().sort_values(_TERM)
    people = chosen.table[["USUBJID", "LEVEL"]]
    table = terms.merge(people, how="cross").merge(
        after.assign(SEEN=True), on=_ONE, how="left", validate="one_to_one"
    ).merge(before, on=_ONE, how="left", validate="one_to_one")  # fmt: skip
    seen = table["SEEN"].eq(True)
    base = table["BASEGR"].astype("Int64").where(seen, table["OWN"].astype("Int64"))
    table["BASE"] = _named(base, table["HAS"].eq(True).map({True: NOT_GRADED, False: MISSING}))
    none = seen.map({True: NOT_GRADED, False: NO_VALUE})
    table["WORST"] = _named(table["WORSTGR"].astype("Int64"), none)
    table["UNGRADED"] = table["UNGRADED"].fillna(0).astype("int64")
    keys = [*_TERM, "LEVEL", "BASE", "WORST"]
    cells = table.groupby(keys, as_index=False).agg(SUBJECTS=("USUBJID", "size"))
    columns = [*_ONE, "LEVEL", "BASE", "WORST", "UNGRADED"]
    return Shifts(cells, table[columns].reset_index(drop=True), chosen.sizes)


def _baselines(rows: pd.DataFrame) -> pd.DataFrame:
    """The worst baseline grade of a subject and term (OWN), and that there is a baseline (HAS)."""
    graded = rows.assign(OWN=rows["ATOXGR"].astype("Int64"))
    return graded.groupby(_ONE, as_index=False).agg(OWN=("OWN", "max")).assign(HAS=True)


def _named(grade: pd.Series, missing: pd.Series) -> pd.Series:
    return grade.astype("str").where(grade.notna(), missing).astype("str")
