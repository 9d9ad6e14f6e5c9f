"""The kinds of feed: `kind: NAME` in a study file is the folder `safety/feeds/NAME`.

A kind is a folder of three files and a test:

- `mapping.yaml`: by kind of record, `columns` (canonical field: column of the file; a field that is
  not named has none, and only the study can say where it stands), `required` (columns without which
  a file is held) and, optional, `fields` (fields the study must map or fill by a constant).
- `reader.py`: a module with what `Reader` below asks for. Nothing else has to be registered.
- `sample.py`: writes a small delivery, for the tests and for who wants to see one.

A reader turns the bytes of one file into the text rows of one domain. It converts nothing but
what the study file declares, drops nothing, bounds what it reads, and raises `HeldDeliveryError`
for a file that is not what it says. One file may hold several domains: `domains_of` names them all
and `load_domain` is asked for each. A reader may add the columns of `safety.feeds.dataset`: FORM
says of a row what is not of the declared form (the row goes to quarantine), PARTIAL that a row
holds only the cells that were changed.

After the reader, for every kind alike: `Domain.wide`, `Feed.subject_prefix`, `Domain.columns`,
`constants`, `values` (value maps; what a map lacks is kept and named in finding IN-011), `updated`,
`deleted`, `declares`. The life of files (`safety.intake.history`) and the accounting are by file
and domain.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from safety.feeds.dataset import Dataset
from safety.feeds.wide import unfolded
from safety.study.feeds import Feed


class Reader(Protocol):
    """What the module `reader` of a kind offers."""

    SUFFIXES: tuple[str, ...]  # of the files it reads, in small letters with their dot

    def domains_of(self, file: str, feed: Feed, /) -> tuple[str, ...]:
        """Return the domains of the feed that stand in a file of this name, none for others."""

    def load_domain(self, path: Path, name: str, feed: Feed, domain: str, /) -> Dataset:
        """Return the rows of one domain.

        path: the landed bytes; name: the file's name as delivered, for messages and its suffix.
        Raises HeldDeliveryError for a file that cannot be used.
        """


@cache
def reader(kind: str) -> Reader:
    """Return the reader of a kind of feed."""
    return cast("Reader", import_module(f"safety.feeds.{kind}.reader"))


def domains_of(file: str, feed: Feed) -> tuple[str, ...]:
    """Return the domains of a feed that stand in a file of this name."""
    return reader(feed.kind).domains_of(file, feed)


def load(path: Path, name: str, feed: Feed, domain: str) -> Dataset:
    """Return the rows of one domain of a landed file; see `Reader.load_domain`."""
    data = reader(feed.kind).load_domain(path, name, feed, domain)
    return unfolded(data, name, feed.domains[domain])
