"""What the design says of a snapshot, worked out once for all parts of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from dashboards import raw
from dashboards.i18n import t
from dashboards.kept import Kept
from dashboards.view import View
from safety.displays.population import Scope
from safety.errors import WrongUseError
from safety.nextdose import live
from safety.nextdose.live import Trial
from safety.nextdose.recommend import Recommendation, recommend
from safety.store import tables
from safety.store.read import Snapshot
from safety.study.escalation import Escalation
from safety.study.model import Study

Key = tuple[str, str, tuple[str, ...]]
# of a trial: study, records, alerts and work as of a snapshot, and the dose decisions until then
READ = ("verdict", "exposure", "rule_result", "quarantine", "query", "pause", "monitor", "alert")


@dataclass(frozen=True, slots=True)
class Advised:
    """A trial as a snapshot has it, its plan, and what the design says of it."""

    trial: Trial
    escalation: Escalation
    found: Recommendation


_ADVISED: Kept[Advised] = Kept(1024)


def has_levels(study: Study | None) -> bool:
    """Return whether a study goes from dose level to dose level by a design."""
    return study is not None and study.treatment is not None and study.escalation is not None


def of(view: View) -> Advised | None:
    """Return what the design says of the snapshot of a view; None of a study without levels."""
    study = view.study
    if study is None or not has_levels(study):
        return None
    with view.connection(*READ) as connection:
        return read(connection, view.settings.db_url, view.shot, lambda: study)


def read(
    connection: Connection, db_url: str, shot: Snapshot, study: Callable[[], Study]
) -> Advised:
    """Return the same of any snapshot of a study with levels. study: asked for if need be."""
    return _ADVISED.get(key(connection, db_url, shot), lambda: _made(connection, study(), shot))


def key(connection: Connection, db_url: str, shot: Snapshot) -> Key:
    """Return all that a recommendation depends on: what was decided, and what became of it."""
    d, q = tables.decision, tables.question
    decided = select(d.c.decision_id).where(d.c.study == shot.study)
    asked = (
        select(q.c.id).join(d, d.c.decision_id == q.c.decision_id).where(d.c.study == shot.study)
    )
    known = [*connection.scalars(decided), *connection.scalars(asked)]
    return db_url, shot.snapshot_id, tuple(sorted(map(str, known)))


def is_known(key: Key) -> bool:
    """Return whether it was worked out already."""
    return _ADVISED.has(key)


def _made(connection: Connection, study: Study, shot: Snapshot) -> Advised:
    if study.escalation is None:
        raise WrongUseError(f"{study.studyid} has no design: its file has no `escalation`.")
    trial = live.read(connection, study, shot)
    return Advised(trial, study.escalation, recommend(trial, study.escalation))


def unfiltered(view: View) -> View:
    """Return the same view without filters: a decision is made on everybody who was treated."""
    return replace(view, address=replace(view.address, scope=Scope()))


def rows(view: View, table: str, **asked: str) -> str:
    """Return the address of the rows behind a number of this page, which no filter changes."""
    return raw.href(unfiltered(view), table, **asked)


def filters_said(view: View) -> str:
    """Return that filters change nothing here, if any is on: else nobody would think so."""
    if view.address.scope == Scope():
        return ""
    return t("The filters of other pages change nothing here: this page is of everybody.")
