"""Read a pull of a REDCap project into text columns: field names in capitals, raw codes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from safety.feeds import pulled
from safety.feeds.dataset import Dataset
from safety.feeds.pulled import Line
from safety.feeds.redcap.source import place
from safety.study.feeds import Feed

SUFFIXES = (pulled.SUFFIX,)
OWN = ("ID", "RECORD", "EVENT", "INSTRUMENT", "INSTANCE", "UPDATED", "REMOVED")


def domains_of(file: str, feed: Feed) -> tuple[str, ...]:
    """Return every domain of the feed: each pull holds all of them."""
    return tuple(feed.domains) if pulled.number(file) is not None else ()


def load_domain(path: Path, name: str, feed: Feed, domain: str) -> Dataset:
    """Return the rows of the instruments that a domain names; a missing-data code is missing."""
    head, lines = pulled.read(path, name)
    groups = feed.domains[domain].groups
    missing = frozenset(feed.pull.missing if feed.pull is not None else ())
    try:
        fields = [f.upper() for g in groups for f in head.columns.get(g, [])]
        rows = [_row(line, missing) for line in lines if line.group in groups]
    except (ValueError, TypeError, AttributeError) as error:
        raise pulled.damaged(name) from error
    frame = pd.DataFrame(rows, columns=list(dict.fromkeys([*OWN, *fields])), dtype="str")
    return Dataset(frame.mask(frame.eq("")))


def _row(line: Line, missing: Collection[str]) -> dict[str, str]:
    record, event, instance = place(line.id)
    fields = (line.content or {}).get("fields", {})
    if not all(isinstance(text, str) for text in fields.values()):
        raise TypeError("a field that is no text")
    told = {name.upper(): text for name, text in fields.items() if text not in missing}
    return told | {
        "ID": line.id, "RECORD": record, "EVENT": event, "INSTRUMENT": line.group,
        "INSTANCE": instance, "UPDATED": line.updated,
        "REMOVED": "Y" if line.content is None else "N",
    }  # fmt: skip
