"""Adverse events by system organ class and term; each subject counted once at the worst grade."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from safety.displays.population import Chosen, Frames, Scope
from safety.displays.reported import label_key, reported, worst

ANY = "any"  # the term of a row that is of a whole class
KEYS = ["SOC", "TERM"]


@dataclass(frozen=True, slots=True)
class Count:
    """A column of counts: the field that holds it, of which level, at which worst grade."""

    field: str
    level: str
    grade: str


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """Counts of subjects.

    rows: SOC, TERM ("any": the class as a whole), SUBJECTS, PERCENT, RELATED, SERIOUS (subjects
    with such an event in the row), EVENTS, and a column a `Count` (`L1|3`). PERCENT is of `size`.
    sizes: N by level. left_out: events by reason. below: terms under the cut.
    """

    rows: pd.DataFrame
    counts: tuple[Count, ...]
    sizes: dict[str, int]
    size: int
    left_out: dict[str, int]
    below: int


def table(frames: Frames, chosen: Chosen, scope: Scope, least_percent: float = 0) -> EventTable:
    """Return the table. Frames: adverse_event, event_grade.

    A grade that is one of several (`2 or 3`) and a missing one have columns of their own.
    least_percent: terms of fewer subjects are not shown, but still count in their class.
    """
    found = reported(frames, chosen, scope)
    tops = pd.concat(
        [
            worst(found.rows, ["USUBJID", "LEVEL", *KEYS]),
            worst(found.rows.assign(TERM=ANY), ["USUBJID", "LEVEL", *KEYS]),
        ]
    )
    labels = sorted(set(tops["LABEL"]), key=label_key)
    counts = tuple(Count(f"{level}|{g}", level, g) for level in chosen.levels for g in labels)
    rows = _counted(tops, counts, len(chosen))
    cut = rows["TERM"].ne(ANY) & rows["PERCENT"].lt(least_percent)
    shown = rows[~cut].reset_index(drop=True)
    return EventTable(shown, counts, chosen.sizes, len(chosen), found.left_out, int(cut.sum()))


def _counted(tops: pd.DataFrame, counts: tuple[Count, ...], size: int) -> pd.DataFrame:
    sums = tops.groupby(KEYS).agg(
        SUBJECTS=("USUBJID", "size"), RELATED=("RELATED", "sum"),
        SERIOUS=("SERIOUS", lambda s: int(s.eq("Y").sum())), EVENTS=("EVENTS", "sum"),
    ).astype("int64")  # fmt: skip
    cells = tops.assign(FIELD=tops["LEVEL"] + "|" + tops["LABEL"]).pivot_table(
        index=KEYS, columns="FIELD", values="USUBJID", aggfunc="size", fill_value=0
    )
    cells = cells.reindex(columns=[c.field for c in counts], fill_value=0).astype("int64")
    rows = sums.join(cells).reset_index()
    percent = 100 * rows["SUBJECTS"] / max(size, 1)
    rows.insert(3, "PERCENT", percent.astype("float64").round(1))
    return _by_frequency(rows)


def _by_frequency(rows: pd.DataFrame) -> pd.DataFrame:
    """Classes of most subjects first, in each the whole class, then its terms."""
    of_class = rows[rows["TERM"].eq(ANY)].set_index("SOC")["SUBJECTS"]
    keyed = rows.assign(SIZE=rows["SOC"].map(of_class), ONE=rows["TERM"].ne(ANY))
    order = keyed.sort_values(
        ["SIZE", "SOC", "ONE", "SUBJECTS", "TERM"], ascending=[False, True, True, False, True]
    )
    return order.drop(columns=["SIZE", "ONE"]).reset_index(drop=True)
