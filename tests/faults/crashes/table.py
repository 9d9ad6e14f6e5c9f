"""The table of the long run: a line for each kind of fault, and what was lost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from tests.faults.crashes.checker import Verdict

COLUMNS = (
    "rows", "rows_lost", "rows_twice", "alerts", "alerts_lost", "alerts_twice", "mails",
    "mails_lost", "wire_repeats", "audit_breaks",
)  # fmt: skip
TOLD = {
    "rows_lost": "rows lost", "rows_twice": "rows twice", "alerts_lost": "alerts lost",
    "alerts_twice": "alerts twice", "mails_lost": "mails lost", "wire_repeats": "wire repeats",
    "audit_breaks": "audit breaks",
}  # fmt: skip


@dataclass
class Line:
    """One kind of fault. what: how much of it. bites: what must be found in a wrong shape."""

    name: str
    what: str
    seconds: float
    verdict: Verdict | None = None
    wrong: list[str] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)
    bites: tuple[str, ...] = ()

    @property
    def found(self) -> list[str]:
        """Return the faults that were found, in words."""
        of = self.verdict.faults if self.verdict else {}
        return [*(f"{name} {n}" for name, n in of.items()), *self.wrong]

    @property
    def is_right(self) -> bool:
        if self.bites:
            return any(getattr(self.verdict, name) for name in self.bites)
        return not self.found

    def content(self) -> dict[str, Any]:
        of = asdict(self.verdict) if self.verdict else {}
        said = {"name": self.name, "what": self.what, "seconds": round(self.seconds, 1)}
        return said | {"right": self.is_right, "found": self.found, "detail": self.detail} | of


def text(lines: list[Line]) -> str:
    """Return the table, and below it what was found that may not be."""
    head = ["fault", "how much", *(TOLD.get(c, c) for c in COLUMNS), "s", ""]
    rows = [head, *(_row(line) for line in lines)]
    width = [max(len(row[n]) for row in rows) for n in range(len(head))]
    told = ["  ".join(_placed(cell, width[n], n) for n, cell in enumerate(row)) for row in rows]
    bad = [f"{line.name}: {'; '.join(line.found) or 'nothing found'}" for line in lines
           if not line.is_right]  # fmt: skip
    return "\n".join([*told, *([""] if bad else []), *bad])


def _row(line: Line) -> list[str]:
    of = [str(getattr(line.verdict, c)) if line.verdict else "" for c in COLUMNS]
    end = ("bites" if line.bites else "ok") if line.is_right else "WRONG"
    return [line.name, line.what, *of, f"{line.seconds:.0f}", end]


def _placed(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column < 2 else cell.rjust(width)
