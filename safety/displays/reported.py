"""Adverse events in one form, narrowed by a scope. What a scope leaves out is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from safety.displays.population import Chosen, Frames, Scope, texts

ANY_GRADE = "1|2|3|4|5"
MISSING = "missing"  # any grade is possible: none was reported, and nothing narrows it
NO_SOC = "(no system organ class)"
_GRADED = ["KEY", "POSSIBLE", "REL", "TRTEMFL", "ASTDY", "ASTDYMIN", "ASTDYMAX"]


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """Events, one row each, and how many were left out for which reason.

    rows: KEY, USUBJID, LEVEL, TRTSDT, SOC, TERM, POSSIBLE (`3|4`), MINGR, MAXGR, LABEL (`3`,
    `3 or 4`, `missing`), RELATED, SERIOUS, ASTDY, ASTDYMIN, ASTDYMAX and the columns of
    adverse_event.
    """

    rows: pd.DataFrame
    left_out: dict[str, int]


def reported(frames: Frames, chosen: Chosen, scope: Scope) -> Reported:
    """Return the events of a scope. Frames: adverse_event, event_grade.

    Without an attribution an event counts as related. RELATED is True or False; SERIOUS is Y, N or
    "" where it is not told: the scope `serious` leaves that out, and counts it.
    """
    rows = _events(frames, chosen)
    serious = rows["SERIOUS"]
    steps = (
        (scope.emergent, rows["TRTEMFL"].ne("N"), "not treatment-emergent"),
        (scope.related, rows["RELATED"], "attributed as not related"),
        (scope.serious, serious.ne("N"), "not serious"),
        (scope.serious, serious.ne(""), "seriousness not told"),
        (scope.least_grade > 0, rows["MAXGR"].ge(scope.least_grade),
         f"below grade {scope.least_grade}"),
    )  # fmt: skip
    left_out: dict[str, int] = {}
    kept = pd.Series(data=True, index=rows.index)
    for is_asked, keep, reason in steps:
        lost = int((kept & ~keep).sum()) if is_asked else 0
        if lost:
            left_out[reason] = lost
            kept &= keep
    return Reported(rows[kept].reset_index(drop=True), left_out)


def _events(frames: Frames, chosen: Chosen) -> pd.DataFrame:
    graded = texts(frames["event_grade"][_GRADED])
    events = texts(frames["adverse_event"])
    rows = chosen.of(events.merge(graded, on="KEY", how="left", validate="one_to_one"))
    possible = rows["POSSIBLE"].astype("str").replace("", pd.NA).fillna(ANY_GRADE)
    term = rows["AEDECOD"].astype("str").fillna(rows["AETERM"].astype("str"))
    serious = rows["AESER"].astype("str")
    return rows.assign(
        TERM=term.fillna("(no term)"),
        SOC=rows["AEBODSYS"].astype("str").fillna(NO_SOC),
        POSSIBLE=possible,
        MINGR=possible.str.split("|").str[0].astype("int64"),
        MAXGR=possible.str.split("|").str[-1].astype("int64"),
        LABEL=possible.map(label).astype("str"),
        RELATED=rows["REL"].astype("str").ne("N"),
        SERIOUS=serious.where(serious.isin(["Y", "N"]), ""),
        **{c: rows[c].astype("Int64") for c in ("ASTDY", "ASTDYMIN", "ASTDYMAX")},
    )


def label(possible: str) -> str:
    """Return possible grades `3|4` in words: `3 or 4`; `missing` where any grade is possible."""
    return MISSING if possible == ANY_GRADE else possible.replace("|", " or ")


def label_key(text: str) -> tuple[int, list[int]]:
    """Order of labels: by their highest grade; missing last."""
    if text == MISSING:
        return 6, []
    grades = [int(g) for g in text.split(" or ")]
    return max(grades), grades


def worst(rows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return one row a key: its worst event, the events, and whether any is related or serious.

    Of two events the worse is that with the higher possible grade, then the higher sure one.
    """
    ordered = rows.sort_values([*keys, "MAXGR", "MINGR", "POSSIBLE", "KEY"])
    table = ordered.groupby(list(keys), as_index=False).agg(
        POSSIBLE=("POSSIBLE", "last"), MINGR=("MINGR", "last"), MAXGR=("MAXGR", "last"),
        LABEL=("LABEL", "last"), RELATED=("RELATED", "max"), SERIOUS=("SERIOUS", "max"),
        EVENTS=("KEY", "size"),
    )  # fmt: skip
    return table.astype({"RELATED": "bool", "POSSIBLE": "str", "LABEL": "str", "SERIOUS": "str"})
