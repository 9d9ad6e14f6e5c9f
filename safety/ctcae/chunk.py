"""Columns of measurements, and the rows of a chunk of them in the order of their kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safety.ctcae.scales import Block, Bools, Floats, usable_limits

NO_ANSWER = -1
CHUNK = 1 << 19  # rows; enough of each kind to outweigh the calls
SLICE = 12_288  # rows; a column of a slice stays below what an allocator maps afresh
Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Measurements:
    """Columns of the same length; None for a column nobody has.

    kind: index into the kinds given to the grader. value, lln, uln, base: in the unit of the
    kind, NaN for missing. base_state: scales.BaselineState. facts: scales.FactState by name.
    comparator: index into censored.SIGNS. flags: Reason of a row known beforehand.
    """

    kind: npt.NDArray[np.unsignedinteger]
    value: Floats
    lln: Floats
    uln: Floats
    base: Floats
    base_state: npt.NDArray[np.int8]
    facts: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)
    comparator: npt.NDArray[np.int8] | None = None
    flags: npt.NDArray[np.uint64] | None = None

    def __len__(self) -> int:
        return len(self.kind)

    def chunk(self, part: slice) -> Measurements:
        """Return some rows, as views."""
        return Measurements(
            self.kind[part], self.value[part], self.lln[part], self.uln[part], self.base[part],
            self.base_state[part], {n: c[part] for n, c in self.facts.items()},
            None if self.comparator is None else self.comparator[part],
            None if self.flags is None else self.flags[part],
        )  # fmt: skip


class Slice(NamedTuple):
    """Rows of one kind inside a chunk, limits made usable; None for what no row of it has.

    missing: rows without a value. lln_lost, uln_lost: rows whose limit cannot be used (D38).
    raw_limits: LLN and ULN as they came.
    """

    block: Block
    missing: Bools | None
    lln_lost: Bools | None
    uln_lost: Bools | None
    comparator: npt.NDArray[np.int8] | None
    flags: npt.NDArray[np.uint64] | None
    raw_limits: tuple[Floats, Floats]

    def __len__(self) -> int:
        return len(self.block)


class Bench:
    """Memory for one chunk, taken once: fresh pages cost more than the grading."""

    def __init__(self, size: int, width: int) -> None:
        self.floats = np.empty((4, size))
        self.state = np.empty(size, np.int8)
        self.rank = np.empty(size, np.int64)
        self.answer = np.empty((width, size), np.int32)
        self.count = np.arange(size)


class Chunk:
    """Rows of a chunk in the order of their kinds.

    Rows are dealt out to their places rather than collected from them: the source is then read in
    one run and each kind is written in one run, which memory likes five times as much.
    """

    def __init__(self, m: Measurements, kinds: int, bench: Bench) -> None:
        size = len(m)
        # stable, and by counting: five times as fast as an argsort
        order = pc.array_sort_indices(pa.array(m.kind)).to_numpy().view(np.int64)
        self._rank = bench.rank[:size]
        self._rank[order] = bench.count[:size]
        self._ends = np.cumsum(np.bincount(m.kind, minlength=kinds)).tolist()
        self._floats = [
            _deal(column, self._rank, space[:size])
            for column, space in zip((m.value, m.lln, m.uln, m.base), bench.floats, strict=True)
        ]
        self._state = _deal(m.base_state, self._rank, bench.state[:size])
        self._facts = {name: _deal_anew(c, self._rank) for name, c in m.facts.items()}
        self._comparator = _deal_anew(m.comparator, self._rank)
        self._flags = _deal_anew(m.flags, self._rank)
        self.answer = bench.answer[:, :size]
        self.answer.fill(NO_ANSWER)

    def places(self, kind: int) -> Iterator[slice]:
        """Yield the places of the rows of a kind, SLICE at most at a time."""
        start, end = self._ends[kind - 1] if kind else 0, self._ends[kind]
        for first in range(start, end, SLICE):
            yield slice(first, min(first + SLICE, end))

    def at(self, places: slice) -> Slice:
        """Return the rows at some places, as views."""
        value, lln, uln, base = (column[places] for column in self._floats)
        limits = usable_limits(lln, uln)
        facts = {name: column[places] for name, column in self._facts.items()}
        return Slice(
            Block(value, limits.lln, limits.uln, base, self._state[places], facts),
            _if_any(np.isnan(value)),
            _if_any(limits.lln_lost),
            _if_any(limits.uln_lost),
            None if self._comparator is None else _if_any(self._comparator[places]),
            None if self._flags is None else _if_any(self._flags[places]),
            (lln, uln),
        )

    def hand_back(self, out: npt.NDArray[np.int32]) -> None:
        """Write the answers to `out` in the order of the measurements."""
        for mine, theirs in zip(self.answer, out, strict=True):
            np.take(mine, self._rank, out=theirs, mode="clip")


def _deal(
    column: npt.NDArray[Number], rank: npt.NDArray[np.int64], out: npt.NDArray[Number]
) -> npt.NDArray[Number]:
    out[rank] = column
    return out


@overload
def _deal_anew(column: npt.NDArray[Number], rank: npt.NDArray[np.int64]) -> npt.NDArray[Number]: ...
@overload
def _deal_anew(column: None, rank: npt.NDArray[np.int64]) -> None: ...
def _deal_anew(
    column: npt.NDArray[Number] | None, rank: npt.NDArray[np.int64]
) -> npt.NDArray[Number] | None:
    return None if column is None else _deal(column, rank, np.empty_like(column))


def _if_any(column: npt.NDArray[Number]) -> npt.NDArray[Number] | None:
    return column if column.any() else None
