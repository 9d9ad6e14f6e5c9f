"""Who looks at what: the one door through which pages read.

A visit is a person at an address. A view is a visit to one snapshot of a study; it cannot be made
for a study in which the person has no role, and every read asks again. A snapshot never changes:
what was read of one stays right and is kept by its id. Alerts, work and decisions have a life of
their own and are read each time. Whatever has data of subjects is noted for the trail (`seen`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from sqlalchemy import Connection, Engine

from dashboards import handles, seen
from dashboards.address import Address
from dashboards.i18n import mark
from dashboards.page import SEES_DATA, Roles
from safety.accounts.account import Person
from safety.accounts.sessions import Session
from safety.displays import population
from safety.displays.population import Chosen, Frames, Scope
from safety.errors import ToxwatchError
from safety.settings import Settings
from safety.store.engine import reader
from safety.store.read import Cut, Hold, Snapshot, Store
from safety.store.tables import BITEMPORAL
from safety.study.model import Study

WHO = ("subject", "exposure", "verdict")  # what tells who was treated, and at which level
LARGE = frozenset({"measurement", "grade"})  # never read whole: a study may have millions


class ForbiddenError(ToxwatchError):
    """Somebody asks for what is not theirs to see or do."""


class NoSnapshotError(ToxwatchError):
    """There is no data at all, which is not the same as nothing to report."""


class Permitted(Store):
    """The store, for one person: each read of a study asks whether they may see it."""

    def __init__(self, db_url: str, person: Person) -> None:
        super().__init__(db_url)
        self._person = person

    def ask(self, study: str) -> None:
        """Raise ForbiddenError for a study in which the person has no role."""
        if not self._person.may(study, SEES_DATA):
            raise ForbiddenError(mark("You have no role in this study."))

    def studies(self) -> list[str]:
        """Return the studies with a snapshot that the person sees."""
        return [s for s in super().studies() if self._person.may(s, SEES_DATA)]

    def snapshots(self, study: str, most: int | None = None) -> list[Snapshot]:
        """Return the snapshots of a study, newest first."""
        self.ask(study)
        return super().snapshots(study, most)

    def frame(
        self, name: str, cut: Cut, columns: list[str] | None = None, **equal: str
    ) -> pd.DataFrame:
        """Return rows of a table as they stood in a snapshot."""
        self.ask(cut.study)
        note(cut.study, name, equal.get("usubjid", ""))
        return super().frame(name, cut, columns, **equal)

    def deliveries(self, study: str) -> pd.DataFrame:
        """Return deliveries of a study, newest first."""
        self.ask(study)
        return super().deliveries(study)

    def alerts(self, study: str) -> pd.DataFrame:
        """Return alerts of a study."""
        self.ask(study)
        seen.table(study, "alert")
        return super().alerts(study)


def note(study: str, name: str, usubjid: str = "") -> None:
    """Note that a table is read, if it has data of subjects."""
    if name not in BITEMPORAL or "usubjid" in BITEMPORAL[name].c:
        seen.table(study, name, usubjid)


@lru_cache(maxsize=8)
def _engine(db_url: str) -> Engine:
    return reader(db_url)


@lru_cache(maxsize=256)
def _frame(
    db_url: str, name: str, cut: Cut, _snapshot_id: str, equal: tuple[tuple[str, str], ...]
) -> pd.DataFrame:
    return Store(db_url).frame(name, cut, None, **dict(equal))


@lru_cache(maxsize=256)
def _population(
    db_url: str, cut: Cut, snapshot_id: str, scope: Scope, levels: tuple[str, ...]
) -> Chosen:
    frames = {name: _frame(db_url, name, cut, snapshot_id, ()) for name in WHO}
    return population.subjects(frames, scope, levels)


@lru_cache(maxsize=32)
def _study(db_url: str, snapshot_id: str) -> Study | None:
    found = Store(db_url).manifest(snapshot_id)
    return found.study if found else None


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at an address. key: makes the handles of subjects."""

    settings: Settings
    session: Session
    address: Address
    key: bytes

    @property
    def person(self) -> Person:
        return self.session.person

    @property
    def store(self) -> Permitted:
        return Permitted(self.settings.db_url, self.person)

    def may(self, study: str, roles: Roles) -> bool:
        """Return whether the person has one of the roles in a study."""
        return self.person.may(study, roles)

    def view(self) -> View:
        """Return the view of the study in the address; of the first one if it names none.

        Raises ForbiddenError, NoSnapshotError, or WrongUseError for a snapshot there is not.
        """
        store = self.store
        known = store.studies() if store.is_ready() else []
        study = self.address.study or (known[0] if known else "")
        if study and not self.person.may(study, SEES_DATA):
            raise ForbiddenError(mark("You have no role in this study."))
        if study not in known:
            raise NoSnapshotError(study)
        found = store.snapshots(study, most=1)
        shot = store.snapshot(study, self.address.at) if self.address.at else found[0]
        seen.snapshot(shot)
        return View(self.settings, self.session, self.address, self.key, shot,
                    is_newest=shot.seq == found[0].seq)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View(Visit):
    """A visit to one snapshot of a study. is_newest: no newer one was published."""

    shot: Snapshot
    is_newest: bool = True

    @property
    def study(self) -> Study | None:
        """The study file as the snapshot has it; None of one of before manifests were kept."""
        return _study(self.settings.db_url, self.shot.snapshot_id)

    def frame(self, name: str, **equal: str) -> pd.DataFrame:
        """Return a table of the snapshot, or its rows that equal; do not change it in place."""
        if name in LARGE and not equal:
            raise ValueError(f"{name} is never read whole: name a subject or a parameter.")
        self.store.ask(self.shot.study)
        note(self.shot.study, name, equal.get("usubjid", ""))
        return _frame(self.settings.db_url, name, self.shot.cut, self.shot.snapshot_id,
                      tuple(sorted(equal.items())))  # fmt: skip

    @contextmanager
    def connection(self, *tables: str) -> Iterator[Connection]:
        """Yield a connection to read tables by; they are noted for the trail."""
        self.store.ask(self.shot.study)
        for name in tables:
            note(self.shot.study, name)
        with _engine(self.settings.db_url).connect() as connection:
            yield connection

    def holds(self) -> list[Hold]:
        """Return what is held now."""
        return self.store.holds(self.shot)

    def frames(self, *names: str) -> Frames:
        """Return tables of the snapshot by name, as `safety.displays` takes them."""
        return {name: self.frame(name) for name in names}

    def population(self, scope: Scope | None = None) -> Chosen:
        """Return the treated subjects that the filters choose, or another scope."""
        self.store.ask(self.shot.study)
        for name in WHO:
            note(self.shot.study, name)
        return _population(self.settings.db_url, self.shot.cut, self.shot.snapshot_id,
                           scope or self.address.scope, self.levels)  # fmt: skip

    @property
    def levels(self) -> tuple[str, ...]:
        """The dose levels of the study file, lowest first; none where it has none."""
        treatment = self.study.treatment if self.study else None
        return tuple(level.id for level in treatment.levels) if treatment else ()

    def handle(self, usubjid: str) -> str:
        """Return what stands for a subject in an address."""
        return handles.handle(self.key, self.shot.study, usubjid)

    def chosen(self, name: str = "subject") -> str | None:
        """Return the subject that the address names by its handle; None for none of the study."""
        given = self.address.get(name)
        known = self.frame("subject")["USUBJID"] if given else []
        return handles.subject(self.key, self.shot.study, given, known)

    def subject_href(self, usubjid: str) -> str:
        """Return the address of the page of a subject."""
        return self.address.to("/subject", subject=self.handle(usubjid))
