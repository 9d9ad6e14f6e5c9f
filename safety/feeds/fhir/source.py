"""Ask a FHIR R4 server for what is new of a trial's subjects.

Patients with an identifier of the declared system are the trial's subjects; everything else is
asked for by them (`subject=Patient/..`). What has no status that could withdraw it (AdverseEvent,
Patient) is always asked for in full, so that a deletion is seen at each pull. What a search for
everything lacks is asked for by its id before it is taken for deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from safety.feeds.fhir import adverse_event, flatten, observation
from safety.feeds.fhir.elements import Resource, part, reference, text
from safety.feeds.fhir.search import Search
from safety.feeds.fhir.strip import identifiers, stripped
from safety.feeds.http import Client
from safety.feeds.pulled import Known, Line, as_text, instant
from safety.feeds.sdtm_folder.text import shown
from safety.feeds.source import MOST_GONE, Found
from safety.study.feeds import Feed
from safety.study.pull import Pull

PATIENT = SUBJECTS = "Patient"
ALWAYS_FULL = frozenset({PATIENT, "AdverseEvent"})
SUBJECTS_A_QUERY = 25  # an address has an end
AHEAD = timedelta(hours=1)  # of the server's clock: a resource dated later has a wrong date
MAX_REASONS, MAX_WORDS = 20, 120  # of reference ranges that are not used
parts_of = flatten.parts


def fetch(feed: Feed, client: Client, known: Known, now: datetime, full: bool) -> Found:
    """Return what is new of every resource type that the feed's domains name.

    A subject who is new, or whose identifier changed, makes it ask for everything: what was said
    of them before lies behind the cursor.
    """
    search = Search(client)
    before = {i: known.lines[PATIENT, i].subject for i in known.of(PATIENT)}
    patients = _patients(search, client.pull, before)
    subjects = {line.id: line.subject for line in patients}
    at = search.at or now
    full = full or any(before.get(i) != subject for i, subject in subjects.items())
    found = Found(at, lines=list(patients), full=full)
    found.gone |= {(PATIENT, i) for i in before.keys() - subjects}
    for group in sorted({g for d in feed.domains.values() for g in d.groups} - {PATIENT}):
        is_whole = full or flatten.type_of(group) in ALWAYS_FULL
        since = "" if is_whole else _since(known, group, client.pull, at)
        lines = list(_lines(search, group, subjects, since))
        if not since:
            missing = known.of(group) - {line.id for line in lines}
            lines += _kept(search, group, subjects, missing)
            found.gone |= {(group, i) for i in missing - {line.id for line in lines}}
        found.lines += lines
        last = known.head.cursor.get(group, "") if known.head is not None and since else ""
        found.cursor[group] = _newest(last, lines, at)
    left_out = search.left_out + _ranges(found.lines)
    found.left_out = dict(sorted(left_out.items()))
    found.notes = [*search.notes, *_unsaid(search), *_ahead(found.lines, at)]
    return found


def _patients(search: Search, pull: Pull, before: Collection[str]) -> list[Line]:
    """Return the trial's subjects. before: ids of those of the last pull."""
    system = pull.subject_system
    resources = search.resources(PATIENT, {"identifier": f"{system}|"})
    resources |= _still_there(search, PATIENT, set(before) - resources.keys())
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


def _kept(
    search: Search, group: str, subjects: Mapping[str, str], missing: set[str]
) -> Iterator[Line]:
    """Yield what a search for everything lacked, though it is there and would have been used."""
    kind, _, category = group.partition(":")
    for id_, resource in _still_there(search, kind, missing).items():
        patient = reference(resource.get("subject")).partition("/")[2]
        if not _unused(resource, kind, category, patient in subjects):
            yield _line(group, id_, subjects[patient], resource, search.client.pull)


def _still_there(search: Search, kind: str, missing: set[str]) -> dict[str, Resource]:
    """Return what the server has by its id, though a search for everything lacked it.

    Too many are not asked for one by one: that they are gone is for a person to accept. Where the
    study narrows the search (`search`), it has to be within that, too.
    """
    if len(missing) > MOST_GONE:
        return {}
    narrowed = kind in search.client.pull.search
    told = {id_: search.by_id(kind, id_) for id_ in sorted(missing)}
    return {
        id_: resource for id_, resource in told.items()
        if resource is not None
        and (not narrowed or id_ in search.resources(kind, {"_id": id_}))
    }  # fmt: skip


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


def _since(known: Known, group: str, pull: Pull, at: datetime) -> str:
    """Return from when to ask; "" for everything, also where the last cursor lies in the future."""
    moment = instant(known.head.cursor.get(group, "")) if known.head is not None else None
    if moment is None or moment > at:
        return ""
    return as_text(moment - timedelta(minutes=pull.overlap))


def _newest(last: str, lines: list[Line], at: datetime) -> str:
    """Return the newest time of change by the server's own clock, never later than the search.

    One wrong date in the future would hide from all later pulls what is new.
    """
    moments = [m for t in (last, *(ln.updated for ln in lines)) if (m := instant(t)) is not None]
    return as_text(min(max(moments), at)) if moments else ""


def _ahead(lines: list[Line], at: datetime) -> list[str]:
    """Return what is to be said of resources that are dated in the future."""
    times = {(ln.group, ln.id): m for ln in lines if (m := instant(ln.updated)) is not None}
    late = {key: moment for key, moment in times.items() if moment - at > AHEAD}
    return [
        f"{sum(g == group for g, _ in late)} of {group} have a meta.lastUpdated in the future, up "
        f"to {as_text(max(m for (g, _), m in late.items() if g == group))}: not used as cursor"
        for group in sorted({g for g, _ in late})
    ]


def _unsaid(search: Search) -> list[str]:
    return [
        f"{count} of {kind} that it gives no more are refused by their id: taken for gone"
        for kind, count in sorted(search.unsaid.items()) if count
    ]  # fmt: skip


def _ranges(lines: list[Line]) -> Counter[str]:
    """Count the reference ranges that are not used, by reason."""
    reasons = Counter(
        f"reference range of {line.group}: {shown(row['RANGENOTE'], MAX_WORDS)}"
        for line in lines for row in flatten.rows(line, {})
        if row.get("RANGENOTE") and row["REMOVED"] == "N"
    )  # fmt: skip
    return Counter(dict(reasons.most_common(MAX_REASONS)))
