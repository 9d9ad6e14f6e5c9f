"""Alerts of held rows: what some plausible reading makes severe, or what a DLT rule would read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safety.alerts.fact import AlertFact, Results, alert, either
from safety.study.model import Study
from safety.worklist.facts import natural

HELD = "HELD4"
CERTAIN_DEATH = "5"  # every reading of a held row is of grade 5


def derive(results: Results, study: Study) -> Iterator[AlertFact]:
    """Yield one alert a held row and term, never verified."""
    for row in results.held.to_dict("records"):
        possibly = f": possibly grade {either(row['GRADES'])}" if row["GRADES"] else ""
        lines = [
            f"{row['TERM']}{possibly} in a held row",
            f"As received: {row['VALUE']}",
            f"Held because: {row['REASON']}",
            f"Source {row['SRCFILE']} row {row['SRCROW']}",
        ]
        level = int(row["GRADES"][-1]) if row["GRADES"] else 0
        verified = False
        yield alert(study, row["USUBJID"], HELD, episode(row), tier(row), level, verified, lines)


def tier(row: dict[str, Any]) -> str:
    """Return the tier of the alert of a held row."""
    return "P1" if row["GRADES"] == CERTAIN_DEATH else "P2"


def episode(row: dict[str, Any]) -> str:
    """Return what stays the same of a held row when its content changes: `row#term`.

    A row whose natural key lacks a part may be any other one: it is known by its content too.
    """
    known = natural(row["KEY"])
    is_whole = known != "" and "" not in known.split("|")
    return f"{known if is_whole else row['KEY']}#{row['TERM'].replace('#', ' ')}"
