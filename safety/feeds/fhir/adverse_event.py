"""AdverseEvent (FHIR R4, maturity 0). It has no CTCAE grade: one comes by a declared extension.

Severity (mild, moderate, severe) limits the grade by the study's `severity`; it becomes none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from safety.feeds.fhir.elements import (
    Resource,
    Row,
    code,
    codings,
    each,
    part,
    reference,
    text,
    words,
)

COLUMNS = (
    "ACTUALITY", "TERM", "CODED", "CODEDTERM", "SEVERITY", "SERIOUS", "DEATH", "LIFE", "HOSPITAL",
    "DISABILITY", "CONGENITAL", "IMPORTANT", "CAUSALITY", "CAUSALITIES", "OUTCOME", "DATE",
    "DETECTED", "RECORDED",
)  # fmt: skip
MEDDRA = ("https://www.meddra.org", "http://www.meddra.org", "urn:oid:2.16.840.1.113883.6.163",
          "http://terminology.hl7.org/CodeSystem/mdr")  # fmt: skip
OUTCOMES = {  # CodeSystem adverse-event-outcome to CDISC OUT
    "resolved": "RECOVERED/RESOLVED",
    "recovering": "RECOVERING/RESOLVING",
    "ongoing": "NOT RECOVERED/NOT RESOLVED",
    "resolvedWithSequelae": "RECOVERED/RESOLVED WITH SEQUELAE",
    "fatal": "FATAL",
    "unknown": "UNKNOWN",
}
# CodeSystem adverse-event-seriousness: Serious alone, or with the criterion in its name
CRITERIA = {
    "DEATH": "death", "LIFE": "lifethreatening", "HOSPITAL": "hospitalization",
    "DISABILITY": "disability", "CONGENITAL": "birthdefect", "IMPORTANT": "preventimpairment",
}  # fmt: skip


def is_actual(resource: Resource) -> bool:
    """Return whether it happened; `potential` is a near miss. Where nothing is said, it did."""
    return text(resource.get("actuality")) != "potential"


def rows(resource: Resource) -> Iterator[tuple[str, Row]]:
    """Yield the one row of an event."""
    event, causes = resource.get("event"), _causalities(resource)
    judged = {cause for _, cause in causes}
    coded = next((c for c in codings(event) if text(c.get("system")) in MEDDRA), {})
    outcome = code(resource.get("outcome"))
    yield (
        "",
        {
            "ACTUALITY": text(resource.get("actuality")),
            "TERM": words(event),
            "CODED": text(coded.get("code")),
            "CODEDTERM": text(coded.get("display")),
            "SEVERITY": code(resource.get("severity")).upper(),
            # drugs that are judged differently have no one judgement: it counts as missing
            "CAUSALITY": judged.pop() if len(judged) == 1 else "",
            "CAUSALITIES": "; ".join(f"{drug}: {cause}" for drug, cause in causes),
            "OUTCOME": OUTCOMES.get(outcome, outcome),
            "DATE": text(resource.get("date")),
            "DETECTED": text(resource.get("detected")),
            "RECORDED": text(resource.get("recordedDate")),
            **_seriousness(resource.get("seriousness")),
        },
    )


def _seriousness(concept: Any) -> Row:
    """Return AESER and the criteria; "" where the source says neither yes nor no."""
    said = re.sub(r"[^a-z]", "", code(concept).lower())
    serious = {"nonserious": "N"}.get(said, "Y" if said.startswith("serious") else "")
    return {"SERIOUS": serious} | {
        column: "Y" if serious == "Y" and criterion in said else ""
        for column, criterion in CRITERIA.items()
    }


def _causalities(resource: Resource) -> list[tuple[str, str]]:
    """Return drug and judgement of every suspect; "" for one that is not judged."""
    found = []
    for suspect in each(resource.get("suspectEntity")):
        given = part(suspect, "instance")
        drug = text(given.get("display")) or reference(given)
        judged = [words(c.get("assessment")) for c in each(suspect.get("causality"))]
        found += [(drug, cause.upper()) for cause in judged or [""]]
    return found
