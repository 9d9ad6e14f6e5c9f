"""Planted faults: caught as the catalogue asks, seen but handled otherwise, or missed.

R: the row is in quarantine. W, Q: a check that cites the fault names the row, or, of a fault
between records, another record of the subject since the fault came, or something the assessment
asks or notes of the subject names it; or the fault shows by itself (`effects`). H, P4: a failed
check that cites the fault names the file, or its delivery is held. C: the row is accepted and
means what it should, as it was graded (`converted`). Of several right handlings one is enough. A
row that should be loaded and is in quarantine is handled wrong. Looked at is the time from the
first delivery that shows the fault to the one that corrects it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from safety.simulate.score.converted import Readings
from safety.simulate.score.effects import Effects, due, ends
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import Span, days_between
from safety.simulate.score.tally import Line, Part, What, tallied

# Faults between records: the check may name the other record of the same subject.
BETWEEN = frozenset({3, 4, 5, 11, 12, 14, 15, 26, 27, 30, 31, 32, 39, 40, 41, 42, 43, 44, 45, 48,
                     50})  # fmt: skip
SHARE = 26
# The catalogue rejects a part of the row and keeps the rest: its grade (17: value stored; 24: R
# value) or its range (21). A row that is kept, named by a check and has no grade is right too.
UNGRADED, RANGE = frozenset({17, 24}), 21
OF_FILE = frozenset({"H", "P4"})


class Cited(NamedTuple):
    """A check that names a record: in which days, and the faults it cites."""

    span: Span
    usubjid: str
    faults: frozenset[int]
    check: str
    handling: str
    title: str
    record: str


def delivered_as(fault: Row) -> frozenset[str]:
    """Return the natural keys a row with a fault may have: as delivered, and as it should be.

    A fault may be in the key: in the subject, in the test of a share in place of a count, or in the
    day of a visit (then a prefix of the key).
    """
    if not fault["ROW"]:
        return frozenset()
    names = re.split(r"(?<!\\)\|", fault["ROW"])
    own = (names[0], fault["USUBJID"], *names[2:])
    visit = {"|".join(own[:3])} if names[0] == "SV" else set()
    if int(fault["FAULT"]) == SHARE:  # NEUTLE came in place of NEUT
        own = (*own[:-1], own[-1].removesuffix("LE"))
    return frozenset({fault["ROW"], "|".join(own), *visit})


def cited(text: str) -> frozenset[int]:
    """Return the numbers of the catalogue in a citation such as `faults 8 and 9`."""
    found = re.search(r"faults?\b([\d\s,]|and)+", text)
    return frozenset(int(n) for n in re.findall(r"\d+", found.group())) if found else frozenset()


class Findings:
    """What checks said, by record, subject and file."""

    def __init__(self, said: Published) -> None:
        checks: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in said.rows("finding"):
            checks[row["CHECKID"], row["DOMAIN"]].append(row)
        self.failed = [r for r in said.rows("finding") if r["STATUS"] == "fail"]
        self.by_record: dict[str, list[Cited]] = defaultdict(list)
        self.by_subject: dict[str, list[Cited]] = defaultdict(list)
        for row in said.rows("finding_row"):
            of_check = checks.get((row["CHECKID"], row["DOMAIN"]), [])
            check = next((c for c in of_check if c["SPAN"].meets(row["SPAN"])), None)
            if check is not None:
                found = Cited(
                    row["SPAN"], row["USUBJID"], cited(check["CITATION"]), row["CHECKID"],
                    check["HANDLING"], check["TITLE"], row["RECORD"],
                )  # fmt: skip
                self.by_record[row["RECORD"]].append(found)
                self.by_subject[row["USUBJID"]].append(found)

    def new(self, usubjid: str, number: int, when: Span) -> Iterator[Cited]:
        """Yield findings that cite a fault, on records of a subject, and that came with it.

        What a check said of a record before the fault was there is not about it.
        """
        for found in self.by_subject.get(usubjid, []):
            named = self.by_record[found.record]
            old = any(f.check == found.check and f.span.first < when.first for f in named)
            if number in found.faults and when.holds(found.span.first) and not old:
                yield found


class Outcome(NamedTuple):
    """What became of one fault: caught, wrong or missed; day: when it was caught."""

    state: str
    day: str = ""
    how: str = ""


def part(truth: Truth, said: Published) -> Part:
    """Return the table of planted faults by number."""
    judge = _Judge(truth, said)
    lines: list[Line] = []
    delays, expected = [], []
    faults = [f for f in truth.rows("faults") if judge.effects.shows(f)]
    for fault in sorted(faults, key=lambda f: int(f["FAULT"])):
        name = f"fault {fault['FAULT']}"
        expected.append(name)
        outcome = judge.outcome(fault)
        what = f"{fault['WHAT']} ({fault['ROW'] or fault['FILE']}; right: {fault['RIGHT']})"
        if outcome.state != "caught":
            kind = KINDS[outcome.state]
            lines.append(Line(kind, name, fault["USUBJID"], what, fault["DAY"], outcome.how))
            continue
        days = days_between(due(fault), outcome.day)
        if days > 0:
            delays.append((name, days))
            text = f"{days} days late"
            lines.append(Line("late", name, fault["USUBJID"], what, fault["DAY"], text))
    return Part("Planted faults", tallied((), expected, lines, delays), tuple(lines))


class _Judge:
    def __init__(self, truth: Truth, said: Published) -> None:
        self.said = said
        self.findings = Findings(said)
        self.readings = Readings(truth, said)
        self.effects = Effects(truth, said)
        self.faults = truth.rows("faults")

    def outcome(self, fault: Row) -> Outcome:
        """Return what became of a fault between its first delivery and its correction."""
        right = set(fault["RIGHT"].split(";"))
        number, row = int(fault["FAULT"]), fault["ROW"]
        when = Span(due(fault), ends(fault))
        seen: list[tuple[str, str]] = []  # (handling, day)
        if right & OF_FILE or not row:
            seen += [("H", d) for d in self._of_file(fault, number)]
        if row:
            held = [max(s.first, when.first) for s, _ in self.said.held.get(row, [])
                    if s.meets(when)]  # fmt: skip
            if held and "R" not in right:
                return Outcome("wrong", how=f"quarantined: {self.said.held[row][-1][1]}")
            seen += [("R", d) for d in held]
            seen += [("Q", d) for d in self._asked(fault, number, when)]
            seen += [("E", d) for d in self.effects.days(fault, when)]
            if "C" in right and not held:
                return self._converted(fault, when)
        fits = {"Q": {"Q", "W"}, "H": set(OF_FILE), "R": {"R"}, "E": {"Q", "W"}}
        if "R" in right and (
            number == RANGE or (number in UNGRADED and not self._graded(row, when))
        ):
            fits["Q"] = {"R"}
        days = [day for handling, day in seen if fits[handling] & right]
        if days:
            return Outcome("caught", min(days))
        if seen:
            done = ", ".join(sorted({WORDS[handling] for handling, _ in seen}))
            return Outcome("wrong", how=f"only {done}")
        stands = "; the row is accepted" if row and self._accepted(row, when) else ""
        return Outcome("missed", how=f"no finding cites it{stands}")

    def _of_file(self, fault: Row, number: int) -> Iterator[str]:
        """Yield days on which something says that the file, or the day of a feed, is not right.

        What names the file with its day counts whenever it is said; what names it without, or only
        the feed, on the first run after the fault and until the file came right.
        """
        first = self.said.first_day(fault["DAY"]) or fault["DAY"]
        near = Span(first, max(fault["CORRECTED"], _next(first)))
        name = fault["FILE"].rsplit("/", 1)[-1]
        for row in self.findings.failed:
            if number not in cited(row["CITATION"]):
                continue
            told = f"{row['FILE']} {row['NOTE']}"
            days = re.findall(rf"(\d{{4}}-\d\d-\d\d)/(?:\w+/)?{re.escape(name)}", told)
            named = name in told if name else fault["FEED"] in f"{row['DOMAIN']} {told}"
            when = Span(first) if name and days else near
            if (fault["DAY"] in days if name and days else named) and row["SPAN"].meets(when):
                yield max(row["SPAN"].first, first)
        for file in self.said.files:
            held = file["STATUS"] == "held" and file["DAY"] == fault["DAY"]
            if held and name and file["FEED"] == fault["FEED"] and name in file["REASON"]:
                yield first

    def _asked(self, fault: Row, number: int, when: Span) -> Iterator[str]:
        """Yield days on which a check, a query, a flag or a deviation is about the fault."""
        row, usubjid = fault["ROW"], fault["USUBJID"]
        for found in self.findings.by_record.get(row, []):
            if number in found.faults and found.span.meets(when):
                yield max(found.span.first, when.first)
        if number not in BETWEEN:
            return
        same = {f["ROW"] for f in self.faults if f["FAULT"] == fault["FAULT"]}
        for found in self.findings.new(usubjid, number, when):
            # what has this fault itself is not named for another
            if found.record not in same and _may_be_of(row, found.record):
                yield found.span.first
        yield from self._assessed(row, usubjid, number, when)

    def _assessed(self, row: str, usubjid: str, number: int, when: Span) -> Iterator[str]:
        """Yield days of queries and flags that name the row or cite the fault, and deviations."""
        mine = self.said.by("verdict", "USUBJID", usubjid)
        before = {
            text for r in mine if r["SPAN"].first < when.first for text in _texts(r)
        }  # what was asked before the fault was there is not about it
        for verdict in mine:
            if not verdict["SPAN"].meets(when):
                continue
            for text in _texts(verdict):
                if text not in before and (row in text or number in cited(text)):
                    yield max(verdict["SPAN"].first, when.first)
        for deviation in self.said.by("deviation", "USUBJID", usubjid):
            new = when.holds(deviation["SPAN"].first)
            if new and any(e["record"] == row for e in json.loads(deviation["EVIDENCE"])):
                yield deviation["SPAN"].first

    def _graded(self, row: str, when: Span) -> bool:
        return any(
            g["ATOXGR"] != "" and g["SPAN"].meets(when) for g in self.said.by("grade", "MKEY", row)
        )

    def _accepted(self, row: str, when: Span) -> Row | None:
        versions = self.said.records.get(row, [])
        return next((r for r in versions if r["SPAN"].meets(when)), None)

    def _converted(self, fault: Row, when: Span) -> Outcome:
        """Judge a row that must be accepted with a given meaning."""
        record = self._accepted(fault["ROW"], when)
        if record is None:
            return Outcome("missed", how="the row is nowhere")
        read = self.readings.of(record, fault["VALUE"], when)
        return Outcome("caught" if read.state == "right" else read.state, read.day, read.told)


KINDS: dict[str, What] = {"missed": "miss", "wrong": "wrong"}
WORDS = {"H": "the file named", "R": "the row held", "Q": "asked or flagged", "E": "counted"}


def _may_be_of(row: str, other: str) -> bool:
    """Whether a fault may lie between two records: of two results, of one sample or test."""
    one, two = row.split("|"), other.split("|")
    return {one[0], two[0]} != {"LB"} or bool(set(one[2:]) & set(two[2:]))


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _texts(verdict: Row) -> list[str]:
    return [*json.loads(verdict["QUERIES"] or "[]"), *json.loads(verdict["FLAGS"] or "[]")]
