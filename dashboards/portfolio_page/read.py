"""What the portfolio reads: counts over all studies, and the recommendations of some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from dashboards.decision_page import advised
from dashboards.decision_page.advised import Advised
from dashboards.kept import Kept
from dashboards.view import Visit
from safety.errors import ToxwatchError, WrongUseError
from safety.report import portfolio, rhythm
from safety.report.portfolio import Line
from safety.report.rhythm import Rhythm
from safety.store.engine import reader
from safety.store.read import Snapshot
from safety.study.model import Study

MOST = 10  # recommendations that are worked out anew for one page; the others are left for later
_RHYTHMS: Kept[Rhythm | None] = Kept(4096)


@dataclass(frozen=True, slots=True)
class Of:
    """A study in the portfolio. age: days since its data were known. is_closed: none will
    come any more. late: feeds.

    advised: None of a study without levels, and where it was not worked out (`is_left`) or the
    study of the snapshot cannot be read (`is_unread`).
    """

    line: Line
    age: int
    is_old: bool
    is_closed: bool
    late: tuple[str, ...]
    advised: Advised | None
    is_left: bool = False
    is_unread: bool = False


def studies(visit: Visit, known: Sequence[str], now: datetime) -> list[Of]:
    """Return the studies that a person sees. known: their ids."""
    engine = reader(visit.settings.db_url)
    try:
        with engine.connect() as connection:
            found = portfolio.lines(connection, known, now)
            of = _rhythms(connection, visit.settings.db_url, found)
            days = rhythm.days(connection, known)
            work = _Work(connection, visit)
            return [_of(line, of[line.newest.snapshot_id], days, now, work) for line in found]
    finally:
        engine.dispose()


def _rhythms(
    connection: Connection, db_url: str, found: Sequence[Line]
) -> dict[str, Rhythm | None]:
    ids = [line.newest.snapshot_id for line in found]
    made = rhythm.rhythms(connection, [i for i in ids if not _RHYTHMS.has((db_url, i))])
    return {i: _RHYTHMS.get((db_url, i), partial(made.get, i)) for i in ids}


def _of(
    line: Line, of: Rhythm | None, days: dict[tuple[str, str], str], now: datetime, work: _Work
) -> Of:
    newest = line.newest
    told, is_left, is_unread = work.of(line)
    return Of(
        line, rhythm.age(of, newest.as_of, now),
        of is not None and rhythm.is_old(of, newest.created_at, now),
        of is not None and of.is_closed,
        tuple(rhythm.late_feeds(of, newest.study, days, now)) if of else (),
        told, is_left, is_unread,
    )  # fmt: skip


class _Work:
    """Recommendations, of which at most so many are worked out anew."""

    def __init__(self, connection: Connection, visit: Visit) -> None:
        self._connection, self._visit, self._left = connection, visit, MOST

    def of(self, line: Line) -> tuple[Advised | None, bool, bool]:
        """Return the recommendation of a study, and whether it was left or cannot be read."""
        if line.newest.summary.get("escalation") != "applies":
            return None, False, False
        db_url, shot = self._visit.settings.db_url, line.newest
        if not advised.is_known(advised.key(self._connection, db_url, shot)):
            if not self._left:
                return None, True, False
            self._left -= 1
        try:
            read = advised.read(self._connection, db_url, shot, lambda: self._study(shot))
        except WrongUseError:  # levels, and no design
            return None, False, False
        except ToxwatchError:
            return None, False, True
        return read, False, False

    def _study(self, shot: Snapshot) -> Study:
        manifest = self._visit.store.manifest(shot.snapshot_id)
        if manifest is None:
            raise ToxwatchError(f"{shot.study}: its newest snapshot has no manifest.")
        return manifest.study
