"""Tables that pages show: drawn, and exported, from one and the same function.

What is exported is what is on the screen, because both ask the function of the table with the view
of the same address. A table is registered by name; an export that names another is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from dashboards.page import SEES_DATA, Roles
from dashboards.view import View

Kind = Literal["text", "number", "grade", "count"]
Href = Callable[[dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. header: translated already. href: of a cell, "" for none; of a row as a dict.

    grade: of `count`, the grade whose colour its cells have.
    """

    name: str
    header: str
    kind: Kind = "text"
    href: Href | None = None
    grade: int | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as it is shown. note: the denominator, and what is left out.

    group: of columns, the header above some of them, by the name of the first and how many.
    """

    title: str
    rows: pd.DataFrame
    columns: tuple[Column, ...]
    note: str = ""
    none: str = ""
    groups: tuple[tuple[str, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Source:
    """The function of a table, and who may see it."""

    make: Callable[[View], Shown]
    roles: Roles


SOURCES: dict[str, Source] = {}


def shown(name: str, roles: Roles = SEES_DATA) -> Callable[[Callable[[View], Shown]], Any]:
    """Register the function of a table under a name that an address can have."""

    def register(make: Callable[[View], Shown]) -> Callable[[View], Shown]:
        SOURCES[name] = Source(make, roles)
        return make

    return register
