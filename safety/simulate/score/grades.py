"""Grades of measurements against the true ones, by term: at the end, and on the day each came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from safety.simulate.score.faults import delivered_as
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import ALWAYS, days_between
from safety.simulate.score.tally import Line, Part, tallied

Place = tuple[str, str, str, str]  # subject, day, term, direction (L or H)
DERIVED = "~"  # in the key of a record that toxwatch calculated
REPLACED = "superseded"  # another record of the same day counts in its place
NOTE = (
    "Against the values of values.csv on the day of the sample. Rows with a planted fault are "
    "judged by fault, and so is what is calculated from them; single readings that a mean "
    "replaces are not judged."
)


def parts(truth: Truth, said: Published) -> tuple[Part, ...]:
    """Return the tables of the grades that stand, and of those first published."""
    judge = _Judge(truth)
    rows = [r for r in said.rows("grade") if judge.judges(r)]
    final = [r for r in rows if r["SPAN"].last == ALWAYS]
    lost = list(_ungraded(judge, said))
    lines = [*(line for r in final for line in judge.lines(r)), *lost]
    expected = [r["TERM"] for r in final if judge.gradable(r)] + [line.name for line in lost]
    late = list(_delays(judge, rows))
    first = list(_first(rows))
    came = [line for r in first for line in judge.lines(r)]
    expected_first = [r["TERM"] for r in first if judge.gradable(r)]
    return (
        Part("Grades by term", tallied((), expected, lines, late), tuple(lines), NOTE),
        Part(
            "Grades by term, as first published",
            tallied((), expected_first, came),
            tuple(line for line in came if line not in lines),
            "Only what the table above does not tell already has a line.",
        ),
    )


class _Judge:
    """The true grades, and what is known of the rows of the source."""

    def __init__(self, truth: Truth) -> None:
        self.planted = frozenset(k for f in truth.rows("faults") for k in delivered_as(f))
        self._samples = {key.rpartition("|")[0] for key in self.planted if key.startswith("LB|")}
        self.came: dict[str, list[str]] = defaultdict(list)
        for row in truth.rows("rows"):
            if row["CAME"] and row["DELETED"] != "Y":  # taken back: there is nothing to grade
                self.came[row["ROW"]].append(row["CAME"])
        self.terms: dict[str, set[str]] = defaultdict(set)  # by test
        self._grades: dict[Place, set[str]] = defaultdict(set)
        judged = set(truth.judged("terms"))
        for row in truth.rows("values"):
            if row["TERM"] in judged:
                place = row["USUBJID"], row["DATE"], row["TERM"], row["DIRECTION"][:1]
                self._grades[place].add(row["GRADE"])
                self.terms[row["TEST"]].add(row["TERM"])

    def judges(self, row: Row) -> bool:
        """Whether a row is judged: truth knows its day, and no fault was planted on it."""
        replaced = row["ATOXGR"] == "" and REPLACED in row["REASONS"].split(";")
        sure = row["ADTMIN"][:10] == row["ADTMAX"][:10]
        return sure and not replaced and not self._is_planted(row["MKEY"]) and bool(self._of(row))

    def _is_planted(self, key: str) -> bool:
        """Whether a row, or a result of the sample it was calculated from, has a fault."""
        sample = key.rpartition("|")[0]
        return key in self.planted or (DERIVED in key and sample in self._samples)

    def gradable(self, row: Row) -> bool:
        return self._of(row) != {""}

    def right(self, row: Row) -> bool:
        return _grade(row) in self._of(row)

    def lines(self, row: Row) -> Iterator[Line]:
        """Yield what is wrong with the grade of a row: one that differs is a miss and false."""
        if self.right(row):
            return
        true = " or ".join(sorted(self._of(row))) or "none"
        got = _grade(row)
        says = f"toxwatch says grade {got}" if got else f"not graded: {row['REASONS']}"
        what = f"grade {true} on {row['ADTMIN'][:10]} ({row['MKEY']})"
        if self.gradable(row):
            yield Line("miss", row["TERM"], row["USUBJID"], what, row["SPAN"].first, says)
        if got:
            yield Line("false", row["TERM"], row["USUBJID"], what, row["SPAN"].first, says)

    def _of(self, row: Row) -> set[str]:
        direction = row["DIRECTION"][:1].upper()
        place = row["USUBJID"], row["ADTMIN"][:10], row["TERM"], direction
        return self._grades.get(place, set())


def _grade(row: Row) -> str:
    return "" if row["ATOXGR"] == "" else str(int(row["ATOXGR"]))


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
    for row in sorted(rows, key=lambda r: r["SPAN"].first):
        came = judge.came.get(row["MKEY"], [])
        if row["KEY"] in seen or not judge.right(row) or len(came) != 1:
            continue
        seen.add(row["KEY"])
        days = days_between(came[0], row["SPAN"].first)
        if days > 0:
            yield row["TERM"], days


def _ungraded(judge: _Judge, said: Published) -> Iterator[Line]:
    """Yield rows of tests with a term that came, and that toxwatch never graded.

    Not those without a result: an accepted row that says so has nothing to grade.
    """
    graded = {r["MKEY"] for r in said.rows("grade")}
    last = said.days[-1] if said.days else ""
    for key, days in judge.came.items():
        terms = judge.terms.get(key.rsplit("|", 1)[-1], set()) if key.startswith("LB|") else set()
        if not terms or key in graded or key in judge.planted or min(days) > last:
            continue
        stored = said.records.get(key, [])
        if stored and all(r["VALUESTATE"] == "not_done" for r in stored):
            continue
        why = "in no table" if not stored else "stored, without a grade"
        if key in said.held:
            why = f"held: {said.held[key][-1][1]}"
        yield Line("miss", min(terms), key.split("|")[1], f"no grade of {key}", min(days), why)
