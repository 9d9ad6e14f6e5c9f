"""Clean rows that were accused: held, or asked about, for a fault that was not planted.

A row is clean if it came in a usable file and no fault was planted on it. No accusation is what
follows from a planted fault: on a row of the same sample, event or day of a drug (`_sample`); for
a fault that was planted on another row of the same subject (the twin of a duplicate, the other of
two that disagree); and while the subject itself is not known (its DM row has not come, or has a
fault). What is said of files (51 to 53) accuses no row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from safety.simulate.score.faults import Findings, cited, delivered_as
from safety.simulate.score.read import Published, Truth
from safety.simulate.score.spans import ALWAYS
from safety.simulate.score.tally import Line, Part, Tally

OF_FILES = frozenset({51, 52, 53})
ACCUSING = frozenset({"reject", "query"})


class Charge(NamedTuple):
    """What was said against a row, from which day."""

    row: str
    day: str
    check: str
    faults: frozenset[int]
    reason: str


def part(truth: Truth, said: Published) -> Part:
    """Return the table of accused rows by check; `expected` of its total are the clean rows."""
    planted = _Planted(truth)
    clean = _clean(truth, said, planted)
    charges: dict[str, Charge] = {}
    for charge in _charges(said):
        if charge.row in clean and not planted.explains(charge):
            charges.setdefault(charge.row, charge)
    lines = tuple(
        Line("false", c.check, subject_of(c.row), c.row, c.day, c.reason)
        for c in sorted(charges.values())
    )
    by_check = [
        Tally(name, false=sum(line.name == name for line in lines))
        for name in sorted({line.name for line in lines})
    ]
    free = len(clean) - len(lines)
    rows = Tally("clean rows", len(clean), free, false=0)
    note = "Hit: rows not accused. False: rows accused, by the first check that did."
    return Part("Clean rows accused", (rows, *by_check), lines, note)


def subject_of(row: str) -> str:
    """Return the subject in a natural key."""
    names = row.split("|")
    return names[1] if len(names) > 1 else ""


def _clean(truth: Truth, said: Published, planted: _Planted) -> set[str]:
    last = said.days[-1] if said.days else ""
    came = {r["ROW"] for r in truth.rows("rows") if r["CAME"] and r["CAME"] <= last}
    return {row for row in came if not planted.has(row)}


def _sample(row: str) -> tuple[str, ...]:
    """Return what a row belongs to: a sample, an event with its supplements, a day of a drug."""
    names = row.split("|")
    if names[0] == "LB":
        return tuple(names[:3])
    if names[0] in {"AE", "SUPPAE"}:
        return ("AE", *names[1:3])
    if names[0] == "EC":
        return (*names[:2], names[2].removesuffix("-N"))
    return tuple(names)


class _Planted:
    """What was planted, and what it explains."""

    def __init__(self, truth: Truth) -> None:
        faults = truth.rows("faults")
        self.rows = frozenset(row for f in faults for row in delivered_as(f))
        self._samples = {_sample(r) for r in self.rows}
        self._numbers: dict[str, set[int]] = defaultdict(set)
        self._unknown: set[str] = set()
        for fault in faults:
            if fault["ROW"]:
                self._numbers[fault["USUBJID"]].add(int(fault["FAULT"]))
                if fault["DOMAIN"] == "DM":
                    self._unknown.add(fault["USUBJID"])
        self._known: dict[str, str] = {}
        for row in truth.rows("rows"):
            if row["ROW"].startswith("DM|") and row["CAME"]:
                who = subject_of(row["ROW"])
                self._known[who] = min(row["CAME"], self._known.get(who, ALWAYS))

    def has(self, row: str) -> bool:
        """Whether a fault was planted on a row, whatever key it was delivered with."""
        return row in self.rows or (row.startswith("SV|") and row.rpartition("|")[0] in self.rows)

    def explains(self, charge: Charge) -> bool:
        who = subject_of(charge.row)
        return (
            _sample(charge.row) in self._samples
            or bool(charge.faults & self._numbers[who])
            or who in self._unknown
            or charge.day < self._known.get(who, ALWAYS)
        )


def _charges(said: Published) -> Iterator[Charge]:
    """Yield what checks say against rows, the earliest of a row first."""
    found: list[Charge] = []
    findings = Findings(said)
    for row, checks in findings.by_record.items():
        found += [
            Charge(row, c.span.first, c.check, c.faults, c.title)
            for c in checks
            if c.handling in ACCUSING and c.faults - OF_FILES
        ]
    told = {charge.row for charge in found}
    for row, spells in said.held.items():
        if row not in told:
            found += [
                Charge(row, spell.first, "held", cited(reason), reason) for spell, reason in spells
            ]
    yield from sorted(found, key=lambda c: (c.day, c.row, c.check))
