"""The criteria as data: rows of `data/criteria_*.csv` compiled into ladders.

A *clause* is one numeric comparison (or one clinical fact) that belongs to a grade.
A *ladder* is every clause of one term, direction and test. A grade is met when one of its
alternatives is; an alternative is one clause, or several joined by AND.
Source: NCI CTCAE v5.0 (27 Nov 2017); decisions D01-D46 are named where they act.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Ref = Literal[
    "",
    "ABS",
    "xULN",
    "xLLN",
    "xBASE",
    "ULN+",
    "LLN-",
    "BASE-",
    "BASE+",
    "PCTDEC",
    "PCTINC",
    "BP_PERCENTILE",
    "xMI_CUTOFF",
]
OUTSIDE_REFS = frozenset({"BP_PERCENTILE", "xMI_CUTOFF"})
RATIO_TO_BASELINE = frozenset({"xBASE", "PCTDEC", "PCTINC"})
BASELINE_REFS = frozenset({"xBASE", "BASE-", "BASE+", "PCTDEC", "PCTINC"})


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of a clause: `factor` times or beside what `ref` names."""

    factor: float
    ref: Ref
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """One row of the criteria table."""

    row_id: str
    grade: int
    alternative: str
    joined: bool
    baseline: str
    population: str
    lower: Bound | None
    upper: Bound | None
    unit: str
    fact: str
    fact_role: str

    @property
    def numeric(self) -> bool:
        return self.lower is not None or self.upper is not None

    @property
    def refs(self) -> frozenset[str]:
        return frozenset(b.ref for b in (self.lower, self.upper) if b is not None)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Every clause of one CTCAE term, direction and test."""

    term: str
    meddra_code: str
    soc: str
    direction: str
    assign: str
    testcd: str
    specimen: str
    variant: str
    clauses: tuple[Clause, ...]

    def printed_units(self) -> list[str]:
        """Units in which the criteria are stated, in the order of the table."""
        return list(dict.fromkeys(c.unit for c in self.clauses if c.numeric and c.unit))

    def in_unit(self, unit: str) -> tuple[Clause, ...]:
        """Clauses that may be compared in `unit`, those without a unit of their own included."""
        return tuple(c for c in self.clauses if c.unit in ("", unit))

    def alternatives(self, unit: str) -> dict[int, list[tuple[Clause, ...]]]:
        """Alternatives by grade; each is a tuple of clauses that must all hold."""
        by_grade: dict[int, list[tuple[Clause, ...]]] = defaultdict(list)
        joined: dict[tuple[int, str], list[Clause]] = defaultdict(list)
        for clause in self.in_unit(unit):
            if clause.joined:
                joined[clause.grade, clause.alternative].append(clause)
            else:
                by_grade[clause.grade].append((clause,))
        for (grade, _), clauses in joined.items():
            by_grade[grade].append(tuple(clauses))
        return dict(by_grade)


@dataclass(frozen=True, slots=True)
class Fact:
    """A clinical fact that no number decides, and how `number_only` takes it when unknown."""

    code: str
    wording: str
    present_by_default: bool


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = resources.files("safety.ctcae").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def facts() -> dict[str, Fact]:
    """Return the clinical facts by code."""
    return {
        r["code"]: Fact(r["code"], r["wording"], r["number_only"] == "present")
        for r in _rows("facts.csv")
    }


def _bound(row: dict[str, str], side: str) -> Bound | None:
    ref = row[f"{side}_ref"]
    if not ref:
        return None
    text = row[side]
    factor = float("nan") if ref == "BP_PERCENTILE" else float(text)
    return Bound(factor, ref, row[f"{side}_incl"] == "1")  # type: ignore[arg-type]


def _clause(row: dict[str, str]) -> Clause:
    return Clause(
        row_id=row["row_id"],
        grade=int(row["grade"]),
        alternative=row["alternative"],
        joined=row["combine"] == "AND",
        baseline=row["baseline"],
        population=row["population"],
        lower=_bound(row, "lower"),
        upper=_bound(row, "upper"),
        unit=row["unit"],
        fact=row["fact"],
        fact_role=row["fact_role"],
    )


@cache
def ladders(version: str = "5.0", population: str = "adult") -> tuple[Ladder, ...]:
    """Return every ladder of a CTCAE version for one population.

    Clauses that only name a clinical fact belong to every test of their term.
    Terms that are a diagnosis rather than a number (D46) are left out: they are never assigned.
    Raises FileNotFoundError for a version without numeric criteria.
    """
    groups: dict[tuple[str, str, str, str], list[tuple[set[str], Clause]]] = defaultdict(list)
    head: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for row in _rows(f"criteria_{version.replace('.', '_')}.csv"):
        if row["assign"] == "diagnosis" or row["direction"] == "composite":
            continue
        if {"any", population}.isdisjoint(row["population"].split()):
            continue
        key = (row["term"], row["direction"], row["specimen"], row["variant"])
        groups[key].append((set(row["testcds"].split()), _clause(row)))
        head.setdefault(key, row)
    return tuple(
        Ladder(
            term=key[0],
            meddra_code=head[key]["meddra_code"],
            soc=head[key]["soc"],
            direction=key[1],
            assign=head[key]["assign"],
            testcd=testcd,
            specimen=key[2],
            variant=key[3],
            clauses=tuple(c for codes, c in members if testcd in codes or not c.numeric),
        )
        for key, members in groups.items()
        for testcd in sorted(set().union(*(codes for codes, _ in members)))
    )


@cache
def ladders_by_test(version: str = "5.0") -> dict[tuple[str, str], tuple[Ladder, ...]]:
    """Ladders by (test code, specimen); the specimen is empty outside the laboratory."""
    found: dict[tuple[str, str], list[Ladder]] = defaultdict(list)
    for ladder in ladders(version):
        found[ladder.testcd, ladder.specimen].append(ladder)
    return {key: tuple(value) for key, value in found.items()}
