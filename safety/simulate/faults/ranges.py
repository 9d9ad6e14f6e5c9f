"""Reference ranges: missing, swapped, of another laboratory."""

from __future__ import annotations

from decimal import Decimal

from safety.simulate.chance import Chance
from safety.simulate.deliveries import RowVersion
from safety.simulate.faults.facts import is_normal, limits, value
from safety.simulate.faults.ground import Altered, Ground
from safety.simulate.faults.recipe import Alteration, Recipe
from safety.simulate.faults.results import text_of

# CTCAE v5.0 grades these in absolute numbers from grade 2 on; all others need their range.
ABSOLUTE = frozenset({"NEUT", "PLAT", "HGB", "WBC", "LYM"})


def _spoils(v: RowVersion) -> bool:
    return v.values["LBTESTCD"] not in ABSOLUTE


def _has_range(_: Ground, v: RowVersion) -> bool:
    between = limits(v)
    return value(v) is not None and between is not None and between[0] < between[1]


def _missing(_: Ground, v: RowVersion, __: Chance) -> Altered:
    return Altered({"LBORNRLO": "", "LBORNRHI": ""}, "reference range is missing", _spoils(v))


def _swapped(_: Ground, v: RowVersion, __: Chance) -> Altered:
    low, high = v.values["LBORNRLO"], v.values["LBORNRHI"]
    what = f"range {low}-{high} as {high}-{low}"
    return Altered({"LBORNRLO": high, "LBORNRHI": low}, what, _spoils(v))


def _other_laboratory(_: Ground, v: RowVersion, __: Chance) -> Altered | None:
    """A wider range: a normal value stays normal, whichever range is taken."""
    low, high = v.values["LBORNRLO"], v.values["LBORNRHI"]
    lower = text_of(Decimal(low) * Decimal("0.9"))
    upper = text_of(Decimal(high) * Decimal("1.1"))
    what = f"range {lower}-{upper} of another laboratory, not {low}-{high}"
    return Altered({"LBORNRLO": lower, "LBORNRHI": upper}, what, spoils=False)


def _is_normal(_: Ground, v: RowVersion) -> bool:
    return is_normal(v)


RECIPES: tuple[Recipe, ...] = (
    Alteration(20, "LB", _has_range, _missing),
    Alteration(21, "LB", _has_range, _swapped),
    Alteration(22, "LB", _is_normal, _other_laboratory, "never"),
)
