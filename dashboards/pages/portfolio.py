"""Portfolio: every study that somebody sees, and what in it asks for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc

from dashboards.components.parts import nothing, section
from dashboards.components.table import table
from dashboards.i18n import mark, t
from dashboards.page import EVERYBODY, Page
from dashboards.portfolio_page import lines, read
from dashboards.view import Visit


def draw(visit: Visit) -> Any:
    """Return the studies of a person; who sees none is told why."""
    store = visit.store
    known = store.studies() if store.is_ready() else []
    if not known:
        return nothing(_none(visit))
    found = read.studies(visit, known, datetime.now(UTC))
    shown = lines.shown(found)
    return dmc.Stack([section(shown.title, shown.note, table(shown))], gap="lg")


def _none(visit: Visit) -> str:
    roles = set().union(*visit.person.roles.values())
    if not visit.store.is_ready() or roles - {"admin"}:
        return t("No study of yours has data yet: nothing was published. Run `toxwatch run STUDY`.")
    if roles:
        return t("An admin manages accounts and sees the data of no study. Who must see a study "
                 "needs another role in it.")  # fmt: skip
    return t("You have no role in any study: ask an admin for one.")


PAGE = Page("/", mark("Portfolio"), draw, roles=EVERYBODY, of_study=False)
