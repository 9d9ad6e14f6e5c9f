"""Counts of what was right, and a line for everything that was not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

What = Literal["miss", "false", "late", "early", "wrong", "lost", "crash"]


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of a table of counts.

    expected: what truth has. hit + missed (+ wrong) = expected. false: said, but not true. delays:
    days of each hit that came late. early: hits said before the data could show them. wrong: of
    faults that were seen, but not handled as they should be.
    """

    name: str
    expected: int = 0
    hit: int = 0
    missed: int = 0
    false: int = 0
    delays: tuple[int, ...] = ()
    early: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float | None:
        """Share of hits, None where nothing was to be found."""
        return self.hit / self.expected if self.expected else None

    @property
    def days_late(self) -> int:
        return sum(self.delays)


@dataclass(frozen=True, slots=True)
class Line:
    """What was not right: of which subject, what, from which day (YYYY-MM-DD), and why."""

    kind: What
    name: str
    usubjid: str
    what: str
    day: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the score with its lines. note: what its figures mean, for the reader."""

    title: str
    tallies: tuple[Tally, ...]
    lines: tuple[Line, ...] = ()
    note: str = ""

    @property
    def total(self) -> Tally:
        return total(self.tallies)


def total(tallies: Iterable[Tally], name: str = "all") -> Tally:
    """Return the sum of tallies."""
    rows = tuple(tallies)
    return Tally(
        name,
        expected=sum(t.expected for t in rows),
        hit=sum(t.hit for t in rows),
        missed=sum(t.missed for t in rows),
        false=sum(t.false for t in rows),
        delays=tuple(d for t in rows for d in t.delays),
        early=sum(t.early for t in rows),
        wrong=sum(t.wrong for t in rows),
    )


def tallied(names: Iterable[str], expected: Iterable[str], lines: Iterable[Line],
            delays: Iterable[tuple[str, int]] = ()) -> tuple[Tally, ...]:  # fmt: skip
    """Return a tally a name, counted from what was expected and what went wrong.

    expected: the name of each thing that truth has; delays: (name, days) of late hits.
    """
    wanted, found, late = list(expected), list(lines), list(delays)
    return tuple(_one(name, wanted, found, late) for name in dict.fromkeys([*names, *wanted,
                 *(line.name for line in found)]))  # fmt: skip


def _one(name: str, expected: list[str], lines: list[Line], late: list[tuple[str, int]]) -> Tally:
    count = {
        kind: sum(line.name == name and line.kind == kind for line in lines)
        for kind in ("miss", "false", "early", "wrong")
    }
    wanted = expected.count(name)
    return Tally(
        name,
        expected=wanted,
        hit=wanted - count["miss"] - count["wrong"],
        missed=count["miss"],
        false=count["false"],
        delays=tuple(days for of, days in late if of == name),
        early=count["early"],
        wrong=count["wrong"],
    )
