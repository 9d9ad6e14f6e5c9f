"""From which snapshot to which one is looked, and what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.i18n import t
from dashboards.kept import Kept
from dashboards.view import View
from safety.decisions.decision import DOSE, decisions
from safety.meetings import read as meetings
from safety.snapshots import diff
from safety.snapshots.diff import Difference
from safety.store.read import Snapshot
from safety.store.tables import BITEMPORAL

SHORT = 12  # characters of an id that name a snapshot
_KNOWN: Kept[tuple[Snapshot, ...]] = Kept(16)
_FOUND: Kept[Difference] = Kept(4)  # one of a large study may have many thousand rows


@dataclass(frozen=True, slots=True)
class Span:
    """Two snapshots of a study. why: why the first one was taken. known: newest first."""

    since: Snapshot
    until: Snapshot
    why: str
    known: tuple[Snapshot, ...]


def span(view: View) -> Span:
    """Return the snapshots that the address names; else since the last meeting or decision.

    Raises WrongUseError for a name that is none.
    """
    known = _known(view)
    until = _named(view, known, view.address.get("until")) or view.shot
    chosen = _named(view, known, view.address.get("since"))
    if chosen is not None:
        return Span(chosen, until, t("As chosen."), known)
    by_id = {s.snapshot_id: s for s in known if s.seq <= until.seq}
    with view.connection("decision") as connection:
        since, why = _looked_at(connection, view.shot.study, by_id)
    if since:
        return Span(by_id[since], until, why, known)
    before = [s for s in known if s.seq < until.seq]
    if not before:
        return Span(until, until, t("There is no earlier snapshot."), known)
    return Span(before[0], until, t("Since the snapshot before: no meeting was closed and no dose "
                                    "decision made until then."), known)  # fmt: skip


def _known(view: View) -> tuple[Snapshot, ...]:
    """Return the snapshots of the study, newest first; read once for all parts of a page."""
    study = view.shot.study
    newest = view.store.snapshots(study, most=1)[0].snapshot_id
    key = (view.settings.db_url, study, newest)
    return _KNOWN.get(key, lambda: tuple(view.store.snapshots(study)))


def _named(view: View, known: Iterable[Snapshot], name: str) -> Snapshot | None:
    """Return the snapshot of a name in an address, None for no name."""
    if not name:
        return None
    listed = {s.snapshot_id[:SHORT]: s for s in known}
    return listed.get(name) or view.store.snapshot(view.shot.study, name)


def _looked_at(connection: Connection, study: str, by_id: dict[str, Snapshot]) -> tuple[str, str]:
    """Return what the committee looked at last, and in words; "" for nothing."""
    met = meetings.last(connection, study)
    if met is not None and met.snapshot_id in by_id:
        why = t("Since the last closed meeting: {title}, {day}.", title=met.title,
                day=met.closed_at[:10])  # fmt: skip
        return met.snapshot_id, why
    made = [d for d in decisions(connection, study) if d.kind == DOSE and d.snapshot_id in by_id]
    if made:
        why = t("Since the last dose decision: {what}, {day}.", what=made[-1].statement,
                day=made[-1].at[:10])  # fmt: skip
        return made[-1].snapshot_id, why
    return "", ""


def difference(view: View, of: Span) -> Difference:
    """Return what differs; snapshots do not change, so it is kept."""
    key = (view.settings.db_url, of.since.snapshot_id, of.until.snapshot_id)
    with view.connection(*BITEMPORAL, "alert") as connection:
        return _FOUND.get(key, lambda: diff.between(connection, of.since, of.until))


def named(shot: Snapshot) -> str:
    """Return a snapshot by its day and how its id begins."""
    return f"{shot.as_of} ({shot.snapshot_id[:SHORT]})"
