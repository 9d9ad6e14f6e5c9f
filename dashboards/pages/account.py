"""One's own account: roles, sessions, password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboards.components.parts import section
from dashboards.components.table import table
from dashboards.i18n import mark, t
from dashboards.page import EVERYBODY, Page
from dashboards.shown import Column, Shown
from dashboards.view import Visit
from safety.accounts import sessions
from safety.store.engine import reader


def draw(visit: Visit) -> Any:
    """Return what somebody may do, and where else they are signed in."""
    account = visit.person.account
    return dmc.Stack(
        [
            section(account.name, account.username, table(_roles(visit))),
            section(t("Where you are signed in"), t("Sign out there, or have an admin end it."),
                    table(_sessions(visit))),
        ],
        gap="lg",
    )  # fmt: skip


def _roles(visit: Visit) -> Shown:
    rows = [
        {"STUDY": t("every study") if study == "*" else study, "ROLE": t(role)}
        for study, roles in sorted(visit.person.roles.items())
        for role in sorted(roles)
    ]
    columns = (Column("STUDY", t("Study")), Column("ROLE", t("Role")))
    return Shown(t("Roles"), pd.DataFrame(rows, columns=["STUDY", "ROLE"]), columns,
                 none=t("You have no role: ask an admin for one."))  # fmt: skip


def _sessions(visit: Visit) -> Shown:
    settings = visit.settings
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            found = sessions.active(connection, visit.person.account.account_id,
                                    datetime.now(UTC), sessions.limits_of(settings))  # fmt: skip
    finally:
        engine.dispose()
    rows = [
        {"SINCE": s.created_at, "SEEN": s.seen_at, "ADDRESS": s.address,
         "THIS": t("this one") if s.session_id == visit.session.session_id else ""}
        for s in found
    ]  # fmt: skip
    columns = (
        Column("SINCE", t("Since (UTC)")), Column("SEEN", t("Last seen (UTC)")),
        Column("ADDRESS", t("From")), Column("THIS", t("Session")),
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    return Shown(t("Sessions"), frame, columns)


PAGE = Page("/account", mark("Your account"), draw, roles=EVERYBODY, of_study=False, listed=False)
