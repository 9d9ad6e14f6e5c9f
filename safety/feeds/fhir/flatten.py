"""From a line of a pull to text rows, by the type of its resource. Nothing is converted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from safety.feeds.fhir import adverse_event, observation, others
from safety.feeds.fhir.elements import Resource, Row, extensions, text
from safety.feeds.pulled import Line

OWN = ("ID", "USUBJID", "UPDATED", "REMOVED")


class Form(NamedTuple):
    """How resources of a type become rows. withdrawn: statuses that take them away."""

    rows: Callable[[Resource], Iterator[tuple[str, Row]]]
    columns: tuple[str, ...]
    withdrawn: frozenset[str] = frozenset()


FORMS = {
    "Observation": Form(observation.rows, observation.COLUMNS, observation.WITHDRAWN),
    "AdverseEvent": Form(adverse_event.rows, adverse_event.COLUMNS),
    "MedicationAdministration": Form(
        others.administrations, others.GIVEN_COLUMNS, others.WITHDRAWN
    ),
    "Patient": Form(others.patients, others.PATIENT_COLUMNS),
}


def type_of(group: str) -> str:
    """Return the resource type of a group, as of Observation:laboratory."""
    return group.partition(":")[0]


def rows(line: Line, declared: dict[str, str]) -> Iterator[Row]:
    """Yield the rows of a line. declared: column: URL of the extension that fills it."""
    own = {"USUBJID": line.subject, "UPDATED": line.updated}
    if line.content is None:
        yield own | {"ID": line.id + line.part, "REMOVED": "Y"}
        return
    form = FORMS[type_of(line.group)]
    removed = "Y" if _is_withdrawn(line) else "N"
    told = extensions(line.content, declared)
    for part, row in form.rows(line.content):
        yield row | {c: v for c, v in told.items() if v or c not in row} | own | {
            "ID": line.id + part, "REMOVED": removed,
        }  # fmt: skip


def parts(line: Line) -> frozenset[str]:
    """Return which rows of a line are there."""
    if line.content is None or _is_withdrawn(line):
        return frozenset()
    if type_of(line.group) != "Observation":
        return frozenset({""})
    return frozenset(part for part, _ in observation.parts(line.content))


def columns(group: str, declared: dict[str, str]) -> list[str]:
    """Return the columns that every row of a group has."""
    return list(dict.fromkeys([*OWN, *FORMS[type_of(group)].columns, *declared]))


def _is_withdrawn(line: Line) -> bool:
    status = text((line.content or {}).get("status"))
    return status in FORMS[type_of(line.group)].withdrawn
