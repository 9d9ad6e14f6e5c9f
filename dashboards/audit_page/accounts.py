"""The chain of entries that belong to no study: accounts, roles, sign-ins. No subject is in it."""

from __future__ import annotations

from typing import Any

from dashboards.audit_page import listing, query
from dashboards.audit_page.query import Wanted
from dashboards.components import choose
from dashboards.components.parts import section
from dashboards.components.table import table
from dashboards.i18n import t
from dashboards.page import Roles
from dashboards.shown import Column, Shown
from dashboards.view import ForbiddenError, Visit
from safety.accounts.account import EVERY
from safety.store.engine import reader

READERS: Roles = frozenset({"admin", "auditor"})


def part(visit: Visit) -> Any:
    """Return the newest entries on accounts; for an admin, or an auditor of every study.

    An auditor of one study does not read who has a role in others: ForbiddenError.
    """
    if visit.person.roles_in(EVERY).isdisjoint(READERS):
        raise ForbiddenError(t("Only an admin, or an auditor of every study, reads this."))
    first = query.first(visit.address.get("first"))
    of = Wanted("", first=first)
    engine = reader(visit.settings.db_url)
    try:
        with engine.connect() as connection:
            found, total = query.page(connection, of), query.count(connection, of)
    finally:
        engine.dispose()
    rows = listing.told(found)
    names = ("NUMBER", "AT", "ACTOR", "ACTION", "OBJECT", "CHANGE", "REASON")
    heads = (t("Entry"), t("At (UTC)"), t("Who"), t("Action"), t("Object"), t("Change"),
             t("Reason"))  # fmt: skip
    columns = tuple(Column(n, h, wide=n == "CHANGE") for n, h in zip(names, heads, strict=True))
    shown = Shown(t("Entries on accounts"), rows, columns, none=t("There is no entry."))
    return section(
        shown.title,
        t("{n} of {m} entries, newest first; times in UTC", n=len(rows), m=f"{total:,}"),
        *_pages(visit, first, total),
        table(shown),
    )


def _pages(visit: Visit, first: int, total: int) -> list[Any]:
    newer, older = max(first - query.PAGE, 0), first + query.PAGE
    links = []
    if first:
        href = visit.address.here(first=str(newer) if newer else "")
        links.append(choose.chip(t("Newer"), href, on=False))
    if older < total:
        links.append(choose.chip(t("Older"), visit.address.here(first=str(older)), on=False))
    return links
