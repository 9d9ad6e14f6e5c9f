"""MedicationAdministration and Patient (FHIR R4) as rows."""

from __future__ import annotations

from collections.abc import Iterator

from safety.feeds.fhir.elements import Resource, Row, code, part, period, text, unit, words

GIVEN_COLUMNS = ("STATUS", "DRUG", "DRUGCODE", "DOSE", "UNIT", "GIVEN", "REASON", "DATE", "ENDDATE")
PATIENT_COLUMNS = ("SEX", "DIED", "DIEDDATE")
WITHDRAWN = frozenset({"entered-in-error"})
# whether any of it was given; on-hold and unknown say neither
GIVEN = {"completed": "Y", "in-progress": "Y", "stopped": "Y", "not-done": "N"}
SEX = {"male": "M", "female": "F", "other": "U", "unknown": "U"}


def administrations(resource: Resource) -> Iterator[tuple[str, Row]]:
    """Yield the one row of an administration."""
    drug, dose = resource.get("medicationCodeableConcept"), part(resource, "dosage", "dose")
    status = text(resource.get("status"))
    start, end = period(resource, "effective")
    reasons = resource.get("statusReason")
    yield (
        "",
        {
            "STATUS": status,
            "DRUG": words(drug) or text(part(resource, "medicationReference").get("display")),
            "DRUGCODE": code(drug),
            "DOSE": text(dose.get("value")),
            "UNIT": unit(dose),
            "GIVEN": GIVEN.get(status, ""),
            "REASON": words(reasons[0]) if isinstance(reasons, list) and reasons else "",
            "DATE": start,
            "ENDDATE": end,
        },
    )


def patients(resource: Resource) -> Iterator[tuple[str, Row]]:
    """Yield the one row of a patient."""
    day = text(resource.get("deceasedDateTime"))
    yield (
        "",
        {
            "SEX": SEX.get(text(resource.get("gender")), ""),
            "DIED": "Y" if day else text(resource.get("deceasedBoolean")),
            "DIEDDATE": day,
        },
    )
