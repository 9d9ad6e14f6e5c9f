"""What people and machines did, as it stood at a snapshot or at a time.

Records and results have sequences (`Store.frame`). Alerts and work items have events: an event
belongs to a snapshot if it was written by then, and not for a later snapshot.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Column, Connection, Select, Table, func, or_, select

from safety.snapshots.inputs import Delivery, way
from safety.store import tables

TOLD = ("action", "condition", "tier", "level", "verified", "title")


def alerts(connection: Connection, study: str, at: int | str) -> pd.DataFrame:
    """Return the state of every alert that there was. at: sequence of a snapshot, or UTC text.

    Columns: KEY (rule and episode of a subject), ALERT_ID, USUBJID, RULE, EPISODE, STATE, and of
    the newest event ACTION, CONDITION, TIER, LEVEL, VERIFIED, TITLE, AT.
    """
    a, e = tables.alert, tables.alert_event
    last = _last(connection, e, e.c.alert_id, study, at)
    query = (
        select(a.c.alert_id, a.c.usubjid, a.c.rule, a.c.episode,
               e.c.state_after.label("state"), *(e.c[name] for name in TOLD), e.c.at)
        .join(e, e.c.alert_id == a.c.alert_id)
        .where(a.c.study == study, e.c.id.in_(last))
        .order_by(a.c.usubjid, a.c.rule, a.c.episode)
    )  # fmt: skip
    found = pd.read_sql_query(query, connection).rename(columns=str.upper)
    return found.assign(KEY=found["ALERT_ID"])


def work_items(connection: Connection, study: str, at: int | str) -> pd.DataFrame:
    """Return the state of every work item that there was: KEY, KIND, USUBJID, STATE, ACTION, AT."""
    i, e = tables.work_item, tables.work_event
    last = _last(connection, e, e.c.item_id, study, at)
    query = (
        select(i.c.key, i.c.kind, i.c.usubjid, e.c.state_after.label("state"), e.c.action, e.c.at)
        .join(e, e.c.item_id == i.c.item_id)
        .where(i.c.study == study, e.c.id.in_(last))
        .order_by(i.c.kind, i.c.key)
    )
    return pd.read_sql_query(query, connection).rename(columns=str.upper)


def deliveries(connection: Connection, study: str, seq: int) -> tuple[Delivery, ...]:
    """Return the deliveries that a snapshot stands on, oldest first."""
    return way(connection, study, seq, seq).of(seq).deliveries


def _last(
    connection: Connection, event: Table, owner: Column[Any], study: str, at: int | str
) -> Select[tuple[int]]:
    """Return the newest event of each owner by then."""
    shots = tables.snapshot
    newest = select(func.max(event.c.id)).group_by(owner)
    if isinstance(at, str):
        return newest.where(event.c.at <= at)
    of_study = select(shots.c.seq).where(shots.c.study == study, shots.c.seq <= at)
    # the newest of the times up to then: a clock may have been set back
    times = select(func.max(shots.c.created_at)).where(shots.c.seq.in_(of_study))
    known = select(shots.c.snapshot_id).where(shots.c.seq.in_(of_study))
    until = connection.scalar(times) or ""
    of_them = or_(event.c.snapshot_id.is_(None), event.c.snapshot_id.in_(known))
    return newest.where(event.c.at <= until, of_them)
