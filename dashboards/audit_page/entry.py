"""One entry in full: what was and is, and whether it fits its hash and the entry before it."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc
from sqlalchemy import select

from dashboards.audit_page.listing import plain
from dashboards.components import detail
from dashboards.components.parts import section
from dashboards.components.table import table
from dashboards.i18n import t
from dashboards.shown import Column, Shown
from dashboards.view import View
from safety.audit import key
from safety.audit.chain import HASHED, START, fits
from safety.errors import WrongUseError
from safety.store.tables import audit

Row = dict[str, Any]


def part(view: View, given: str) -> Any:
    """Return an entry by its number; raise WrongUseError for none."""
    row = _read(view, _number(given))
    return section(
        t("Entry {n}", n=row["number"]),
        _fits(view, row),
        detail.facts(_facts(row), t("This entry")),
        table(_change(row)),
        dmc.Group([dcc.Link(label, href=view.address.here(entry=number), className="toxwatch-chip")
                   for label, number in ((t("The entry before"), str(row["number"] - 1)),
                                         (t("The entry after"), str(row["number"] + 1)),
                                         (t("Close it"), ""))
                   if number != "0"], gap="xs"),
    )  # fmt: skip


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise WrongUseError(f"entry {given!r}: give its number.")
    return int(given)


def _read(view: View, number: int) -> Row:
    with view.connection("audit") as connection:
        query = select(audit).where(audit.c.study == view.shot.study, audit.c.number == number)
        found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise WrongUseError(f"the trail of {view.shot.study} has no entry {number}.")
    return dict(found)


def _fits(view: View, row: Row) -> str:
    """Say whether the entry is as it was written, and follows the one before it."""
    trail = key.existing(view.settings)
    content = [row[name] for name in HASHED]
    is_own = any(fits(content, row["hash"], k) for k in (trail.key, *trail.older))
    before = START if row["number"] == 1 else _read(view, row["number"] - 1)["hash"]
    if not is_own:
        return t("It does NOT fit its hash: somebody changed it. Verify the trail.")
    if before != row["prev_hash"]:
        return t("It does NOT follow the entry before it. Verify the trail.")
    return t("It fits its hash and follows the entry before it.")


def _facts(row: Row) -> list[tuple[str, Any]]:
    return [
        (t("At (UTC)"), row["at"]), (t("Who"), row["actor"]), (t("Role"), row["role"] or None),
        (t("Action"), row["action"]), (t("Object"), f"{row['object_type']} {row['object_id']}"),
        (t("Reason"), row["reason"] or t("none was given")),
        (t("Snapshot"), row["snapshot_id"] or t("none")), (t("Hash"), row["hash"]),
        (t("Hash of the entry before"), row["prev_hash"]),
    ]  # fmt: skip


def _change(row: Row) -> Shown:
    was, now = (json.loads(row[name]) if row[name] else None for name in ("before", "after"))
    names = sorted({*(was or {}), *(now or {})})
    rows = [(name, _said(was, name), _said(now, name)) for name in names]
    columns = (Column("NAME", t("Name")), Column("WAS", t("Before"), wide=True),
               Column("IS", t("After"), wide=True))  # fmt: skip
    frame = pd.DataFrame(rows, columns=["NAME", "WAS", "IS"])
    return Shown(t("Before and after"), frame, columns, none=t("It tells of no columns."))


def _said(of: Row | None, name: str) -> str:
    """Return a value; "-" where the object was not there, or the entry does not tell it."""
    return "-" if of is None or name not in of else plain(of[name])
