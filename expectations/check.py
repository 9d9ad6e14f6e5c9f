"""What a check is, apart from how Great Expectations runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypedDict

Severity = Literal["critical", "warning", "info"]
Handling = Literal["reject", "query", "warn", "convert", "hold"]
Tier = Literal["", "P1", "P2", "P3", "P4"]
Status = Literal["pass", "fail", "not_applicable", "not_evaluable"]


Rows = Callable[[Any, "Context"], Any]
Compare = Callable[[Any], Any]  # from the frame to a column that says what is wrong with a row


class Weight(TypedDict, total=False):
    """How much a check weighs, where it is not the usual."""

    severity: Severity
    handling: Handling
    releasable: bool
    alert: Tier


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation on one kind of record.

    columns: canonical fields it needs; without one the check is not evaluable, not failed.
    needs_one_of: fields of which at least one must have been delivered.
    rows: an optional filter, a function from the frame to a boolean column.
    build: the Great Expectations expectation. handling: reject = quarantine the row, query = ask
    the site, warn = say it, convert = a value was changed by a known rule, which is logged, hold =
    the whole file waits. says: a column whose text says what is wrong with a row; it becomes the
    finding's note. releasable: a named user may let a row in although it fails. alert: the tier of
    the data alert that a failing row raises, "" for none.
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
    releasable: bool = False
    alert: Tier = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a study changes of the checks.

    off: why a check is not wanted, by id. severity, handling: how much others weigh, and
    reasons: why. added: checks of the study's own, each with what makes its column.
    """

    off: Mapping[str, str] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    handling: Mapping[str, Handling] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    added: tuple[tuple[Check, Compare], ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may know beside its rows."""

    as_of: date
    studyid: str
    subjects: frozenset[str]
    related: tuple[str, ...]
    unrelated: tuple[str, ...]
    gradable: frozenset[tuple[str, str]]
    changes: Changes = field(default_factory=Changes)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of one file: status, counts and the rows that failed.

    columns: the fields it looked at; says: the one whose text says what is wrong with a row.
    """

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
    columns: tuple[str, ...] = ()
    says: str = ""
