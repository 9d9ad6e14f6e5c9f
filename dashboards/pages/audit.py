"""The audit trail of a study: its state, its entries, one of them in full."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards.audit_page import accounts, entry, listing, state
from dashboards.audit_page.words import READERS
from dashboards.i18n import mark
from dashboards.page import Page
from dashboards.view import View


def draw(view: View) -> Any:
    """Return the page; the entry in the address comes first."""
    chosen = view.address.get("entry")
    parts = [entry.part(view, chosen) if chosen else None, state.part(view), listing.part(view)]
    return dmc.Stack([part for part in parts if part is not None], gap="xl")


# Not of a study: whoever may see it is asked where it is drawn.
ACCOUNTS = Page("/audit/accounts", mark("Audit of accounts"), accounts.part,
                roles=accounts.READERS, of_study=False)  # fmt: skip
PAGE = Page("/audit", mark("Audit"), draw, roles=READERS)
