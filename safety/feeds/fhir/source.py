"""Ask a FHIR R4 server for what is new of a trial's subjects.

Patients with an identifier of the declared system are the trial's subjects; everything else is
asked for by them (`subject=Patient/..`). What has no status that could withdraw it (AdverseEvent,
Patient) is always asked for in full, so that a deletion is seen at each pull.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from safety.feeds.fhir import adverse_event, flatten, observation
from safety.feeds.fhir.elements import Resource, part, reference, text
from safety.feeds.fhir.search import Search
from safety.feeds.fhir.strip import identifiers, stripped
from safety.feeds.http import Client
from safety.feeds.pulled import Known, Line, as_text, instant
from safety.feeds.source import Found
from safety.study.feeds import Feed
from safety.study.pull import Pull

PATIENT = SUBJECTS = "Patient"
ALWAYS_FULL = frozenset({PATIENT, "AdverseEvent"})
SUBJECTS_A_QUERY = 25  # an address has an end
parts_of = flatten.parts


def fetch(feed: Feed, client: Client, known: Known, now: datetime, full: bool) -> Found:
    """Return what is new of every resource type that the feed's domains name.

    A subject who is new, or whose identifier changed, makes it ask for everything: what was said
    of them before lies behind the cursor.
    """
    search = Search(client)
    patients = _patients(search, client.pull)
    subjects = {line.id: line.subject for line in patients}
    before = {i: known.lines[PATIENT, i].subject for i in known.of(PATIENT)}
    full = full or any(before.get(i) != subject for i, subject in subjects.items())
    found = Found(now, lines=list(patients), full=full)
    found.gone |= {(PATIENT, i) for i in before.keys() - subjects}
    for group in sorted({g for d in feed.domains.values() for g in d.groups} - {PATIENT}):
        is_whole = full or flatten.type_of(group) in ALWAYS_FULL
        since = "" if is_whole else _since(known, group, client.pull)
        lines = list(_lines(search, group, subjects, since))
        found.lines += lines
        if not since:
            found.gone |= {(group, i) for i in known.of(group) - {line.id for line in lines}}
        found.cursor[group] = _newest(known, group, lines)
    found.at = search.at or now
    found.left_out, found.notes = dict(sorted(search.left_out.items())), search.notes
    return found


def _patients(search: Search, pull: Pull) -> list[Line]:
    system = pull.subject_system
    resources = search.resources(PATIENT, {"identifier": f"{system}|"})
    lines = []
    for id_, resource in resources.items():
        names = identifiers(resource, system)
        if not names:
            search.left_out["Patient who is no subject of the trial"] += 1
            continue
        subject = names[0] if len(names) == 1 else ""  # of two nobody knows which
        lines.append(_line(PATIENT, id_, subject, resource, pull))
    return lines


def _lines(search: Search, group: str, subjects: Mapping[str, str], since: str) -> Iterator[Line]:
    """Yield what a group has of the subjects; since: "" for everything."""
    kind, _, category = group.partition(":")
    params = {"_lastUpdated": f"ge{since}"} if since else {}
    if category:
        params["category"] = category
    ids = sorted(subjects)
    for first in range(0, len(ids), SUBJECTS_A_QUERY):
        asked = ids[first : first + SUBJECTS_A_QUERY]
        whose = {"subject": ",".join(f"{PATIENT}/{i}" for i in asked)}
        for id_, resource in search.resources(kind, params | whose).items():
            patient = reference(resource.get("subject")).partition("/")[2]
            reason = _unused(resource, kind, category, patient in asked)
            if reason:
                search.left_out[reason] += 1
            else:
                yield _line(group, id_, subjects[patient], resource, search.client.pull)


def _unused(resource: Resource, kind: str, category: str, is_asked: bool) -> str:
    """Return why a resource is not used, "" if it is; a server may ignore what was asked."""
    if not is_asked:
        return f"{kind} of nobody who was asked for"
    if kind == "Observation" and category and not observation.is_of(resource, category):
        return f"Observation of another category than {category}"
    if kind == "Observation" and observation.is_unfinished(resource):
        return "Observation registered, without a result yet"
    if kind == "AdverseEvent" and not adverse_event.is_actual(resource):
        return "AdverseEvent that did not happen (actuality potential)"
    return ""


def _line(group: str, id_: str, subject: str, resource: Resource, pull: Pull) -> Line:
    content = stripped(resource, pull.extensions.values(), pull.subject_system)
    updated = text(part(resource, "meta").get("lastUpdated"))
    return Line(group, id_, "", updated, subject, content)


def _since(known: Known, group: str, pull: Pull) -> str:
    moment = instant(known.head.cursor.get(group, "")) if known.head is not None else None
    return as_text(moment - timedelta(minutes=pull.overlap)) if moment is not None else ""


def _newest(known: Known, group: str, lines: list[Line]) -> str:
    """Return the newest time of change: the server's own, so that no clock has to agree."""
    last = known.head.cursor.get(group, "") if known.head is not None else ""
    moments = [m for t in (last, *(ln.updated for ln in lines)) if (m := instant(t)) is not None]
    return as_text(max(moments)) if moments else ""
