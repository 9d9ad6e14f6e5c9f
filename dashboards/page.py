"""What a page is, and all the pages there are, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from safety.accounts.account import ROLES

Roles = frozenset[str]
EVERYBODY: Roles = frozenset(ROLES)
SEES_DATA: Roles = EVERYBODY - {"admin"}  # who manages accounts need not see subjects
COMMITTEE: Roles = frozenset({"committee", "chair"})
MONITORS: Roles = frozenset({"monitor"})
ENGINEERS: Roles = frozenset({"engineer"})


@dataclass(frozen=True, slots=True)
class Page:
    """One page. name: English, translated when shown; draw: of a view, or of a visit.

    filters: those of dashboards.address.FILTERS that change what it shows. of_study: it shows one
    study and is drawn of its snapshot. listed: it stands in the navigation. lasts: it shows
    nothing but the snapshot (dashboards.lasting).
    """

    path: str
    name: str
    draw: Callable[[Any], Any]
    roles: Roles = SEES_DATA
    filters: tuple[str, ...] = ()
    of_study: bool = True
    listed: bool = True
    lasts: bool = False


def by_path(pages: tuple[Page, ...]) -> Mapping[str, Page]:
    """Return pages by their path."""
    return {page.path: page for page in pages}
