"""Rows that must be accepted with a given meaning: what toxwatch made of them.

A measurement whose test has a term is judged by what was graded: the value that the grade is of,
and the grade itself. Its received value says nothing of how toxwatch read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from safety.simulate.score import meaning
from safety.simulate.score.measured import (
    Place,
    TrueGrades,
    grade_of,
    is_replaced,
    place_of,
    test_of,
)
from safety.simulate.score.read import Published, Row, Truth
from safety.simulate.score.spans import Span

DATE = re.compile(r"\d{4}-\d\d-\d\d")
SHARE = "LE"  # end of the code of a share of white cells, NEUTLE
OTHER_VALUE = "calcium_corrected"  # what was graded is not the value of the row


class Read(NamedTuple):
    """How a row was read: right since `day`; missed: not graded; told: what is not right."""

    state: Literal["right", "wrong", "missed"]
    day: str = ""
    told: str = ""


class Readings:
    """What toxwatch made of rows, beside what they mean."""

    def __init__(self, truth: Truth, said: Published) -> None:
        self._true, self._said = TrueGrades(truth), said

    def of(self, record: Row, wanted: str, when: Span) -> Read:
        """Judge an accepted record; wanted: number and unit, a day, or the term of an event."""
        day = max(record["SPAN"].first, when.first)
        found = list(self._all(record, wanted, when))
        wrong = [r for r in found if r.state != "right"]
        return wrong[0] if wrong else Read("right", max((day, *(r.day for r in found))))

    def _all(self, record: Row, wanted: str, when: Span) -> Iterator[Read]:
        code = str(record.get("PARAMCD", ""))
        test = code.removesuffix(SHARE)
        value = meaning.value(wanted)
        if value is None:
            yield _text(record, wanted)
        grades = [g for g in self._grades(record, test) if g["SPAN"].meets(when)]
        for key in dict.fromkeys(g["KEY"] for g in grades):
            yield self._since(record, [g for g in grades if g["KEY"] == key], value)
        terms = self._true.terms.get(test_of(test, str(record.get("UCUM", ""))), set())
        without = terms - {(g["TERM"], g["DIRECTION"][:1].upper()) for g in grades}
        if not grades and test != code:
            yield Read("missed", told="no count was derived from the share")
        elif without:
            names = ", ".join(sorted(term for term, _ in without))
            yield Read("missed", told=f"the row is accepted, but not graded: {names}")
        elif not grades and value is not None:
            yield _value(test, value, _received(record))

    def _since(self, record: Row, versions: Sequence[Row], value: meaning.Value | None) -> Read:
        """Judge the last version of a grade; if it is right, since the first that is."""
        found = Read("right")
        for grade in sorted(versions, key=lambda g: g["SPAN"].first, reverse=True):
            earlier = self._version(record, grade, value)
            if earlier.state != "right":
                return found if found.day else earlier
            found = earlier
        return found

    def _version(self, record: Row, grade: Row, wanted: meaning.Value | None) -> Read:
        """Judge a version of a grade by its value, and by the true grade of its day."""
        if wanted is not None:
            found = _value(grade["PARAMCD"], wanted, _graded(record, grade))
            if found.state != "right":
                return found
        is_share = record.get("PARAMCD", grade["PARAMCD"]) != grade["PARAMCD"]
        true, got, day = self._true.of(place_of(grade)), grade_of(grade), grade["SPAN"].first
        # a count from a share has no range, and may have no grade; nor has one of several readings
        may_lack = is_share or (is_replaced(grade) and self._counts(place_of(grade)))
        if not true or got == true or (not got and may_lack):
            return Read("right", day)
        if got:
            return Read("wrong", told=f"{grade['TERM']}: grade {got}, truth is grade {true}")
        return Read("missed", told=f"{grade['TERM']}: not graded: {grade['REASONS']}")

    def _counts(self, place: Place) -> bool:
        """Whether a grade stands at a place."""
        grades = self._said.by("grade", "USUBJID", place.usubjid)
        return any(g["ATOXGR"] != "" and place_of(g) == place for g in grades)

    def _grades(self, record: Row, test: str) -> Sequence[Row]:
        """Return the grades of a record; of a share those of the count of its sample."""
        if record.get("PARAMCD", test) == test:
            return self._said.by("grade", "MKEY", record["KEY"])
        sample = record["KEY"].rpartition("|")[0]
        return [
            g for g in self._said.by("grade", "USUBJID", record["USUBJID"])
            if g["PARAMCD"] == test and g["MKEY"].rpartition("|")[0] == sample
        ]  # fmt: skip


def _text(record: Row, wanted: str) -> Read:
    """Judge the day of a measurement, or the term of an event."""
    if DATE.fullmatch(wanted):
        told = str(record.get("ADTMIN", ""))[:10]
    else:
        told = str(record.get("AEDECOD", wanted))
    if told.casefold() == wanted.casefold():
        return Read("right")
    return Read("wrong", told=f"toxwatch reads {told or 'nothing'}, truth is {wanted}")


def _graded(record: Row, grade: Row) -> meaning.Value | None:
    """Return the number and unit that a grade is of, None if there is no number."""
    if OTHER_VALUE in grade["REASONS"].split(";"):
        return _received(record)
    return None if grade["GVAL"] == "" else (float(grade["GVAL"]), str(grade["GUNIT"]))


def _received(record: Row) -> meaning.Value | None:
    number, unit = record["AVAL"], record["UCUM"] or record["AVALU"]
    return None if number == "" else (float(number), str(unit))


def _value(test: str, wanted: meaning.Value, said: meaning.Value | None) -> Read:
    if said is not None and meaning.agrees(test, wanted, said):
        return Read("right")
    told = "no number" if said is None else _in_words(said)
    return Read("wrong", told=f"toxwatch reads {told}, truth is {_in_words(wanted)}")


def _in_words(value: meaning.Value) -> str:
    return f"{value[0]:g} {value[1]}".strip()
