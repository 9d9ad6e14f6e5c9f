"""Why a dose-limiting rule was not said as it should be, in words."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from safety.simulate.score import planted
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import over

SHOWN = 2  # held rows that a reason names


def reason(
    of: tuple[str, str], days: Sequence[str], truth: Truth, said: Published, at: str | None = None
) -> str:
    """Return what toxwatch said of a rule on a day (the first), what it held, what was planted.

    of: subject and rule. days: on which truth and toxwatch differ.
    """
    usubjid, rule = of
    day = at or days[0]
    rows = [
        r for r in said.by("rule_result", "USUBJID", usubjid)
        if r["RULE"] == rule and r["KIND"] == "dose_limiting" and r["SPAN"].holds(day)
    ]  # fmt: skip
    # of the two results of a rule (in and after the window) the one that says something
    told = [_told(r) for r in rows if _speaks(r)] or [_told(r) for r in rows[:1]]
    held = said.held_of(usubjid, over(days))
    if held:
        more = f" and {len(held) - SHOWN} more" if len(held) > SHOWN else ""
        told.append(f"held: {', '.join(held[:SHOWN])}{more}")
    faults = planted.beside(truth, usubjid, days, _judged(rows))
    return "; ".join(told or ["toxwatch says nothing of it"]) + planted.note(faults)


def _speaks(row: Row) -> bool:
    return bool(row["STATE"] == "met" or row["TERMS"] != "[]" or row["MISSING"] != "[]")


def _judged(rows: Sequence[Row]) -> Collection[str]:
    return {e["record"] for r in rows for e in json.loads(r["EVIDENCE"]) if "record" in e}


def _told(row: Row) -> str:
    missing = "; ".join(json.loads(row["MISSING"]))
    terms = ", ".join(json.loads(row["TERMS"]))
    of = f" ({terms})" if terms else ""
    when = " after the window" if row["LATE"] == "Y" else ""
    return f"toxwatch says {row['STATE']}{of}{when}" + (f": {missing}" if missing else "")
