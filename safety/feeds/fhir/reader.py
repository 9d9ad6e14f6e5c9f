"""Read a pull of a FHIR server into text columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from safety.feeds import pulled
from safety.feeds.dataset import Dataset
from safety.feeds.fhir import flatten
from safety.study.feeds import Feed

SUFFIXES = (pulled.SUFFIX,)


def domains_of(file: str, feed: Feed) -> tuple[str, ...]:
    """Return every domain of the feed: each pull holds all of them."""
    return tuple(feed.domains) if pulled.number(file) is not None else ()


def load_domain(path: Path, name: str, feed: Feed, domain: str) -> Dataset:
    """Return the rows of the resource types that a domain names."""
    _, lines = pulled.read(path, name)
    declared = dict(feed.pull.extensions) if feed.pull is not None else {}
    groups = feed.domains[domain].groups
    columns = dict.fromkeys(c for g in groups for c in flatten.columns(g, declared))
    rows = [row for line in lines if line.group in groups for row in flatten.rows(line, declared)]
    frame = pd.DataFrame(rows, columns=list(columns), dtype="str")
    return Dataset(frame.mask(frame.eq("")))
