"""Units outside our tables: UCUM text, read with pint and ucumvert.

Sites do not write UCUM. To UCUM `C` is a coulomb, `F` a farad, `G` a gauss, `K` a kelvin, `t/L`
tonnes in a litre. So a text is only read here when it is made of the units and prefixes of a
laboratory (`_ATOMS`, `_PREFIXES`), and a count has to be one our tables have: `10^9`, `/L` or
`10*3/L` is more likely a unit that lost its litre or its power of ten. All else is no unit.

pint and ucumvert are loaded at the first text that passes this sieve: it takes over a second.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, NamedTuple

LONGEST = 40
# UCUM's case-sensitive codes, the first line with prefixes. `[iU]` is the same as `[IU]`.
_METRIC = frozenset({"g", "mol", "eq", "osm", "L", "l", "m", "s", "U", "[IU]", "[iU]", "kat", "Pa"})
_ATOMS = _METRIC | {"min", "h", "d", "10*", "10^"}
_PREFIXES = frozenset("kcdmunpf")  # M, G and T are words for counts at sites
# What is counted, or what a ratio is taken to, changes no number. `{1.73_m2}` does.
_SILENT = frozenset({"{cells}", "{cell}", "{#}", "{count}", "{creat}", "{creatinine}"})
# To pint an equivalent is a mole and an international unit is 1. What is collected in a day is
# a measurement of its own, not a flow that could be given for a minute (`data/kinds.csv`).
_APART = frozenset({"eq", "osm", "U", "[IU]", "kat", "d"})
_PART = re.compile(
    r"(?P<annotation>\{[^{}]*\})|[./()]"
    r"|(?P<token>10[*^]|[a-z]?\[[A-Za-z]+\]|[A-Za-z]+)(?P<exponent>[+-]?\d{1,2})?"
)
_COUNT = frozenset({("[length]", -3.0)})


class Signature(NamedTuple):
    """Two units convert into each other if dimension and `apart` agree; size is in base units."""

    dimension: frozenset[tuple[str, float]]
    apart: tuple[str, ...]
    size: float


def _atom(token: str, exponent: str) -> str:
    """Return the unit of a token without its prefix, or "" if it is none of a laboratory."""
    atom = token[1:] if token[0] in _PREFIXES and token[1:] in _METRIC else token
    if atom not in _ATOMS or (atom == "m" and exponent not in {"2", "3", "-2", "-3"}):
        return ""  # a metre makes areas and volumes; `m/L` is a site's word for a count
    return atom.replace("[iU]", "[IU]")


def _sieve(text: str) -> tuple[set[str], tuple[str, ...]] | None:
    """Return the units and the telling annotations of a text, or None for what we do not read."""
    if len(text) > LONGEST:
        return None
    atoms, annotations, end = set(), [], 0
    for part in _PART.finditer(text):
        if part.start() != end:
            return None
        end = part.end()
        if part["token"]:
            atoms.add(_atom(part["token"], part["exponent"] or ""))
        elif part["annotation"] and part["annotation"] not in _SILENT:
            annotations.append(part["annotation"])
    if end != len(text) or "" in atoms or atoms <= {"10*", "10^"}:
        return None
    return atoms, tuple(annotations)


@cache
def _registry() -> tuple[Any, type[Exception]]:
    errors: type[Exception] = importlib.import_module("lark.exceptions").LarkError
    return importlib.import_module("ucumvert").PintUcumRegistry(), errors


def _quantity(text: str) -> tuple[frozenset[tuple[str, float]], float] | None:
    """Return dimension and size in base units as pint has them, or None if it is not UCUM."""
    registry, lark_error = _registry()
    try:
        base = registry.from_ucum(text).to_base_units()
        size = float(base.magnitude)
    except (lark_error, ArithmeticError, AttributeError, TypeError, ValueError):
        return None
    return frozenset((name, float(power)) for name, power in base.dimensionality.items()), size


@lru_cache(maxsize=4096)
def signature(text: str) -> Signature | None:
    """Return what a UCUM text means, or None for no UCUM or no unit of a laboratory."""
    parts = _sieve(text)
    found = _quantity(text) if parts is not None else None
    if parts is None or found is None:
        return None
    atoms, annotations = parts
    dimension, size = found
    # a ratio has no dimension: grams to grams must not become moles to moles
    named = (atoms & _APART) if dimension else (atoms - {"10*", "10^"})
    return Signature(dimension, (*annotations, *sorted(named)), size)


def recognise(text: str, known: Iterable[str]) -> str | None:
    """Return the known code of the same meaning, the text itself if it is another UCUM unit,
    or None.
    """
    mine = signature(text)
    if mine is None or mine.size == 0 or any(abs(power) > 3 for _, power in mine.dimension):
        return None
    for code in known:
        other = signature(code)
        if other and other[:2] == mine[:2] and math.isclose(other.size, mine.size, rel_tol=1e-9):
            return code
    return None if mine.dimension == _COUNT and not mine.apart else text


def ratio(source: str, target: str) -> float | None:
    """Return how many `target` one `source` is, or None where they are of different kinds."""
    if _sieve(source) is None or _sieve(target) is None:
        return None  # without loading a parser
    one, other = signature(source), signature(target)
    if one is None or other is None or one[:2] != other[:2] or not other.size:
        return None
    size = one.size / other.size
    rounded = float(f"{size:.12g}")  # 1000.0000000000001 is pint's way of writing 1000
    return rounded if math.isclose(rounded, size, rel_tol=1e-14) else size
