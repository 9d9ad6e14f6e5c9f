"""Which subjects a display is of, and which of their events: every table names both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

Frames = Mapping[str, pd.DataFrame]
NO_LEVEL = "(no level)"
_BELOW = re.compile(r"[A-Za-z]{0,2}(-\d+)")  # L-1: the level below the first
_PLANNED = ["ACTARM", "ARM", "ACTARMCD", "ARMCD"]  # what stands for a level where there is none


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at. `levels` choose the subjects, and so the denominators; the others events.

    levels: every one if empty. related: only events that are not attributed as unrelated.
    least_grade: only events that have, or may have, this grade. emergent: not those that surely
    began before the first dose or after the treatment-emergent period.
    """

    levels: tuple[str, ...] = ()
    related: bool = False
    serious: bool = False
    least_grade: int = 0
    emergent: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The subjects of a display.

    table: USUBJID, LEVEL, TRTSDT, TRTEDT (YYYY-MM-DD), by level and subject. levels: in order, also
    one that was asked for and has nobody. treated: all that there are; untreated: subjects without
    a first dose, who are in no display.
    """

    table: pd.DataFrame
    levels: tuple[str, ...]
    treated: int
    untreated: int

    def __len__(self) -> int:
        return len(self.table)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of subjects by level."""
        counts = self.table["LEVEL"].value_counts()
        return {level: int(counts.get(level, 0)) for level in self.levels}

    @property
    def text(self) -> str:
        """The denominator in words."""
        besides = f"; {self.untreated:,} not treated" if self.untreated else ""
        return f"{len(self):,} of {self.treated:,} treated subjects{besides}"

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of these subjects, with their LEVEL and first dose."""
        own = self.table[["USUBJID", "LEVEL", "TRTSDT"]]
        return texts(rows).merge(own, on="USUBJID", validate="many_to_one")


def texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with columns that hold nothing as text: a database tells no type of them."""
    untyped = [c for c in rows.columns if rows[c].dtype == "object"]
    return rows.astype(dict.fromkeys(untyped, "str"))


def subjects(frames: Frames, scope: Scope, order: Sequence[str] = ()) -> Chosen:
    """Return the treated subjects of a scope. Frames: subject, exposure, verdict.

    order: the study's dose levels, lowest first; others follow, by the numbers in their names.
    """
    exposure = texts(frames["exposure"][["USUBJID", "TRTSDT", "TRTEDT"]])
    people = texts(frames["subject"][["USUBJID", *_PLANNED]].drop_duplicates("USUBJID"))
    table = people.merge(exposure, on="USUBJID", how="left", validate="one_to_one")
    table = table.assign(LEVEL=_levels(table, frames["verdict"]))
    given = table[table["TRTSDT"].notna()].astype({"TRTSDT": "str", "TRTEDT": "str"})
    kept = given[given["LEVEL"].isin(scope.levels)] if scope.levels else given
    levels = ordered([*scope.levels, *kept["LEVEL"]], order)
    rank = kept["LEVEL"].map({level: i for i, level in enumerate(levels)})
    by_level = kept.assign(RANK=rank).sort_values(["RANK", "USUBJID"]).reset_index(drop=True)
    columns = ["USUBJID", "LEVEL", "TRTSDT", "TRTEDT"]
    return Chosen(by_level[columns], levels, len(given), len(table) - len(given))


def _levels(table: pd.DataFrame, verdicts: pd.DataFrame) -> pd.Series:
    """The dose level by the verdict; the arm only where nobody in the study has a level."""
    known = verdicts[verdicts["DOSELVL"].fillna("").ne("")].drop_duplicates("USUBJID")
    if len(known):
        found = table["USUBJID"].map(known.set_index("USUBJID")["DOSELVL"])
        return found.astype("str").fillna(NO_LEVEL)
    named = table[_PLANNED].astype("str")
    found = named.mask(named.eq("")).bfill(axis=1)[_PLANNED[0]]
    return found.astype("str").fillna(NO_LEVEL)


def ordered(levels: Sequence[str], order: Sequence[str] = ()) -> tuple[str, ...]:
    """Return levels once each: those of the study's order first, then by their numbers."""
    rank = {level: i for i, level in enumerate(order)}
    unique = set(levels)
    return tuple(sorted(unique, key=lambda x: (rank.get(x, len(rank)), _natural(x))))


def _natural(level: str) -> tuple[bool, int, list[tuple[bool, int, str]]]:
    below = _BELOW.fullmatch(level)
    parts = [(not p.isdecimal(), int(p) if p.isdecimal() else 0, p)
             for p in re.split(r"(\d+)", level)]  # fmt: skip
    return below is None, int(below[1]) if below else 0, parts
