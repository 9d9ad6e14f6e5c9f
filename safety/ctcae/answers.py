"""The register of answers: every distinct result a grading has given, by number.

A graded row is two numbers, the row and the answer. Grade, possible grades, reasons, criterion,
term and unit hang on the answer, so they are stored, worded and compared once, not once a row.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from safety.ctcae.criteria import Ladder
from safety.ctcae.ladder import EVERY_GRADE, NOT_GRADABLE, Rungs
from safety.ctcae.outcomes import Outcomes
from safety.ctcae.reasons import LIKELY_UNIT, Reason, names
from safety.ctcae.units import Conversion

Ids = npt.NDArray[np.int32]
POSSIBLE_TEXT = [
    "|".join(str(g) for g in range(5) if mask >> g & 1) for mask in range(EVERY_GRADE + 1)
]


class Use(NamedTuple):
    """One ladder put to rows of one test in one unit.

    ladder, outcomes, rungs (the answers of every code): None where there is nothing to climb;
    every row then has the answer `first`. unit: what the limits are read in, "" if the unit of
    the rows is not usable. first: answer of code 0; no_value, text: answers of a row without a
    result and with one that is no number.
    """

    number: int
    term: str
    meddra_code: str
    soc: str
    direction: str
    ladder: Ladder | None
    outcomes: Outcomes | None
    rungs: Rungs | None
    unit: str
    conversion: Conversion
    first: int
    no_value: int
    text: int


@dataclass(slots=True)
class Answers:
    """Columns of the register; position is the number of the answer."""

    uses: list[Use] = field(default_factory=list)
    use: list[npt.NDArray[np.int32]] = field(default_factory=list)
    grade: list[npt.NDArray[np.int8]] = field(default_factory=list)
    possible: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    numeric: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    reasons: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    criterion: list[npt.NDArray[np.object_]] = field(default_factory=list)
    hint: list[npt.NDArray[np.object_]] = field(default_factory=list)
    size: int = 0
    _starts: list[int] = field(default_factory=list)
    _interned: dict[tuple[object, ...], int] = field(default_factory=dict)

    def append(self, use: int, rungs: Rungs, hint: str = "") -> int:
        """Add answers of a use and return the number of the first."""
        first, count = self.size, len(rungs.grade)
        self._starts.append(first)
        self.use.append(np.full(count, use, np.int32))
        self.grade.append(rungs.grade)
        self.possible.append(rungs.possible)
        self.numeric.append(rungs.numeric)
        self.reasons.append(rungs.reasons)
        self.criterion.append(rungs.criterion)
        self.hint.append(np.full(count, hint, object))
        self.size += count
        return first

    def intern(self, use: int, one: Rungs, hint: str = "") -> int:
        """Return the number of a single answer, adding it if it is new."""
        key = (use, int(one.grade[0]), int(one.possible[0]), int(one.numeric[0]),
               int(one.reasons[0]), str(one.criterion[0]), hint)  # fmt: skip
        found = self._interned.get(key)
        if found is None:
            found = self._interned[key] = self.append(use, one, hint)
        return found

    def one(self, number: int) -> Rungs:
        """Return a single answer."""
        part = bisect_right(self._starts, number) - 1
        at = slice(number - self._starts[part], number - self._starts[part] + 1)
        return Rungs(self.grade[part][at], self.possible[part][at], self.numeric[part][at],
                     self.reasons[part][at].copy(), self.criterion[part][at])  # fmt: skip

    def columns(self) -> Columns:
        """Return the register as plain arrays."""
        return Columns(
            use=np.concatenate([np.zeros(0, np.int32), *self.use]),
            grade=np.concatenate([np.zeros(0, np.int8), *self.grade]),
            possible=np.concatenate([np.zeros(0, np.uint8), *self.possible]),
            numeric=np.concatenate([np.zeros(0, np.uint8), *self.numeric]),
            reasons=np.concatenate([np.zeros(0, np.uint64), *self.reasons]),
            criterion=np.concatenate([np.zeros(0, object), *self.criterion]),
            hint=np.concatenate([np.zeros(0, object), *self.hint]),
        )


class Columns(NamedTuple):
    """The register as arrays, one entry an answer."""

    use: npt.NDArray[np.int32]
    grade: npt.NDArray[np.int8]
    possible: npt.NDArray[np.uint8]
    numeric: npt.NDArray[np.uint8]
    reasons: npt.NDArray[np.uint64]
    criterion: npt.NDArray[np.object_]
    hint: npt.NDArray[np.object_]

    def reason_texts(self) -> npt.NDArray[np.object_]:
        """Return the `;`-separated reasons of every answer."""
        flags, inverse = np.unique(self.reasons, return_inverse=True)
        texts = np.array([names(int(f)) for f in flags], object)[inverse]
        for i in np.flatnonzero(self.hint != ""):
            texts[i] = ";".join(filter(None, [texts[i], f"{LIKELY_UNIT}{self.hint[i]}"]))
        return texts


def refusal(reasons: Reason, possible: int | np.uint8) -> Rungs:
    """Return the single answer 'not gradable' with its reasons."""
    mask = np.array([possible], np.uint8)
    return Rungs(
        grade=np.array([NOT_GRADABLE], np.int8), possible=mask, numeric=mask,
        reasons=np.array([reasons], np.uint64), criterion=np.array([""], object),
    )  # fmt: skip
