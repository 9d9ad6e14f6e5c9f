"""A small made-up trial as FHIR R4 resources: two subjects, one with a neutropenia of grade 4."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safety.feeds import pulled
from safety.feeds.fhir.elements import UCUM
from safety.feeds.fhir.observation import LOINC
from safety.feeds.fhir.strip import stripped
from safety.feeds.pulled import Head, Line
from safety.study.pull import Pull

SYSTEM = "https://trial.example.org/subject"
GRADE = "https://trial.example.org/fhir/ctcae-grade"
ENDED = "https://trial.example.org/fhir/ae-end"
AGE = "https://trial.example.org/fhir/age"
EXTENSIONS = {"AETOXGR": GRADE, "ENDDATE": ENDED, "AGE": AGE}
SUBJECTS = {"p1": "S1", "p2": "S2"}
MADE = datetime(2024, 3, 25, 6, tzinfo=UTC)
Resource = dict[str, Any]


def pull_settings(url: str, **changes: Any) -> Pull:
    """Return how the sample is pulled from a server."""
    content = {
        "url": url, "connection": "ehr", "subject_system": SYSTEM, "extensions": EXTENSIONS,
    }  # fmt: skip
    return Pull.model_validate(content | changes)


def domains(studyid: str) -> dict[str, Any]:
    """Return the domains of a study file that reads the sample."""
    common = pulled.domain(studyid)
    codes = {"751-8": "NEUT", "1742-6": "ALT", "8480-6": "SYSBP", "8462-4": "DIABP"}
    return {
        "DM": common | {"record": "subject", "groups": ["Patient"]},
        "EX": common | {
            "record": "dose", "groups": ["MedicationAdministration"],
            "constants": {"STUDYID": studyid, "DOSFRQ": "QD"},  # each is one intake
        },
        "AE": common | {"record": "adverse_event", "groups": ["AdverseEvent"]},
        "LB": common | {
            "record": "measurement", "groups": ["Observation:laboratory"],
            "values": {"PARAMCD": codes},
            "specimen": {"column": "CODE", "values": {"751-8": "BLOOD", "1742-6": "SERUM"}},
        },
        "VS": common | {
            "record": "measurement", "groups": ["Observation:vital-signs"],
            "values": {"PARAMCD": codes},
        },
    }  # fmt: skip


def resources() -> list[Resource]:
    """Return every resource of the sample."""
    return [
        patient("p1", "S1"),
        patient("p2", "S2"),
        given("m1", "p1", "2024-03-01T08:00:00+08:00"),
        given("m2", "p2", "2024-03-01T08:00:00+08:00"),
        laboratory("o1", "p1", "751-8", "3.6", "2024-02-28T09:00:00+08:00"),
        laboratory("o2", "p1", "751-8", "0.40", "2024-03-10T09:00:00+08:00"),
        laboratory("o3", "p2", "751-8", "3.10", "2024-03-10T09:00:00+08:00"),
        blood_pressure("b1", "p1", "121", "78"),
        event("a1", "p1", "3"),
    ]


def base(kind: str, id_: str, updated: str = "2024-03-11T01:00:00.123Z") -> Resource:
    """Return the beginning of a resource."""
    return {"resourceType": kind, "id": id_, "meta": {"lastUpdated": updated, "versionId": "1"}}


def patient(id_: str, subject: str, **changes: Any) -> Resource:
    """Return a subject."""
    return base("Patient", id_) | {
        "identifier": [{"system": SYSTEM, "value": subject}], "gender": "female",
        "extension": [{"url": AGE, "valueInteger": 60}],
    } | changes  # fmt: skip


def of(whom: str) -> Resource:
    """Return a reference to a subject."""
    return {"reference": f"Patient/{whom}"}


def laboratory(id_: str, whom: str, code: str, value: str, taken: str, **changes: Any) -> Resource:
    """Return a laboratory result in 10^9/L, with its range."""

    def quantity(number: str) -> Resource:
        return {"value": float(number), "unit": "10^9/L", "system": UCUM, "code": "10*9/L"}

    return base("Observation", id_) | {
        "status": "final", "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": code}]}, "subject": of(whom),
        "effectiveDateTime": taken, "valueQuantity": quantity(value),
        "referenceRange": [{"low": quantity("1.8"), "high": quantity("6.3")}],
    } | changes  # fmt: skip


def blood_pressure(id_: str, whom: str, systolic: str, diastolic: str) -> Resource:
    """Return both blood pressures, as components of LOINC 85354-9."""

    def component(code: str, value: str) -> Resource:
        quantity = {"value": int(value), "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}
        return {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": quantity}

    return base("Observation", id_) | {
        "status": "final", "category": [{"coding": [{"code": "vital-signs"}]}],
        "code": {"coding": [{"system": LOINC, "code": "85354-9"}]}, "subject": of(whom),
        "effectiveDateTime": "2024-03-10T09:05:00+08:00",
        "component": [component("8480-6", systolic), component("8462-4", diastolic)],
    }  # fmt: skip


def given(id_: str, whom: str, when: str) -> Resource:
    """Return an administration of the study drug."""
    dose = {"value": 10, "unit": "mg", "system": UCUM, "code": "mg"}
    return base("MedicationAdministration", id_) | {
        "status": "completed", "medicationCodeableConcept": {"text": "DRUG"}, "subject": of(whom),
        "effectiveDateTime": when, "dosage": {"dose": dose},
    }  # fmt: skip


def event(id_: str, whom: str, grade: str, **changes: Any) -> Resource:
    """Return an adverse event with its CTCAE grade."""
    judged = {"assessment": {"text": "Possible"}}
    return base("AdverseEvent", id_) | {
        "actuality": "actual", "subject": of(whom), "date": "2024-03-12",
        "event": {"text": "Nausea", "coding": [
            {"system": "https://www.meddra.org", "code": "10028813", "display": "Nausea"},
        ]},
        "seriousness": {"coding": [{"code": "Non-serious"}]},
        "severity": {"coding": [{"code": "severe"}]},
        "outcome": {"coding": [{"code": "resolved"}]},
        "suspectEntity": [{"instance": {"reference": "Medication/d"}, "causality": [judged]}],
        "extension": [{"url": GRADE, "valueInteger": int(grade)},
                      {"url": ENDED, "valueDateTime": "2024-03-14"}],
    } | changes  # fmt: skip


def write(folder: Path) -> Path:
    """Write the sample as the file of a pull."""
    lines = [_line(_as_received(resource)) for resource in resources()]
    return pulled.write(folder, Head("ehr", "fhir", pulled.as_text(MADE)), lines)


def _as_received(resource: Resource) -> Resource:
    """Return a resource as a client reads it: decimal numbers are text."""
    held = dict(resource)
    for name, value in held.items():
        if isinstance(value, float):
            held[name] = str(value)
        elif isinstance(value, dict):
            held[name] = _as_received(value)
        elif isinstance(value, list):
            held[name] = [_as_received(v) for v in value]
    return held


def _line(resource: Resource) -> Line:
    kind = resource["resourceType"]
    category = resource["category"][0]["coding"][0]["code"] if "category" in resource else ""
    whom = resource.get("subject", {}).get("reference", "/" + resource["id"]).partition("/")[2]
    content = stripped(resource, EXTENSIONS.values(), SYSTEM)
    group = f"{kind}:{category}" if category else kind
    return Line(group, resource["id"], "", resource["meta"]["lastUpdated"], SUBJECTS[whom], content)
