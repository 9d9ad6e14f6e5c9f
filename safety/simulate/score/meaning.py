"""Whether a value means what it should, by conversion factors of the scorer's own.

Factors: data_model_and_faults.md, section 4 (units to SI).
"""

from __future__ import annotations

import re

Value = tuple[float, str]  # number, unit
CLOSE = 0.01  # conversion factors and converted values are rounded
NUMBER = re.compile(r"^\s*([-+]?\d+(?:\.\d+)?)(?:\s+(\S.*))?$")
CELLS = {"10^9/l": 1.0, "10^3/ul": 1.0, "k/ul": 1.0, "x10e3/ul": 1.0, "10^3/mm3": 1.0,
         "/mm3": 0.001, "/ul": 0.001, "10^6/l": 0.001}  # fmt: skip
MASS = {
    "BILI": 17.104,
    "CREAT": 88.42,
    "URATE": 59.48,
    "GLUC": 55.5,
    "CA": 249.5,
    "MG": 411.4,
    "PHOS": 322.9,
    "CHOL": 25.86,
    "TRIG": 11.29,
}  # fmt: skip  umol/L in 1 mg/dL


def value(text: str) -> Value | None:
    """Return the number and unit of a text such as `1.2 10^9/L`, None for anything else."""
    found = NUMBER.match(text)
    return (float(found.group(1)), found.group(2) or "") if found else None


def agrees(test: str, wanted: Value, said: Value) -> bool:
    """Return whether what was said means what is wanted; not so if their units cannot be compared.

    A unit that is missing on one side is that of the other.
    """
    (a, unit), (b, other) = _common(test, wanted), _common(test, said)
    return (unit == other or not unit or not other) and abs(a - b) <= CLOSE * max(abs(a), 1e-9)


def _common(test: str, said: Value) -> Value:
    """Return a value in the unit that all units of its kind are brought to."""
    number, unit = said[0], said[1].strip().casefold().replace("*", "^").replace(" ", "")
    if unit in CELLS:
        return number * CELLS[unit], "10^9/l"
    if unit == "mg/dl" and test in MASS:
        return number * MASS[test], "umol/l"
    if unit in {"umol/l", "μmol/l", "µmol/l"}:
        return number, "umol/l"
    same = {
        "mmol/l": (1000.0, "umol/l"), "g/dl": (10.0, "g/l"), "kpa": (7.5006, "mmhg"),
        "mm[hg]": (1.0, "mmhg"), "cel": (1.0, "c"),
    }  # fmt: skip
    if unit in {"f", "[degf]"}:
        return (number - 32) / 1.8, "c"
    factor, common = same.get(unit, (1.0, unit))
    return number * factor, common
