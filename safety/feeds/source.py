"""What a kind of feed offers that can be pulled: the module `source` in its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from safety.feeds.http import Client
from safety.feeds.pulled import Id, Known, Line
from safety.study.feeds import Feed

MOST_GONE = 500  # ids of a group that a person need not accept; so many can be asked for singly


@dataclass(slots=True)
class Found:
    """What a server answered.

    at: now, by the server's clock. lines: everything that was asked for. gone: ids that the server
    has no more. asked: known ids it asked about, empty if all of them.
    cursor, columns, left_out, notes: as in the head of a pull.
    """

    at: datetime
    lines: list[Line] = field(default_factory=list)
    gone: set[Id] = field(default_factory=set)
    asked: set[Id] = field(default_factory=set)
    cursor: dict[str, str] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    full: bool = False


class Source(Protocol):
    """What the module `source` of a kind offers."""

    SUBJECTS: str  # the group each id of which is a subject, "" if there is none

    def parts_of(self, line: Line, /) -> frozenset[str]:
        """Return which rows a line has; none if it takes them away."""

    def fetch(
        self, feed: Feed, client: Client, known: Known, now: datetime, full: bool, /
    ) -> Found:
        """Return what is new since the last pull, or everything. Raises PullError."""


@cache
def source(kind: str) -> Source:
    """Return what asks servers of a kind of feed."""
    return cast("Source", import_module(f"safety.feeds.{kind}.source"))
