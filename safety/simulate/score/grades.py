"""Grades of measurements against the true ones, by term: at the end, and on the day each came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from safety.simulate.score.faults import cited, delivered_as
from safety.simulate.score.measured import (
    Place,
    TrueGrades,
    grade_of,
    is_replaced,
    place_of,
    test_of,
)
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, days_between
from safety.simulate.score.tally import Line, Part, tallied

Key = tuple[str, str, str]  # row, term, direction (L or H)
DERIVED = "~"  # in the key of a record that toxwatch calculated
NOTE = (
    "Every row that came, times the terms of its test, against values.csv on the day of the "
    "sample. Rows with a planted fault are judged by fault, and so is what is calculated from "
    "them; single readings that a mean replaces are not judged."
)


class Wanted(NamedTuple):
    """A grade that a delivered row must have."""

    row: str
    place: Place
    came: str

    @property
    def key(self) -> Key:
        return self.row, self.place.term, self.place.direction


def parts(truth: Truth, said: Published) -> tuple[Part, ...]:
    """Return the tables of the grades that stand, and of those first published."""
    judge = _Judge(truth, said)
    rows = said.rows("grade")
    expected, lines = _compared(judge, said, [r for r in rows if r["SPAN"].last == ALWAYS])
    expected_first, came = _compared(judge, said, list(_first(rows)))
    late = list(_delays(judge, rows))
    return (
        Part("Grades by term", tallied((), expected, lines, late), tuple(lines), NOTE),
        Part(
            "Grades by term, as first published",
            tallied((), expected_first, came),
            tuple(line for line in came if line not in lines),
            "Only what the table above does not tell already has a line.",
        ),
    )


def _compared(judge: _Judge, said: Published, rows: Sequence[Row]) -> tuple[list[str], list[Line]]:
    """Return the terms of what is expected, and what is wrong with the rows that are there.

    Expected is what truth wants of the rows that came, and what toxwatch grades of rows that it
    calculated itself.
    """
    found = {_key(r): r for r in rows}
    counted = {judge.place(r) for r in rows if r["ATOXGR"] != ""}
    expected: list[str] = []
    lines: list[Line] = []
    for want in judge.wanted:
        row = found.pop(want.key, None)
        if row is not None and is_replaced(row) and want.place in counted:
            continue
        expected.append(want.place.term)
        lines += [judge.lost(want, said)] if row is None else judge.lines(row)
    for row in found.values():
        if judge.judges(row):
            expected += [row["TERM"]] if judge.true(row) else []
            lines += judge.lines(row)
    return expected, lines


class _Judge:
    """The true grades, and what is known of the rows of the source."""

    def __init__(self, truth: Truth, said: Published) -> None:
        self._true = TrueGrades(truth)
        faults = self._faults = truth.rows("faults")
        self._planted = frozenset(k for f in faults for k in delivered_as(f))
        self._samples = {key.rpartition("|")[0] for key in self._planted if key.startswith("LB|")}
        # rows of a subject whose own row has a fault are held with it
        self._unknown = {f["USUBJID"] for f in faults if f["ROW"] and f["DOMAIN"] == "DM"}
        self.came: dict[str, list[str]] = defaultdict(list)
        latest: dict[str, Row] = {}
        for row in sorted(truth.rows("rows"), key=lambda r: (r["KNOWN"], r["DELETED"])):
            if row["CAME"] and row["CAME"] <= said.last:
                latest[row["ROW"]] = row
                if row["DELETED"] != "Y":  # taken back: there is nothing to grade
                    self.came[row["ROW"]].append(row["CAME"])
        self._gone = {row for row, r in latest.items() if r["DELETED"] == "Y"}
        stands = [r for r in latest.values() if r["DELETED"] != "Y"]
        self._measured = {r["ROW"]: m for r in stands if (m := _measured(r, said))}
        self.wanted = tuple(self._wanted())

    def _wanted(self) -> Iterator[Wanted]:
        """Yield the grades that rows without a fault must have, where truth has one."""
        for row, (usubjid, day, test) in self._measured.items():
            if self._is_planted(row) or usubjid in self._unknown:
                continue
            for term, way in sorted(self._true.terms.get(test, ())):
                place = Place(usubjid, day, test, term, way)
                if self._true.of(place):
                    yield Wanted(row, place, min(self.came[row]))

    def place(self, row: Row) -> Place:
        """Return where a grade is: by the truth of its row, else as toxwatch says."""
        said = place_of(row)
        usubjid, day, test = self._measured.get(row["MKEY"], said[:3])
        return said._replace(usubjid=usubjid, day=day, test=test)

    def true(self, row: Row) -> str | None:
        return self._true.of(self.place(row))

    def judges(self, row: Row) -> bool:
        """Whether a row is judged: truth knows its day, and no fault was planted on it."""
        sure = row["MKEY"] in self._measured or row["ADTMIN"][:10] == row["ADTMAX"][:10]
        return (
            sure
            and not is_replaced(row)
            and row["USUBJID"] not in self._unknown
            and row["MKEY"] not in self._gone
            and not self._is_planted(row["MKEY"])
            and self.true(row) is not None
        )

    def _is_planted(self, key: str) -> bool:
        """Whether a row, or a result of the sample it was calculated from, has a fault."""
        sample = key.rpartition("|")[0]
        return key in self._planted or (DERIVED in key and sample in self._samples)

    def right(self, row: Row) -> bool:
        return grade_of(row) == self.true(row)

    def lines(self, row: Row) -> Iterator[Line]:
        """Yield what is wrong with the grade of a row: one that differs is a miss and false."""
        true, got, place = self.true(row), grade_of(row), self.place(row)
        if got == true:
            return
        says = f"toxwatch says grade {got}" if got else f"not graded: {row['REASONS']}"
        what = f"grade {true or 'none'} on {place.day} ({row['MKEY']})"
        if true:
            yield Line("miss", place.term, place.usubjid, what, row["SPAN"].first, says)
        if got:
            yield Line("false", place.term, place.usubjid, what, row["SPAN"].first, says)

    def lost(self, want: Wanted, said: Published) -> Line:
        """Return the line of a row that came, and that toxwatch never gave its grade."""
        usubjid, why = want.place.usubjid, "in no table"
        if want.row in said.held:
            why = f"held: {said.held[want.row][-1][1]}"
            found = (f for f in self._faults if f["USUBJID"] == usubjid and f["ROW"])
            beside = [f["ROW"] for f in found if int(f["FAULT"]) in cited(why)]
            why += f" (planted on {', '.join(beside)})" if beside else ""
        elif want.row in said.records:
            why = "stored, without a grade"
        what = f"no grade of {want.row} on {want.place.day}"
        return Line("miss", want.place.term, usubjid, what, want.came, why)


def _key(row: Row) -> Key:
    return row["MKEY"], row["TERM"], row["DIRECTION"][:1].upper()


def _measured(row: Row, said: Published) -> tuple[str, str, str] | None:
    """Return subject, day and test of a row with a result.

    A truth without TEST and DATE takes them from the record, if its day is sure.
    """
    usubjid = row["ROW"].split("|")[1]
    if row.get("TEST"):
        return usubjid, row["DATE"], row["TEST"]
    stored = [r for r in said.records.get(row["ROW"], []) if "PARAMCD" in r]
    if not stored or stored[-1]["VALUESTATE"] == "not_done":
        return None
    record = stored[-1]
    day = record["ADTMIN"][:10]
    test = test_of(record["PARAMCD"], record["UCUM"])
    return (usubjid, day, test) if day == record["ADTMAX"][:10] else None


def _first(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the first version of each graded row."""
    seen = set()
    for row in sorted(rows, key=lambda r: r["SPAN"].first):
        if row["KEY"] not in seen:
            seen.add(row["KEY"])
            yield row


def _delays(judge: _Judge, rows: Sequence[Row]) -> Iterator[tuple[str, int]]:
    """Yield days between a row's coming and its right grade; of rows never corrected."""
    seen = set()
    wanted = {want.key for want in judge.wanted}
    for row in sorted(rows, key=lambda r: r["SPAN"].first):
        came = judge.came.get(row["MKEY"], [])
        once = row["KEY"] not in seen and len(came) == 1 and _key(row) in wanted
        if once and judge.right(row):
            seen.add(row["KEY"])
            days = days_between(came[0], row["SPAN"].first)
            if days > 0:
                yield row["TERM"], days
