"""Elements of FHIR's data types as text; whatever is not of the expected type is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

UCUM = "http://unitsofmeasure.org"
Row = dict[str, str]
Resource = Mapping[str, Any]


def text(value: Any) -> str:
    """Return a primitive as text, "" for anything else. Decimal numbers are text already."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    return str(value).strip() if isinstance(value, str | int) else ""


def part(value: Any, *names: str) -> dict[str, Any]:
    """Return an object within an object, {} if there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def each(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; of a single object that one."""
    if isinstance(value, dict):
        return [value]
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def codings(concept: Any) -> list[dict[str, Any]]:
    """Return the codings of a CodeableConcept."""
    return each(part({"": concept}, "").get("coding"))


def code(concept: Any, system: str = "") -> str:
    """Return the code of a concept in a system; without one the first code."""
    found = [c for c in codings(concept) if not system or text(c.get("system")) == system]
    return next((text(c.get("code")) for c in found if text(c.get("code"))), "")


def words(concept: Any) -> str:
    """Return what a concept says: its text, else the first display, else the first code."""
    own = text(part({"": concept}, "").get("text"))
    shown = (text(c.get("display")) for c in codings(concept))
    return own or next((s for s in shown if s), "") or code(concept)


def unit(quantity: Mapping[str, Any]) -> str:
    """Return the unit of a quantity: its UCUM code, else as it is written."""
    own = text(quantity.get("code"))
    return (
        own if own and text(quantity.get("system")) == UCUM else text(quantity.get("unit")) or own
    )


def period(resource: Resource, name: str) -> tuple[str, str]:
    """Return start and end of `name[x]`; both the same for a point in time."""
    point = text(resource.get(f"{name}DateTime")) or text(resource.get(f"{name}Instant"))
    if point:
        return point, point
    span = part(resource, f"{name}Period")
    return text(span.get("start")), text(span.get("end"))


def reference(value: Any) -> str:
    """Return type and id of a reference to a resource, as Patient/12; "" for any other."""
    told = text(part({"": value}, "").get("reference")).split("/_history/")[0].split("/")
    return "/".join(told[-2:]) if len(told) > 1 else ""


def extensions(resource: Resource, columns: Mapping[str, str]) -> Row:
    """Return the values of extensions by column, "" for one that is not there or is there twice."""
    found: Row = {}
    for column, url in columns.items():
        values = [v for e in each(resource.get("extension")) if e.get("url") == url
                  for v in _values(e)]  # fmt: skip
        found[column] = values[0] if len(set(values)) == 1 else ""
    return found


def _values(extension: Mapping[str, Any]) -> Iterator[str]:
    for name, value in extension.items():
        if not name.startswith("value"):
            continue
        if isinstance(value, dict) and "coding" in value:
            yield code(value) or words(value)
        elif isinstance(value, dict):
            yield text(value.get("value")) or text(value.get("code"))
        else:
            yield text(value)
