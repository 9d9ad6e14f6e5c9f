"""The criteria as data: rows of `data/criteria_*.csv` compiled into ladders.

A *clause* is one numeric comparison (or one clinical fact) that belongs to a grade.
A *ladder* is every clause of one term, direction and test. A grade is met when one of its
alternatives is; an alternative is one clause, or several joined by AND.
Source: NCI CTCAE v5.0 (27 Nov 2017); decisions D01-D46 are named where they act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from safety.ctcae.catalogue import by_code
from safety.ctcae.rows import read_rows

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


POPULATIONS: dict[str, frozenset[str]] = {
    "adult": frozenset({"any", "adult"}),
    "adolescent": frozenset({"any", "pediatric", "child", "adolescent"}),
    "child": frozenset({"any", "pediatric", "child"}),
    "infant": frozenset({"any", "pediatric", "infant"}),
}


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
    covers: bool  # False: written for adults, so it can rule a grade out of a minor but not in
    lower: Bound | None
    upper: Bound | None
    unit: str
    printed: bool  # by NCI in this unit; else converted by us
    fact: str
    fact_role: str
    citation: str
    decisions: tuple[str, ...]  # D01-D46 that act in the row

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
    existing: tuple[int, ...]  # grades the term has, those that are no number included
    clauses: tuple[Clause, ...]

    def stated_units(self) -> dict[str, bool]:
        """Units the criteria are stated in, in the order of the table; True if NCI prints them."""
        return {c.unit: c.printed for c in self.clauses if c.numeric and c.unit}

    def in_unit(self, unit: str) -> tuple[Clause, ...]:
        """Clauses that may be compared in `unit`, those without a unit of their own included.

        EVERY_UNIT gives all: where the unit is not usable, each could have been meant.
        """
        return tuple(c for c in self.clauses if c.unit in ("", unit) or unit == EVERY_UNIT)

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


EVERY_UNIT = "*"
ASKED_FACTS = ("symptomatic", "on_anticoagulation")  # what data may tell; the rest is unknown


@dataclass(frozen=True, slots=True)
class Fact:
    """A clinical fact that no number decides.

    present_by_default: how `number_only` takes it when unknown. follows: what an asked fact, if
    it is (asked, True) or is not (asked, False) present, says of this one.
    """

    code: str
    wording: str
    present_by_default: bool
    follows: Mapping[tuple[str, bool], bool]


@cache
def facts() -> dict[str, Fact]:
    """Return the clinical facts by code."""
    return {
        r["code"]: Fact(r["code"], r["wording"], r["number_only"] == "present", _follows(r))
        for r in read_rows("facts.csv")
    }


def _follows(row: dict[str, str]) -> dict[tuple[str, bool], bool]:
    told = {
        (asked, present): row[f"if_{asked}" if present else f"if_not_{asked}"]
        for asked in ASKED_FACTS
        for present in (True, False)
    }
    return {key: text == "present" for key, text in told.items() if text}


@cache
def caveats() -> dict[tuple[str, str], str]:
    """Return what no number shows of a term, by term and direction: names of reasons."""
    return {(r["term"], r["direction"]): r["caveat"] for r in read_rows("caveats.csv")}


def _bound(row: dict[str, str], side: str) -> Bound | None:
    ref = row[f"{side}_ref"]
    if not ref:
        return None
    text = row[side]
    factor = float("nan") if ref == "BP_PERCENTILE" else float(text)
    return Bound(factor, ref, row[f"{side}_incl"] == "1")  # type: ignore[arg-type]


def _clause(row: dict[str, str], population: str) -> Clause:
    return Clause(
        row_id=row["row_id"],
        grade=int(row["grade"]),
        alternative=row["alternative"],
        joined=row["combine"] == "AND",
        baseline=row["baseline"],
        population=row["population"],
        covers=not POPULATIONS[population].isdisjoint(row["population"].split()),
        lower=_bound(row, "lower"),
        upper=_bound(row, "upper"),
        unit=row["unit"],
        printed=row["printed"] == "1",
        fact=row["fact"],
        fact_role=row["fact_role"],
        citation=row["citation"],
        decisions=tuple(row["decision"].split()),
    )


@cache
def ladders(version: str = "5.0", population: str = "adult") -> tuple[Ladder, ...]:
    """Return every ladder of a CTCAE version for one of POPULATIONS, in the order of the table.

    Minors are read by the clauses for their age; those for adults stay, marked as not covering.
    A term without a test of its own (stool count, limb volume) has the test code "". Clauses that
    only name a clinical fact belong to every test of their term.
    Raises ValueError for a version without numeric criteria.
    """
    read = POPULATIONS[population] | {"adult"}
    groups: dict[tuple[str, str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in _criteria(version):
        if read.isdisjoint(row["population"].split()):
            continue
        key = (row["term"], row["direction"], row["specimen"], row["variant"])
        groups[key].append(row)
    return tuple(
        _ladder(rows, testcd, population, version)
        for rows in groups.values() for testcd in _testcds(rows)
        if any(r["lower_ref"] or r["upper_ref"] for r in rows)
    )  # fmt: skip


def _criteria(version: str) -> list[dict[str, str]]:
    try:
        return list(read_rows(f"criteria_{version.replace('.', '_')}.csv"))
    except FileNotFoundError as error:
        raise ValueError(f"there are no numeric criteria for CTCAE version {version!r}") from error


def _testcds(rows: list[dict[str, str]]) -> list[str]:
    """Test codes with a numeric clause; "" for a term that has none."""
    numeric = [r for r in rows if r["lower_ref"] or r["upper_ref"]]
    return sorted({code for r in numeric for code in r["testcds"].split() or [""]})


def _ladder(rows: list[dict[str, str]], testcd: str, population: str, version: str) -> Ladder:
    head = rows[0]
    term = by_code(head["meddra_code"], version)
    clauses = ((r["testcds"].split(), _clause(r, population)) for r in rows)
    return Ladder(
        term=head["term"],
        meddra_code=head["meddra_code"],
        soc=head["soc"],
        direction=head["direction"],
        assign=head["assign"],
        testcd=testcd,
        specimen=head["specimen"],
        variant=head["variant"],
        existing=term.grades if term else (),
        clauses=tuple(c for codes, c in clauses if not c.numeric or testcd in (codes or [""])),
    )


@cache
def ladders_by_test(
    version: str = "5.0", population: str = "adult"
) -> dict[tuple[str, str], tuple[Ladder, ...]]:
    """Ladders by (test code, specimen); the specimen is empty outside the laboratory."""
    found: dict[tuple[str, str], list[Ladder]] = defaultdict(list)
    for ladder in ladders(version, population):
        found[ladder.testcd, ladder.specimen].append(ladder)
    return {key: tuple(value) for key, value in found.items()}
