"""When events began and how long they lasted, with bounds where dates are partial."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from safety.displays.days import gap
from safety.displays.population import Chosen, Frames, Scope
from safety.displays.reported import reported

ENDED = frozenset({"RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE", "FATAL"})
_COLUMNS = [
    "USUBJID", "LEVEL", "SOC", "TERM", "LABEL", "MINGR", "MAXGR", "RELATED", "SERIOUS", "ASTDY",
    "ASTDYMIN", "ASTDYMAX", "DURMIN", "DURMAX", "END", "KEY",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """Onset and duration, one row an event.

    rows: USUBJID, LEVEL, SOC, TERM, LABEL, MINGR, MAXGR, RELATED, SERIOUS, ASTDY (study day, <NA>
    unless exact) with ASTDYMIN and ASTDYMAX, DURMIN and DURMAX (days, both ends included; <NA>:
    no bound), END, KEY. END: dated; ongoing (no end by as_of: DURMIN is up to then); not told (it
    ended, nobody says when); contradicted (it ends before it begins: no duration).
    undated: events without any onset date. left_out: events by reason.
    """

    rows: pd.DataFrame
    undated: int
    left_out: dict[str, int]


def onsets(frames: Frames, chosen: Chosen, scope: Scope, as_of: str) -> Onsets:
    """Return onset and duration of the events of a scope. Frames: adverse_event, event_grade.

    as_of: YYYY-MM-DD.
    """
    found = reported(frames, chosen, scope)
    rows = found.rows
    least, most, end = _durations(rows, as_of)
    table = rows.assign(DURMIN=least, DURMAX=most, END=end)[_COLUMNS]
    order = table.sort_values(["USUBJID", "ASTDYMIN", "TERM", "KEY"]).reset_index(drop=True)
    return Onsets(order, int(rows["STDTMIN"].isna().sum()), found.left_out)


def _durations(rows: pd.DataFrame, as_of: str) -> tuple[pd.Series, pd.Series, pd.Series]:
    has_end, ended = rows["ENDTMIN"].notna(), rows["AEOUT"].isin(ENDED)
    least = gap(rows["STDTMAX"], rows["ENDTMIN"]) + 1
    most = gap(rows["STDTMIN"], rows["ENDTMAX"]) + 1
    until_now = gap(rows["STDTMAX"], pd.Series(as_of, index=rows.index)) + 1
    goes_on = ~has_end & ~ended
    least = least.mask(goes_on, until_now)
    least = least.mask(~has_end & ended & rows["STDTMIN"].notna(), 1)
    impossible = most.lt(1).fillna(False)
    end = pd.Series("dated", index=rows.index, dtype="str")
    end = end.mask(~has_end & ended, "not told").mask(goes_on, "ongoing")
    end = end.mask(impossible, "contradicted")
    return least.clip(lower=1).mask(impossible), most.mask(impossible), end
