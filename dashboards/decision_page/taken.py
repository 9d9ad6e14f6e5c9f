"""How much of each drug was taken in the first cycle, and why the rest was missed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboards.i18n import t
from dashboards.view import View

Key = tuple[str, str]  # subject, drug


@dataclass(frozen=True, slots=True)
class Taken:
    """said: the share of the plan in words. missed: planned doses that were missed, by reason."""

    said: str
    missed: str


def of_cycle_one(view: View) -> tuple[Mapping[Key, Taken], list[str]]:
    """Return what was taken in cycle 1 by subject and drug, and the drugs."""
    rows = view.frame("dose_account")
    first = rows[rows["CYCLE"].eq(1)]
    found = {(row["USUBJID"], row["DRUG"]): _taken(row) for row in first.to_dict("records")}
    return found, sorted({drug for _, drug in found})


def _taken(row: Mapping[Any, Any]) -> Taken:
    reasons = json.loads(row["MISSED"] or "{}")
    missed = ", ".join(f"{amount:g} {reason}" for reason, amount in sorted(reasons.items()))
    return Taken(_share(row), missed)


def _share(row: Mapping[Any, Any]) -> str:
    """Return the share by mg, by intakes where the mg are not known."""
    in_mg = bool(row["PLANNEDMG"]) and not pd.isna(row["PLANNEDMG"]) and not pd.isna(row["TAKENMG"])
    had, planned = (row["TAKENMG"], row["PLANNEDMG"]) if in_mg else (row["TAKEN"], row["PLANNED"])
    if pd.isna(had) or pd.isna(planned) or not planned:
        return t("not known")
    said = [f"{had / planned:.0%}"]
    said += [] if in_mg else [t("of intakes")]
    if row["UNRECORDED"] and not pd.isna(row["UNRECORDED"]):
        said.append(t("{n} without a record", n=f"{row['UNRECORDED']:g}"))
    said += [] if row["COMPLETE"] == "Y" else [t("so far")]
    return ", ".join(said)
