"""What a verification finds wrong: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field

RESTORE = (
    "Keep the database and its files as they are for the inquiry, tell who answers for the data, "
    "and restore the newest backup that verifies."
)
COUNTED = ("chains", "entries", "anchors", "objects", "rows", "files")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. kind: chain, anchor, guard, object, rows or evidence."""

    study: str
    kind: str
    what: str
    todo: str = RESTORE

    def __str__(self) -> str:
        return f"{self.study or 'entries of no study'}: {self.what}"


@dataclass(slots=True)
class Report:
    """Problems in the order they were found, what was looked at, and notes that need no act."""

    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    notes: list[str] = field(default_factory=list)

    def count(self, name: str, number: int) -> None:
        self.counts[name] += number
