"""Can a feed be read as the study says: its kinds of record, and the fields mapped or filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safety.feeds.mapping import RecordMapping, feed_mapping
from safety.study.feeds import Domain, Feed
from safety.study.model import Study
from safety.study.names import nearest
from safety.study.places import Fault, Path
from safety.study.wide import FIELDS

SUBJECT = "USUBJID"


def unknown_fields(study: Study) -> list[Fault]:
    """Return every domain its kind of feed cannot hold, and every field that cannot be so."""
    return [
        fault
        for number, feed in enumerate(study.feeds)
        for name, domain in feed.domains.items()
        for fault in _of_feed(feed, name, domain, ("feeds", number, "domains", name))
    ]


def _of_feed(feed: Feed, name: str, domain: Domain, path: Path) -> Iterator[Fault]:
    kinds = feed_mapping(feed.kind)
    if domain.record not in kinds:
        told = f"{name}: a feed of kind {feed.kind} has no record {domain.record}"
        yield Fault((*path, "record"), f"{told}; it may have: {', '.join(kinds)}")
        return
    yield from _of_domain(name, path, kinds[domain.record]["columns"], domain)
    yield from _not_mapped(name, path, kinds[domain.record], domain)


def _of_domain(name: str, path: Path, known: dict[str, str], domain: Domain) -> Iterator[Fault]:
    given: dict[str, Mapping[str, object]] = {
        "columns": domain.columns,
        "constants": domain.constants,
        "values": domain.values,
    }
    for part, fields in given.items():
        for field in fields:
            where = (*path, part, field)
            if field not in known:
                hint = nearest(field, known) or f"; known: {', '.join(known)}"
                yield Fault(where, f"{name}: {part} names {field}, which is no field{hint}")
            elif field == SUBJECT and (part == "constants" or domain.columns.get(field) == ""):
                text = f"{name}: {SUBJECT} says whose a row is; name the column that holds it"
                yield Fault(where, text)


def _not_mapped(name: str, path: Path, kind: RecordMapping, domain: Domain) -> Iterator[Fault]:
    """Yield fields that a record cannot do without and that nothing says the column of."""
    filled = {f for f, column in (kind["columns"] | domain.columns).items() if column}
    filled |= {*domain.constants, *(["SPEC"] if domain.specimen is not None else [])}
    filled |= set(FIELDS) if domain.wide is not None else set()
    missing = [field for field in kind.get("fields", []) if field not in filled]
    if missing:
        told = f"{name}: nothing says where {', '.join(missing)} stands; name it under columns"
        yield Fault((*path, "columns"), f"{told}, or what it always is under constants")
