"""Units as data: spellings to UCUM, and exact factors between units of one analyte.

A unit that is not in the table is never guessed (principle 4). Factors come from
`data/conversions.csv`, each with its basis (molar mass, definition); powers of ten between
units of the same kind are exact and need no analyte.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from safety.ctcae.criteria import _rows

# Units of one kind, as multiples of the first; exact by definition.
_KINDS: tuple[dict[str, float], ...] = (
    {"10*9/L": 1.0, "10*6/L": 1e-3, "10*8/L": 0.1, "10*12/L": 1e3},
    {"g/L": 1.0, "g/dL": 10.0, "mg/dL": 0.01, "mg/L": 1e-3, "ug/dL": 1e-5, "ug/L": 1e-6},
    {"mmol/L": 1.0, "umol/L": 1e-3, "nmol/L": 1e-6, "pmol/L": 1e-9},
    {"U/L": 1.0, "[IU]/L": 1.0},
    {"m[IU]/L": 1.0, "mU/L": 1.0, "u[IU]/mL": 1.0},
    {"s": 1000.0, "ms": 1.0},
    {"mL/d": 1.0, "mL/(24.h)": 1.0},
)


class Conversion(NamedTuple):
    """to = from x factor + offset."""

    factor: float
    offset: float


@cache
def _spellings() -> dict[str, str]:
    return {r["spelling"]: r["ucum"] for r in _rows("units.csv")}


@cache
def _folded() -> dict[str, str]:
    """Spellings without case, where case does not tell two units apart."""
    found: dict[str, set[str]] = {}
    for spelling, ucum in _spellings().items():
        found.setdefault(spelling.casefold(), set()).add(ucum)
    return {k: next(iter(v)) for k, v in found.items() if len(v) == 1}


def to_ucum(spelling: str) -> str | None:
    """Return the UCUM code of a unit as a site spelled it, or None if nobody knows it.

    The exact spelling wins; letter case is ignored only where no two units differ by case.
    """
    text = " ".join(spelling.split())
    exact = _spellings().get(text)
    if exact is not None:
        return exact
    if text in _ucum_codes():
        return text
    return _folded().get(text.casefold())


@cache
def _ucum_codes() -> frozenset[str]:
    return frozenset(_spellings().values())


@cache
def _table() -> dict[tuple[str, str, str], Conversion]:
    table: dict[tuple[str, str, str], Conversion] = {}
    for r in _rows("conversions.csv"):
        factor, offset = float(r["factor"]), float(r["offset"])
        table[r["testcd"], r["from_ucum"], r["to_ucum"]] = Conversion(factor, offset)
        table[r["testcd"], r["to_ucum"], r["from_ucum"]] = Conversion(1 / factor, -offset / factor)
    return table


@cache
def conversion(testcd: str, source: str, target: str) -> Conversion | None:
    """Return how to go from one UCUM unit to another for an analyte, or None if unknown."""
    if source == target:
        return Conversion(1.0, 0.0)
    for kind in _KINDS:
        if source in kind and target in kind:
            return Conversion(kind[source] / kind[target], 0.0)
    return _table().get((testcd, source, target))
