"""Rows of treated subjects in a snapshot."""

from __future__ import annotations

from tests.snapshots.world import verdict

CLOSED, OPEN = "2024-03-22", "2024-04-10"


def person(number: int, outcome: str = "NO_DLT", level: str = "L1", **changes):
    content = {"EVALUABLE": "" if outcome in ("PENDING", "INDETERMINATE") else "Y",
               "CLOSES": OPEN if outcome == "PENDING" else CLOSED, "DOSELVL": level,
               "REASON": "not decided: to day 21", "LATE": ""}  # fmt: skip
    return verdict(f"S{number}", outcome, **(content | changes))


def exposed(number: int, first_dose: str, **changes):
    row = {"KEY": f"S{number}", "USUBJID": f"S{number}", "TRTSDT": first_dose, "DOSES": 0}
    return row | changes
