"""Entries of the trail of one study by what an address asks, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from dashboards.audit_page.words import KINDS, LOOKED, MACHINE, PEOPLE, SEARCHED
from dashboards.i18n import t
from dashboards.view import View
from safety.audit.record import MACHINE as TOXWATCH
from safety.errors import WrongUseError
from safety.store.tables import audit

PAGE = 50  # entries
COLUMNS = ("number", "at", "actor", "role", "action", "object_type", "object_id", "before", "after",
           "reason", "snapshot_id", "prev_hash", "hash")  # fmt: skip
LOOKS = ("view", "read", "export")  # actions by which nothing changes
OF_NO_ROW = ("page", "list", "rows", "trail")  # types whose ids name no object of a subject


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: "" stands for all. usubjid: what tells of a subject, or of its objects.

    first: how many of them are left out, the newest first.
    """

    study: str
    kind: str = ""
    actor: str = ""
    action: str = ""
    object_type: str = ""
    object_id: str = ""
    since: str = ""
    until: str = ""
    usubjid: str = ""
    first: int = 0


def wanted(view: View) -> Wanted:
    """Return what an address asks; raise WrongUseError for what nobody can ask."""
    get = view.address.get
    usubjid = view.chosen() or ""
    if get("subject") and not usubjid:
        raise WrongUseError("the subject of this address is none of this study.")
    kind = get("kind") if get("kind") in KINDS else ""
    return Wanted(
        view.shot.study, kind, get("actor"), get("action"), get("type"), get("id"),
        _day("since", get("since")), _day("until", get("until")), usubjid, first(get("first")),
    )  # fmt: skip


def _day(name: str, given: str) -> str:
    try:
        return date.fromisoformat(given).isoformat() if given else ""
    except ValueError as error:
        raise WrongUseError(f"{t(SEARCHED[name])}: {given!r} is no day.") from error


def first(given: str) -> int:
    """Return how many entries an address leaves out; 0 for what is no number."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def conditions(of: Wanted) -> list[ColumnElement[bool]]:
    """Return what chooses the entries."""
    c = audit.c
    equal = ((c.actor, of.actor), (c.action, of.action), (c.object_type, of.object_type))
    found = [c.study == of.study, *(column == value for column, value in equal if value)]
    if of.object_id:
        found.append(c.object_id.startswith(of.object_id, autoescape=True))
    if of.since:
        found.append(c.at >= of.since)
    if of.until:
        found.append(c.at < (date.fromisoformat(of.until) + timedelta(days=1)).isoformat())
    if of.usubjid:
        found.append(_of_subject(of.study, of.usubjid))
    return [*found, *_of_kind(of.kind)]


def _of_kind(kind: str) -> list[ColumnElement[bool]]:
    c = audit.c
    by = {
        PEOPLE: and_(c.actor != TOXWATCH, c.action.not_in(LOOKS)),
        LOOKED: c.action.in_(LOOKS),
        MACHINE: and_(c.actor == TOXWATCH, c.action.not_in(LOOKS)),
    }
    return [by[kind]] if kind in by else []


def _of_subject(study: str, usubjid: str) -> ColumnElement[bool]:
    """Return what tells of a subject: entries that name it, and all others of the same objects.

    A change of an alert tells only what moved, which the subject is not.
    """
    c = audit.c
    named = '"' + usubjid + '"'
    names = or_(
        c.object_id == usubjid,
        *(column.contains(named, autoescape=True) for column in (c.object_id, c.before, c.after)),
    )
    same = select(c.object_type, c.object_id).where(
        c.study == study, c.object_type.not_in(OF_NO_ROW), names
    )
    return or_(names, tuple_(c.object_type, c.object_id).in_(same))


def page(connection: Connection, of: Wanted, most: int = PAGE) -> pd.DataFrame:
    """Return entries, newest first; columns are COLUMNS in upper case. most: 0 for all."""
    query = select(*(audit.c[name] for name in COLUMNS)).where(*conditions(of))
    query = query.order_by(audit.c.number.desc()).offset(of.first)
    found = pd.read_sql_query(query.limit(most) if most else query, connection)
    return found.rename(columns=str.upper)


def count(connection: Connection, of: Wanted) -> int:
    """Return how many entries there are, on all pages."""
    query = select(func.count()).select_from(audit).where(*conditions(of))
    return int(connection.scalar(query) or 0)


def values(connection: Connection, study: str, column: str) -> list[str]:
    """Return the values of a column in the trail of a study, in order."""
    of = audit.c[column]
    query = select(of).where(audit.c.study == study).distinct().order_by(of)
    return [str(value) for value in connection.scalars(query)]
