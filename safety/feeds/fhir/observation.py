"""Observation (FHIR R4, laboratory and vital-signs): a row a value, and one a component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safety.ctcae.units import conversion, to_ucum
from safety.feeds.fhir.elements import Resource, Row, code, each, part, period, text, unit, words

LOINC = "http://loinc.org"
COLUMNS = (
    "STATUS", "CODE", "TEST", "RESULT", "UNIT", "LOW", "HIGH", "INDICATOR", "NOTDONE", "WHY",
    "DATE", "ENDDATE", "ISSUED", "SPECIMEN", "METHOD", "SITE", "DEVICE", "RANGENOTE",
)  # fmt: skip
WITHDRAWN = frozenset({"entered-in-error", "cancelled"})
NOT_YET = "registered"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
# Reasons by which nothing was measured; by any other there was a result and it is missing.
NOT_DONE = frozenset({"not-performed", "asked-declined", "not-applicable", "not-asked"})
MAX_REASON = 60  # characters
# HL7 v3 ObservationInterpretation to CDISC's reference range indicator
INDICATOR = (
    dict.fromkeys(("N",), "NORMAL")
    | dict.fromkeys(("H", "HU"), "HIGH")
    | dict.fromkeys(("HH",), "HIGH HIGH")
    | dict.fromkeys(("L", "LU"), "LOW")
    | dict.fromkeys(("LL",), "LOW LOW")
    | dict.fromkeys(("A", "AA"), "ABNORMAL")
)
ORDINARY = frozenset({"", "normal"})  # kinds of reference range that are a laboratory's normal one
VALUES = ("valueQuantity", "valueString", "valueCodeableConcept", "valueInteger", "valueBoolean",
          "valueRange")  # fmt: skip


def rows(resource: Resource) -> Iterator[tuple[str, Row]]:
    """Yield part and row of the observation itself and of its components."""
    return ((part_, _row(resource, held)) for part_, held in parts(resource))


def parts(resource: Resource) -> Iterator[tuple[str, Resource]]:
    """Yield parts and what holds the value of each.

    The part of a component is its code; a code that occurs twice gets a number.
    """
    components = each(resource.get("component"))
    if not components or _says(resource):
        yield "", resource
    seen: dict[str, int] = {}
    for component in components:
        name = _code(component)
        seen[name] = seen.get(name, 0) + 1
        tail = f".{seen[name]}" if seen[name] > 1 else ""
        yield f"#{name}{tail}", component


def is_unfinished(resource: Resource) -> bool:
    """Return whether there is no result yet, nor a reason why there will be none."""
    held = (resource, *each(resource.get("component")))
    return text(resource.get("status")) == NOT_YET and not any(_says(h) for h in held)


def is_of(resource: Resource, category: str) -> bool:
    """Return whether one of its categories has this code."""
    found = each(resource.get("category"))
    return any(text(c.get("code")) == category for k in found for c in each(k.get("coding")))


def _says(held: Resource) -> bool:
    return any(v in held for v in (*VALUES, "dataAbsentReason"))


def _code(held: Resource) -> str:
    return code(held.get("code"), LOINC) or code(held.get("code")) or words(held.get("code"))


def _row(resource: Resource, held: Resource) -> Row:
    """Return the row of an observation or component. held: the one of both that has the value."""
    result, its_unit = _result(held)
    low, high, note = _range(held, its_unit)
    start, end = period(resource, "effective")
    why = "" if result else _why_absent(held)
    return {
        "STATUS": text(resource.get("status")),
        "CODE": _code(held),
        "TEST": words(held.get("code")),
        # in words, so that nobody takes a code for a number
        "RESULT": f"no result ({why})" if why and why not in NOT_DONE else result,
        "UNIT": its_unit,
        "LOW": low,
        "HIGH": high,
        "RANGENOTE": note,
        "INDICATOR": INDICATOR.get(code(_first(held.get("interpretation"))), ""),
        "NOTDONE": "NOT DONE" if why in NOT_DONE else "",
        "WHY": why,
        "DATE": start,
        "ENDDATE": end,
        "ISSUED": text(resource.get("issued")),
        "SPECIMEN": text(part(resource, "specimen").get("reference")),
        "METHOD": words(resource.get("method")),
        "SITE": words(resource.get("bodySite")),
        "DEVICE": text(part(resource, "device").get("reference")),
    }


def _why_absent(held: Resource) -> str:
    absent = held.get("dataAbsentReason")
    return (code(absent, ABSENT) or code(absent) or words(absent))[:MAX_REASON]


def _first(value: Any) -> Any:
    found = each(value)
    return found[0] if found else None


def _result(held: Resource) -> tuple[str, str]:
    """Return a result as it is reported, with its sign, and its unit.

    A range of values has no single number: it stays text that nobody takes for one.
    """
    quantity = part(held, "valueQuantity")
    if quantity:
        value = text(quantity.get("value"))
        return (text(quantity.get("comparator")) + value if value else ""), unit(quantity)
    if isinstance(held.get("valueCodeableConcept"), dict):
        return words(held["valueCodeableConcept"]), ""
    if isinstance(held.get("valueRange"), dict):
        low, high = part(held, "valueRange", "low"), part(held, "valueRange", "high")
        return f"{text(low.get('value'))} to {text(high.get('value'))}", unit(low) or unit(high)
    alone = (text(held.get(v)) for v in ("valueString", "valueInteger", "valueBoolean"))
    return next((a for a in alone if a), ""), ""


def _range(held: Resource, its_unit: str) -> tuple[str, str, str]:
    """Return low, high and what is wrong with the range; one that is in doubt is not used."""
    given = [r for r in each(held.get("referenceRange")) if "low" in r or "high" in r]
    normal = [r for r in given if code(r.get("type")) in ORDINARY]
    if not normal:
        return "", "", "no range is the normal one" if given else ""
    if len(normal) > 1:
        return "", "", "more than one normal range"
    low, high = part(normal[0], "low"), part(normal[0], "high")
    units = {u for u in (unit(low), unit(high)) if u and not _is_same_unit(u, its_unit)}
    if units:
        return "", "", f"the range is in {', '.join(sorted(units))}, the result in {its_unit}"
    return text(low.get("value")), text(high.get("value")), ""


def _is_same_unit(one: str, other: str) -> bool:
    """Return whether two units mean the same, as IU/L and U/L: a number needs no conversion."""
    if one == other:
        return True
    known, meant = to_ucum(one), to_ucum(other)
    if known is None or meant is None:
        return False
    return conversion("", known, meant) == (1.0, 0.0)
