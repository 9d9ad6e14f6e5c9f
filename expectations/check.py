"""What a check is, apart from how Great Expectations runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Severity = Literal["critical", "warning", "info"]
Handling = Literal["reject", "query", "warn"]
Status = Literal["pass", "fail", "not_applicable", "not_evaluable"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may know beside its rows."""

    as_of: date
    studyid: str
    subjects: frozenset[str]
    related: tuple[str, ...]
    unrelated: tuple[str, ...]
    gradable: frozenset[tuple[str, str]]


Rows = Callable[[Any, Context], Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation on one kind of record.

    columns: canonical fields it needs; without one the check is not evaluable, not failed.
    needs_one_of: fields of which at least one must have been delivered.
    rows: an optional filter, a function from the frame to a boolean column.
    build: the Great Expectations expectation. handling: reject = quarantine the row.
    says: a column whose text says what is wrong with a row; it becomes the finding's note.
    """

    id: str
    record: str
    title: str
    columns: tuple[str, ...]
    build: Callable[[Any, Context], Any]
    severity: Severity
    handling: Handling
    citation: str
    rows: Rows | None = None
    needs_one_of: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of one file: status, counts and the rows that failed."""

    check_id: str
    domain: str
    file: str
    status: Status
    severity: Severity
    handling: Handling
    title: str
    citation: str
    checked: int
    rows: tuple[int, ...]
    note: str = ""
