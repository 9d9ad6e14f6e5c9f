"""What of a resource is kept. Names, birth dates, addresses and notes never reach a file.

Only what is listed here is kept. Dropped besides: every other element of a Patient, narratives,
notes, performers and recorders, contained resources, the display of references to people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

KEPT: dict[str, tuple[str, ...]] = {
    "Patient": ("identifier", "gender", "deceasedBoolean", "deceasedDateTime", "active"),
    "Observation": (
        "status", "category", "code", "effectiveDateTime", "effectivePeriod", "effectiveInstant",
        "issued", "valueQuantity", "valueString", "valueCodeableConcept", "valueInteger",
        "valueBoolean", "valueRange", "dataAbsentReason", "interpretation", "referenceRange",
        "component", "specimen", "method", "bodySite", "device",
    ),
    "AdverseEvent": (
        "actuality", "event", "date", "detected", "recordedDate", "seriousness", "severity",
        "outcome", "suspectEntity",
    ),
    "MedicationAdministration": (
        "status", "statusReason", "medicationCodeableConcept", "medicationReference",
        "effectiveDateTime", "effectivePeriod", "dosage",
    ),
}  # fmt: skip
ALWAYS = ("resourceType", "id", "meta", "extension")
META = ("lastUpdated", "versionId")
DROPPED = frozenset({"note", "div", "contained", "performer", "recorder", "author"})
REFERENCE = ("reference",)
NAMED = ("reference", "display")  # a drug has a name that may be told


def stripped(
    resource: Mapping[str, Any], extensions: Collection[str], system: str | None
) -> dict[str, Any]:
    """Return what is kept of a resource.

    extensions: URLs of those the study uses; system: of the identifiers of subjects.
    """
    kind = str(resource.get("resourceType"))
    whole = _with_contained_drug(resource)
    kept = {k: whole[k] for k in (*ALWAYS, *KEPT[kind]) if k in whole}
    if isinstance(kept.get("meta"), dict):
        kept["meta"] = {k: kept["meta"][k] for k in META if k in kept["meta"]}
    if "identifier" in kept:
        kept["identifier"] = [
            {"system": system, "value": value} for value in identifiers(resource, system)
        ]
    if isinstance(kept.get("dosage"), dict):  # its text is a note
        kept["dosage"] = {k: v for k, v in kept["dosage"].items() if k == "dose"}
    found = {k: _pruned(v, k, frozenset(extensions)) for k, v in kept.items()}
    return {k: v for k, v in found.items() if v not in (None, {}, [])}


def identifiers(resource: Mapping[str, Any], system: str | None) -> list[str]:
    """Return the identifiers of a resource that are of a system, in order."""
    given = resource.get("identifier")
    found = [
        str(i["value"]).strip()
        for i in (given if isinstance(given, list) else [])
        if isinstance(i, dict) and i.get("system") == system and i.get("value")
        and i.get("use") != "old"
    ]  # fmt: skip
    return sorted(set(found))


def _with_contained_drug(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the resource with the code of a drug that it holds within itself."""
    told = resource.get("medicationReference")
    inside = resource.get("contained")
    if not isinstance(told, dict) or not isinstance(inside, list):
        return resource
    wanted = str(told.get("reference", "")).removeprefix("#")
    for held in inside:
        if isinstance(held, dict) and held.get("id") == wanted and "code" in held:
            return {**resource, "medicationCodeableConcept": held["code"]}
    return resource


def _pruned(value: Any, name: str, extensions: frozenset[str]) -> Any:
    if isinstance(value, list):
        if name in {"extension", "modifierExtension"}:
            value = [e for e in value if isinstance(e, dict) and e.get("url") in extensions]
        return [_pruned(v, name, extensions) for v in value]
    if not isinstance(value, dict):
        return value
    if "reference" in value or ("identifier" in value and "resourceType" not in value):
        kept = NAMED if name in {"medicationReference", "instance"} else REFERENCE
        return {k: value[k] for k in kept if k in value}
    return {k: _pruned(v, k, extensions) for k, v in value.items() if k not in DROPPED}
