"""Units as data: spellings to UCUM, and exact factors between units of one analyte.

A unit that is neither in `data/units.csv` nor laboratory UCUM is never guessed (principle 4).
Factors within a kind (`data/kinds.csv`) are exact by definition and need no analyte; the others
are in `data/conversions.csv`, each with its basis (molar mass, valence).
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from safety.ctcae import ucum
from safety.ctcae.rows import read_rows

# Letter case decides here: G, M and T a litre are counts (giga, mega, tera), g/L are grams; M is
# molar where m is a metre.
_CASE_TELLS = frozenset({"g/l", "m/l", "t/l", "g", "m", "mm", "um", "nm"})
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_LOOKALIKES = str.maketrans({"º": "°", "˚": "°", "×": "x", "·": ".", "⋅": ".", "∙": ".", "−": "-"})
# Ways of writing one and the same unit; each leaves the unit as it is.
_REWRITES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"μ(?=[A-Za-z])", "u"),  # NFKC makes the micro sign a Greek mu
        (r"(?<![A-Za-z]) | (?![A-Za-z])", ""),  # a space between two words stays
        (r"^[xX*](?=10)", ""),
        (r"10(?:\*\*|[*eE])0?(?=\d)", "10^"),
        (r"10\((\d+)\)", r"10^\1"),
        (r"(?<=m)\^(?=[23])", ""),
        (r"(?<=\d)h(?:rs?|ours?)$", "h"),
        (r"^([mu]?g/(?:m?g|mmol)) ?(?i:cr|crea|creat|creatinine)$", r"\1"),
    )
)


class Conversion(NamedTuple):
    """to = from x factor + offset."""

    factor: float
    offset: float


class _Exact(NamedTuple):
    factor: Fraction
    offset: Fraction

    def inverse(self) -> _Exact:
        return _Exact(1 / self.factor, -self.offset / self.factor)

    def then(self, other: _Exact) -> _Exact:
        return _Exact(self.factor * other.factor, self.offset * other.factor + other.offset)


def tidy(spelling: str) -> str:
    """Return a unit text with the typography of sites evened out; letter case is kept."""
    text = re.sub(r"(?<=10) ?[⁰¹²³⁴-⁹⁻⁺]+", lambda m: "^" + m[0].strip(), spelling)
    text = text.translate(_SUPERSCRIPT).translate(_LOOKALIKES)
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text


@cache
def _spellings() -> dict[str, str]:
    return {r["spelling"]: r["ucum"] for r in read_rows("units.csv")}


@cache
def _tidied() -> dict[str, str]:
    return {tidy(spelling): code for spelling, code in _spellings().items()}


@cache
def _folded() -> dict[str, str]:
    """Spellings without case, where case does not tell two units apart."""
    found: dict[str, set[str]] = {}
    for spelling, code in _tidied().items():
        found.setdefault(spelling.casefold(), set()).add(code)
    return {k: next(iter(v)) for k, v in found.items() if len(v) == 1 and k not in _CASE_TELLS}


@cache
def _codes() -> frozenset[str]:
    return frozenset(_spellings().values())


@lru_cache(maxsize=4096)
def to_ucum(spelling: str) -> str | None:
    """Return the UCUM code of a unit as a site spelled it, or None if nobody knows it.

    The spellings of `units.csv` win over every other reading; letter case is ignored only where
    no two units differ by it. What is left is read as UCUM (`ucum.recognise`): a code of ours if
    it means exactly that, else the text as it is, which `conversion` understands.
    """
    stripped = spelling.strip()
    if not stripped or len(stripped) > ucum.LONGEST:
        return None
    exact = _spellings().get(stripped)
    if exact is not None:
        return exact
    if stripped in _codes():
        return stripped
    text = tidy(stripped)
    found = _tidied().get(text) or _folded().get(text.casefold())
    return found or ucum.recognise(text, _own_codes())


@cache
def _kinds() -> dict[str, tuple[str, _Exact]]:
    """Kind of each UCUM code, and how to get to the first unit of the kind."""
    return {
        r["ucum"]: (r["kind"], _Exact(Fraction(r["factor"]), Fraction(r["offset"])))
        for r in read_rows("kinds.csv")
    }


@cache
def _own_codes() -> tuple[str, ...]:
    """Return the codes `to_ucum` gives, those of units that have a kind first."""
    given = (code for code in _kinds() if _spellings().get(code, code) == code)
    return tuple(dict.fromkeys([*given, *sorted(set(_spellings().values()))]))


def _within_kind(source: str, target: str) -> _Exact | None:
    if source == target:
        return _Exact(Fraction(1), Fraction(0))
    one, other = _kinds().get(source), _kinds().get(target)
    if one and other:
        return one[1].then(other[1].inverse()) if one[0] == other[0] else None
    if (one or source not in _codes()) and (other or target not in _codes()):
        size = ucum.ratio(source, target)
        return None if size is None else _Exact(Fraction(size), Fraction(0))
    return None


def same_kind(source: str, target: str) -> bool:
    """Whether two UCUM units convert by definition, whatever the analyte (mg/dL and g/L)."""
    return _within_kind(source, target) is not None


@cache
def _table() -> dict[str, list[tuple[str, str, _Exact, bool]]]:
    """Rows of `conversions.csv` by test code, both ways; the last says if others may join."""
    table: dict[str, list[tuple[str, str, _Exact, bool]]] = {}
    for r in read_rows("conversions.csv"):
        step = _Exact(Fraction(r["factor"]), Fraction(r["offset"]))
        # a prothrombin ratio is an INR, a prothrombin time in percent is not
        joins = r["basis"] != "dimensionless"
        rows = table.setdefault(r["testcd"], [])
        rows.append((r["from_ucum"], r["to_ucum"], step, joins))
        rows.append((r["to_ucum"], r["from_ucum"], step.inverse(), joins))
    return table


def _through_the_table(testcd: str, source: str, target: str) -> _Exact | None:
    """At most one row of the table, with steps inside a kind before and after it."""
    for start, end, step, joins in _table().get(testcd, ()):
        if joins:
            before, after = _within_kind(source, start), _within_kind(end, target)
            if before and after:
                return before.then(step).then(after)
        elif (start, end) == (source, target):
            return step
    return None


@lru_cache(maxsize=65536)
def conversion(testcd: str, source: str, target: str) -> Conversion | None:
    """Return how to go from one UCUM unit to another for an analyte, or None if unknown.

    By definition within a kind, else through one row of the analyte: the first in the order of
    the table. Never through two: from meq/L of magnesium there is mmol/L, and no mg/dL.
    """
    found = _within_kind(source, target) or _through_the_table(testcd, source, target)
    return Conversion(float(found.factor), float(found.offset)) if found else None
