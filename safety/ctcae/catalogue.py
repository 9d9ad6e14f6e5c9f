"""Every term of CTCAE as facts: code, organ class, name and the grades that exist.

Source: NCI CTCAE v5.0 (27 Nov 2017), CTCAE v6.0 (errata of 20 Jan 2026) and NCI's own mapping of
their terms. NCI's sentences are not held here; `official` takes them from NCI's workbook.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from safety.ctcae.rows import read_rows

_VERSIONS = ("5.0", "6.0")


@dataclass(frozen=True, slots=True)
class Term:
    """One adverse event of CTCAE. `grades` are those that may be reported, in order."""

    meddra_code: str
    term: str
    soc: str
    soc_code: str
    grades: tuple[int, ...]
    other_specify: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Where a term goes to (or comes from) in the other version, and NCI's types of change."""

    term: Term
    types: tuple[str, ...]


def versions() -> tuple[str, ...]:
    """Return the versions whose terms are known, oldest first."""
    return _VERSIONS


@cache
def terms(version: str) -> tuple[Term, ...]:
    """Return the terms in NCI's order; raise ValueError for a version that is not known."""
    if version not in _VERSIONS:
        raise ValueError(
            f"CTCAE version {version!r} is not known; give one of {', '.join(_VERSIONS)}."
        )
    return tuple(
        Term(
            meddra_code=row["meddra_code"],
            term=row["term"],
            soc=row["soc"],
            soc_code=row["soc_code"],
            grades=tuple(int(g) for g in row["grades"].split("|")),
            other_specify=row["other_specify"] == "1",
        )
        for row in read_rows(f"catalogue_{version.replace('.', '_')}.csv")
    )


def by_code(code: str, version: str) -> Term | None:
    """Return the term of a MedDRA code, or None."""
    return _codes(version).get(code.strip())


def by_name(name: str, version: str) -> Term | None:
    """Return the term of that name, whatever its letter case and spaces, or None."""
    return _names(version).get(plain(name))


def plain(name: str) -> str:
    """Return a name as names are compared: one space between words, no letter case."""
    return " ".join(name.split()).casefold()


def successors(code: str) -> tuple[Change, ...]:
    """Return the v6.0 terms a v5.0 term goes to; empty for a code that v5.0 does not have."""
    return _changes()[0].get(code.strip(), ())


def predecessors(code: str) -> tuple[Change, ...]:
    """Return the v5.0 terms a v6.0 term comes from; empty for one that is new."""
    return _changes()[1].get(code.strip(), ())


@cache
def _codes(version: str) -> MappingProxyType[str, Term]:
    return MappingProxyType({t.meddra_code: t for t in terms(version)})


@cache
def _names(version: str) -> MappingProxyType[str, Term]:
    return MappingProxyType({plain(t.term): t for t in terms(version)})


@cache
def _changes() -> tuple[dict[str, tuple[Change, ...]], dict[str, tuple[Change, ...]]]:
    """Return the changes by code of v5.0 and by code of v6.0."""
    old, new = _codes("5.0"), _codes("6.0")
    after: dict[str, list[Change]] = defaultdict(list)
    before: dict[str, list[Change]] = defaultdict(list)
    for row in read_rows("successors_5_0_6_0.csv"):
        types = tuple(row["change_types"].split("|"))
        after[row["code_5_0"]].append(Change(new[row["code_6_0"]], types))
        before[row["code_6_0"]].append(Change(old[row["code_5_0"]], types))
    return _frozen(after), _frozen(before)


def _frozen(lists: dict[str, list[Change]]) -> dict[str, tuple[Change, ...]]:
    return {code: tuple(changes) for code, changes in lists.items()}
