"""What truth says of measurements: the grade of a day by test and term, and which test a row is."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from safety.simulate.score.read import Row, Truth

# One code of SDTM, two tests of the truth: told apart by the unit.
PROTEIN, DIPSTICK, PER_DAY = "PROT", "PROTDIP", "PROT24"
PLUSSES = frozenset({"", "{plus}"})
REPLACED = "superseded"  # another record of the same day counts in its place


class Place(NamedTuple):
    """Where truth has a grade. day: YYYY-MM-DD; direction: L or H."""

    usubjid: str
    day: str
    test: str
    term: str
    direction: str


class TrueGrades:
    """The true grades of the terms that are judged. terms: (term, direction) by test."""

    def __init__(self, truth: Truth) -> None:
        self.terms: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._grades: dict[Place, str] = {}
        judged = set(truth.judged("terms"))
        for row in truth.rows("values"):
            if row["TERM"] in judged:
                way = row["DIRECTION"][:1]
                place = Place(row["USUBJID"], row["DATE"], row["TEST"], row["TERM"], way)
                self._grades[place] = row["GRADE"]
                self.terms[row["TEST"]].add((row["TERM"], way))

    def of(self, place: Place) -> str | None:
        """Return the grade, "" if there is none to give, None if truth does not know the place."""
        return self._grades.get(place)


def test_of(code: str, unit: str) -> str:
    """Return the test of the truth for a code of SDTM and the unit of its value."""
    if code != PROTEIN:
        return code
    return DIPSTICK if unit in PLUSSES else PER_DAY


def place_of(grade: Row) -> Place:
    """Return where toxwatch says that a grade is."""
    test = test_of(grade["PARAMCD"], grade["GUNIT"])
    way = grade["DIRECTION"][:1].upper()
    return Place(grade["USUBJID"], grade["ADTMIN"][:10], test, grade["TERM"], way)


def grade_of(grade: Row) -> str:
    """Return a published grade as text, "" for none."""
    return "" if grade["ATOXGR"] == "" else str(int(grade["ATOXGR"]))


def is_replaced(grade: Row) -> bool:
    """Whether a row has no grade because another record counts in its place."""
    return grade["ATOXGR"] == "" and REPLACED in grade["REASONS"].split(";")
