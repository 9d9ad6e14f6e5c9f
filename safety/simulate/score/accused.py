"""Clean rows that were accused: held, or asked about, for a fault that was not planted.

A row is clean if it came in a usable file and no fault was planted on it. Whatever a check that
rejects or asks says of it is an accusation, also if it cites no fault; only what is said of files
(51 to 53) and of no row is none. It is excused on the days, from the first delivery that shows a
fault to the one that corrects it, on which it follows from that fault:

* on a row of the same sample, event or day of a drug (`_sample`);
* on another row of the same subject, if the fault lies between records and the check cites its
  number (the twin of a duplicate, the other of two that disagree);
* in the DM row of the subject, or as long as that row has not come: then nobody knows the subject.

An accusation that goes on when its excuse is over counts from that day on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from safety.simulate.score.effects import DUPLICATE
from safety.simulate.score.faults import BETWEEN, Findings, cited, delivered_as
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, Span, merged
from safety.simulate.score.tally import Line, Part, Tally

OF_FILES = frozenset({51, 52, 53})
ACCUSING = frozenset({"reject", "query"})
# Faults that two rows make together: either may be named.
PAIRED = BETWEEN | {DUPLICATE}


class Charge(NamedTuple):
    """What was said against a row, in which days."""

    row: str
    when: Span
    check: str
    faults: frozenset[int]
    reason: str


def part(truth: Truth, said: Published) -> Part:
    """Return the table of accused rows by check; `expected` of its total are the clean rows."""
    planted = _Planted(truth, said)
    clean = _clean(truth, said, planted)
    found: dict[str, Line] = {}
    for charge in _charges(said):
        day = planted.unexcused(charge) if charge.row in clean else ""
        if day:
            line = Line("false", charge.check, subject_of(charge.row), charge.row, day,
                        charge.reason)  # fmt: skip
            found[charge.row] = min(found.get(charge.row, line), line, key=_order)
    lines = tuple(sorted(found.values(), key=_order))
    by_check = [
        Tally(name, false=sum(line.name == name for line in lines))
        for name in sorted({line.name for line in lines})
    ]
    free = len(clean) - len(lines)
    rows = Tally("clean rows", len(clean), free, false=0)
    note = "Hit: rows not accused. False: rows accused, by the first check that did."
    return Part("Clean rows accused", (rows, *by_check), lines, note)


def _order(line: Line) -> tuple[str, str, str]:
    return line.what, line.day, line.name


def subject_of(row: str) -> str:
    """Return the subject in a natural key."""
    names = row.split("|")
    return names[1] if len(names) > 1 else ""


def _clean(truth: Truth, said: Published, planted: _Planted) -> set[str]:
    came = {r["ROW"] for r in truth.rows("rows") if r["CAME"] and r["CAME"] <= said.last}
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
    """What was planted, and when it explains what."""

    def __init__(self, truth: Truth, said: Published) -> None:
        faults = [f for f in truth.rows("faults") if f["ROW"]]
        self.rows = frozenset(row for f in faults for row in delivered_as(f))
        self._samples: dict[tuple[str, ...], list[Span]] = defaultdict(list)
        self._numbers: dict[tuple[str, int], list[Span]] = defaultdict(list)
        self._unknown: dict[str, list[Span]] = defaultdict(list)
        for fault in faults:
            number, who, stands = int(fault["FAULT"]), fault["USUBJID"], _stands(fault, said)
            for sample in {_sample(row) for row in delivered_as(fault)}:
                self._samples[sample].append(stands)
            if number in PAIRED:
                self._numbers[who, number].append(stands)
            if fault["DOMAIN"] == "DM" and number != DUPLICATE:
                self._unknown[who].append(stands)
        known: dict[str, str] = {}
        for row in truth.rows("rows"):
            who = subject_of(row["ROW"])
            known.setdefault(who, ALWAYS)
            if row["ROW"].startswith("DM|") and row["CAME"]:
                known[who] = min(row["CAME"], known[who])
        for who, day in known.items():
            self._unknown[who].append(Span("", said.first_day(day) or ALWAYS))

    def has(self, row: str) -> bool:
        """Whether a fault was planted on a row, whatever key it was delivered with."""
        return row in self.rows or (row.startswith("SV|") and row.rpartition("|")[0] in self.rows)

    def unexcused(self, charge: Charge) -> str:
        """Return the first day on which nothing explains a charge, "" for none."""
        who, day = subject_of(charge.row), charge.when.first
        excuses = [*self._samples[_sample(charge.row)], *self._unknown[who]]
        for number in charge.faults & PAIRED:
            excuses += self._numbers[who, number]
        for excuse in merged(excuses):
            if excuse.holds(day):
                day = excuse.last
        return day if day < charge.when.last else ""


def _stands(fault: Row, said: Published) -> Span:
    """Return the days on which a fault can be seen: up to the first run after its correction."""
    over = said.first_day(fault["CORRECTED"]) if fault["CORRECTED"] else None
    return Span(fault["DAY"], over or ALWAYS)


def _charges(said: Published) -> Iterator[Charge]:
    """Yield what checks say against rows, and what is held without one."""
    told = set()
    for row, checks in Findings(said).by_record.items():
        for c in checks:
            if c.handling in ACCUSING and not (c.faults and c.faults <= OF_FILES):
                told.add(row)
                yield Charge(row, c.span, c.check, c.faults, c.title)
    for row, spells in said.held.items():
        if row not in told:
            yield from (Charge(row, when, "held", cited(why), why) for when, why in spells)
