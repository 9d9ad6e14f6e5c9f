"""One row of the criteria table said in our own words, for people. NCI's sentences are not used."""

from __future__ import annotations

from typing import NamedTuple

from safety.ctcae.criteria import Bound, Clause, facts

# How a distance is named after its number; the others compare the value itself.
_DISTANCES = {
    "ULN+": "above ULN",
    "LLN-": "below LLN",
    "BASE+": "above baseline",
    "BASE-": "below baseline",
    "PCTINC": "above baseline",
    "PCTDEC": "below baseline",
}
_REFERENCES = {
    "xULN": "ULN",
    "xLLN": "LLN",
    "xBASE": "baseline",
    "xMI_CUTOFF": "the level of infarction that the assay's maker gives",
}
_CONDITIONS = {
    "baseline_normal": "if the baseline was normal",
    "baseline_abnormal": "if the baseline was abnormal",
    "abnormal": "if the value is abnormal",
    "no_baseline": "if there is no baseline",
    "on_anticoagulation": "if on anticoagulation",
    "not_on_anticoagulation": "if not on anticoagulation",
}
_UNITS = {
    "Cel": "°C",
    "[degF]": "°F",
    "mm[Hg]": "mmHg",
    "mL/min/mm[Hg]": "mL/min/mmHg",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mL/{1.73_m2}/d": "mL/1.73 m²/day",
    "mL/(8.h)": "mL in 8 h",
    "mL/(12.h)": "mL in 12 h",
    "mL/(24.h)": "mL in 24 h",
    "kg/m2": "kg/m²",
    "10*9/L": "10^9/L",
    "10*6/L": "10^6/L",
    "{#}/d": "a day",
    "{plus}": "+",
    "{INR}": "",
    "{score}": "",
    "[pH]": "",
}
_PERCENTILES = "percentiles of blood pressure for age, sex and height, which CTCAE does not contain"


class _Side(NamedTuple):
    """One limit: "above" "3" "times ULN". `amount` is empty where the reference says it all."""

    word: str
    amount: str
    tail: str


def unit_name(ucum: str) -> str:
    """Return a unit as people write it; units not listed are written as they are."""
    return _UNITS.get(ucum, ucum)


def clause(row: Clause, direction: str) -> str:
    """Say a clause: its limits, the baseline it needs and the fact that must hold as well."""
    parts = [_limits(row, direction)]
    if row.baseline in _CONDITIONS and row.baseline != row.fact:
        parts.append(_CONDITIONS[row.baseline])
    if row.fact_role == "and":
        parts.append(f"and {fact(row)}")
    return ", ".join(parts)


def fact(row: Clause) -> str:
    """Say the clinical fact of a clause."""
    return facts()[row.fact].wording


def _limits(row: Clause, direction: str) -> str:
    if "BP_PERCENTILE" in row.refs:
        both = row.lower is not None and row.upper is not None
        return f"{'between' if both else 'above'} {_PERCENTILES}"
    if row.lower is not None and row.lower == row.upper:
        return _joined([_Side("exactly", *_measured(row.lower, row.unit))])
    sides = [_lower(row.lower, row.unit)] if row.lower else []
    sides += [_upper(row.upper, row.unit)] if row.upper else []
    if direction == "low" and row.refs.isdisjoint(_DISTANCES):
        sides.reverse()  # a falling value meets its upper limit first
        if sides[0].word == "up to":
            sides[0] = sides[0]._replace(word="at most")
    return _joined(sides)


def _lower(bound: Bound, unit: str) -> _Side:
    if bound.ref not in _DISTANCES:
        return _Side("at least" if bound.inclusive else "above", *_measured(bound, unit))
    if bound.factor == 0 and not bound.inclusive:
        return _Side("", "", _DISTANCES[bound.ref])
    return _Side("at least" if bound.inclusive else "more than", *_measured(bound, unit))


def _upper(bound: Bound, unit: str) -> _Side:
    below = "less than" if bound.ref in _DISTANCES else "below"
    return _Side("up to" if bound.inclusive else below, *_measured(bound, unit))


def _measured(bound: Bound, unit: str) -> tuple[str, str]:
    """Return the number and what it counts."""
    number = f"{bound.factor:.10g}"
    if bound.ref in _DISTANCES:
        # a fall of an ejection fraction is meant in points, not in percent of the fraction (D20)
        step = "percentage points" if unit == "%" else unit_name(unit)
        return number, f"{'%' if bound.ref.startswith('PCT') else step} {_DISTANCES[bound.ref]}"
    if bound.ref in _REFERENCES:
        reference = _REFERENCES[bound.ref]
        return ("", reference) if bound.factor == 1 else (number, f"times {reference}")
    return number, unit_name(unit)


def _joined(sides: list[_Side]) -> str:
    """Join limits with "and"; what both count is said once."""
    shared = len({s.tail for s in sides}) == 1 and all(s.amount for s in sides)
    spoken = [_spoken(s._replace(tail="") if shared else s) for s in sides]
    return _spoken(_Side("", " and ".join(spoken), sides[0].tail if shared else ""))


def _spoken(side: _Side) -> str:
    amount = side.amount + ("" if side.tail.startswith("%") and side.amount else " ") + side.tail
    return f"{side.word} {amount.strip()}".strip()
