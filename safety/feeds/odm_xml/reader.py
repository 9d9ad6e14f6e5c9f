"""Read one domain of an ODM-XML file: a row an item group, a column an item.

Besides the items (column: ItemOID; its unit: `ItemOID.unit`) a row has the columns of
`events.PLACES`: where it stands, its transaction and the newest time of its audit records. A level
that does not repeat has the repeat key 1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds import mapping
from safety.feeds.dataset import Dataset
from safety.feeds.odm_xml import events
from safety.feeds.odm_xml.events import PLACES, TRANSACTION, UNIT, Content
from safety.feeds.sdtm_folder.text import as_text, shown
from safety.study.feeds import Domain, Feed

SUFFIXES: tuple[str, ...] = (".xml",)
MAX_COLUMNS, MAX_CELLS = 5_000, 50_000_000  # of a domain
MAX_OTHERS = 100  # that are named


def domains_of(file: str, feed: Feed) -> tuple[str, ...]:
    """Return every domain of the feed: one file holds them all."""
    return tuple(feed.domains) if Path(file).suffix.lower() in SUFFIXES else ()


def load_domain(path: Path, name: str, feed: Feed, domain: str) -> Dataset:
    """Return the rows of one domain.

    Raises HeldDeliveryError for what is no sound ODM-XML 1.3, for transactions in a feed of whole
    extracts, and for removed rows of a domain that does not say how rows are deleted.
    """
    content = _content(_Bytes(_sha256(path), path), name)
    if content.is_transactional and feed.delivers == "snapshot":
        raise HeldDeliveryError(
            name, "it holds transactions, the feed delivers whole extracts.",
            "Export a snapshot, or write `delivers: changes`.",
        )  # fmt: skip
    chosen = feed.domains[domain]
    groups = frozenset(chosen.groups)
    rows = [r for r in content.rows if groups & {r.get("ItemGroupOID"), r.get("FormOID")}]
    if chosen.deleted is None and any(r.get(TRANSACTION) == "Remove" for r in rows):
        raise HeldDeliveryError(
            name, f"it removes rows of {domain}, whose deleted rows the study does not name.",
            f"Write `deleted: {{column: {TRANSACTION}, values: [Remove]}}` for {domain}.",
        )  # fmt: skip
    seen = dict.fromkeys(c for r in rows for c in r)
    columns = dict.fromkeys([*PLACES, *seen, *_empty(content, feed, domain, set(seen))])
    if len(columns) > MAX_COLUMNS or len(columns) * len(rows) > MAX_CELLS:
        raise HeldDeliveryError(
            name, f"{domain} has {len(columns):,} items in {len(rows):,} rows.", "Split its groups."
        )
    texts = {c: as_text(pd.Series([r.get(c) for r in rows], dtype="str")) for c in columns}
    return Dataset(pd.DataFrame(texts), _moment(content.created), others=_others(content, feed))


def _others(content: Content, feed: Feed) -> tuple[str, ...]:
    """Return the item groups with rows that no domain of the feed names, nor `ignore`."""
    named = {*feed.ignore, *(g for domain in feed.domains.values() for g in domain.groups)}
    found = {(r.get("FormOID", ""), r.get("ItemGroupOID", "")) for r in content.rows}
    others = sorted({group for form, group in found if not named & {form, group}})
    return tuple(f"item group {shown(group)}" for group in others[:MAX_OTHERS])


def _empty(content: Content, feed: Feed, name: str, seen: set[str]) -> list[str]:
    """Return columns that may be without a cell in this file: an empty item need not be in it.

    Where the file describes its item groups, those it describes; else all that the domain names
    but the key and what a record cannot do without: an item that was renamed must be noticed.
    """
    domain = feed.domains[name]
    wanted = set(mapping.required(feed, name, domain)) | _besides(domain)
    described = _described(content, domain)
    if seen and described:
        return sorted(c for c in wanted if c.removesuffix(UNIT) in described)
    return sorted(wanted - _firm(feed, name, domain)) if seen else sorted(wanted)


def _described(content: Content, domain: Domain) -> set[str]:
    """Return the items that the metadata of a file name for the groups of a domain."""
    named = {oid for group in domain.groups for oid in content.items.get(group, ())}
    return named | {oid for group in named for oid in content.items.get(group, ())}


def _besides(domain: Domain) -> set[str]:
    """Return columns that a domain names besides its fields and its key."""
    parts = (domain.deleted, domain.specimen)
    own = {domain.updated or TRANSACTION, *(p.column for p in parts if p is not None)}
    return {*domain.required, *domain.declares, *own}


def _firm(feed: Feed, name: str, domain: Domain) -> set[str]:
    """Return the columns that must occur where there are rows."""
    columns = mapping.columns(feed, name, domain)
    fields = mapping.feed_mapping(feed.kind)[domain.record].get("fields", [])
    return {*domain.key, *domain.required, *domain.declares, *(columns[f] for f in fields)}


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class _Bytes:
    """A file, the same as another of the same content."""

    sha256: str
    path: Path = field(compare=False)


@lru_cache(maxsize=1)  # a file is read for one domain after the other
def _content(file: _Bytes, name: str) -> Content:
    return events.read(file.path, name)
