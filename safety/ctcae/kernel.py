"""The block function: columns of measurements in, one answer for each row and ladder out.

Rows are split by kind (test, unit, ...), so that every rule sees scalar limits and a whole slice
is placed by a few array operations. Chunks keep memory flat however long the columns are.
Source of the form: measurements of row-wise, matrix and slice-wise grading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from safety.ctcae import censored, notes
from safety.ctcae.answers import Answers, Columns, Ids, Use
from safety.ctcae.chunk import CHUNK, NO_ANSWER, Bench, Chunk, Measurements, Slice
from safety.ctcae.ladder import NOT_GRADABLE, Policy
from safety.ctcae.plan import Kind, add_uses
from safety.ctcae.reasons import Reason


class Graded(NamedTuple):
    """answer: number in the register, of shape (ladders, rows); NO_ANSWER where there are fewer.

    The first ladders are those of the kind of the row, in order of term and direction.
    """

    answer: npt.NDArray[np.int32]

    def listed(self) -> tuple[npt.NDArray[np.int64], Ids]:
        """Return row and answer of every one there is, in the order of the rows and ladders."""
        width, rows = self.answer.shape
        if width == 1 and (self.answer != NO_ANSWER).all():
            return np.arange(rows), self.answer[0]
        flat = self.answer.T.reshape(-1)
        at = np.flatnonzero(flat != NO_ANSWER)
        return at // width, flat[at]


class Grader:
    """Grades measurements of given kinds under one CTCAE version and policy."""

    def __init__(
        self, kinds: Sequence[Kind], version: str = "5.0", policy: Policy = "number_only", *,
        everything: bool = False,
    ) -> None:  # fmt: skip
        """Plan the ladders of every kind.

        everything: with terms that a number may only suggest (D46), and with an answer for rows
        that no term grades.
        """
        self.answers = Answers()
        self.kinds = tuple(kinds)
        self._uses = [
            add_uses(k, self.answers, version, policy, everything=everything) for k in kinds
        ]

    def grade(self, measurements: Measurements) -> Graded:
        """Return the answers of every row."""
        width = max((len(uses) for uses in self._uses), default=1)
        answer = np.empty((width, len(measurements)), np.int32)
        bench = Bench(min(CHUNK, len(measurements)), width)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            for start in range(0, len(measurements), CHUNK):
                part = slice(start, start + CHUNK)
                chunk = Chunk(measurements.chunk(part), len(self.kinds), bench)
                self._chunk(chunk)
                chunk.hand_back(answer[:, part])
        return Graded(answer)

    def _chunk(self, chunk: Chunk) -> None:
        """Grade one chunk, in the order of its kinds."""
        for i, (kind, uses) in enumerate(zip(self.kinds, self._uses, strict=True)):
            for places in chunk.places(i) if uses else ():
                part = chunk.at(places)
                noted = notes.of_rows(kind, uses, part)
                for j, use in enumerate(uses):
                    chunk.answer[j, places] = self._use(use, part, noted)

    def _use(self, use: Use, part: Slice, noted: notes.Notes | None) -> Ids | int:
        """Return the answers of one ladder for the rows of a slice."""
        if use.outcomes is None:
            return use.first
        ids = use.outcomes.code(part.block, use.conversion).astype(np.int32)
        ids += use.first
        if part.missing is not None:
            ids[part.missing] = use.no_value
            if part.flags is not None:
                text = part.flags & np.uint64(Reason.VALUE_NOT_NUMERIC) != 0
                ids[part.missing & text] = use.text
        if part.comparator is not None:
            self._censored(use, part, ids, part.comparator)
        lost = part.uln_lost if use.direction == "high" else part.lln_lost
        if noted is not None or lost is not None:
            notes.add(self.answers, use, ids, noted, lost)
        return ids

    def _censored(self, use: Use, part: Slice, ids: Ids, comparator: npt.NDArray[np.int8]) -> None:
        """D27: answer rows of which only a bound is known by all the values it allows."""
        rows = np.flatnonzero((comparator != 0) & ~np.isnan(part.block.value))
        if not len(rows) or use.outcomes is None or use.rungs is None:
            return
        found = censored.answer(
            use.outcomes, use.rungs, part.block.take(rows), use.conversion, comparator[rows]
        )
        ids[rows] = notes.enter(self.answers, use, found)

    def grades(self, graded: Graded) -> npt.NDArray[np.int8]:
        """Return grades of the shape of the answers, NOT_GRADABLE where there is none."""
        known = np.append(self.answers.columns().grade, np.int8(NOT_GRADABLE))  # at NO_ANSWER
        width, rows = graded.answer.shape
        found = np.empty((width, rows), np.int8)
        for start in range(0, rows, CHUNK):  # numpy widens an index: not all at once
            part = slice(start, start + CHUNK)
            found[:, part] = known[graded.answer[:, part]]
        return found

    def columns(self) -> Columns:
        """Return the register of answers as arrays."""
        return self.answers.columns()
