"""What pages read: the newest snapshot of a study, its frames cached by snapshot id.

A snapshot never changes, so a frame read once stays right. Alerts and deliveries have a life of
their own and are read each time. Whatever has data of subjects notes that it is read (`seen`).
"""

from __future__ import annotations

import re
from functools import lru_cache

import pandas as pd

from dashboards import seen
from safety.settings import from_environment
from safety.store.read import Cut, Snapshot, Store
from safety.store.tables import BITEMPORAL
from safety.worklist import listing
from safety.worklist.life import Item, Kind

NO_NAME = "STUDY"  # in a command, where no study file has the id


class Noted(Store):
    """The store; reads of subjects' data are noted for the audit trail."""

    def frame(
        self, name: str, cut: Cut, columns: list[str] | None = None, **equal: str
    ) -> pd.DataFrame:
        _note(cut.study, name, equal.get("usubjid", ""))
        return super().frame(name, cut, columns, **equal)

    def alerts(self, study: str) -> pd.DataFrame:
        seen.table(study, "alert")
        return super().alerts(study)


def store() -> Noted:
    """Return the store that the settings name."""
    return Noted(from_environment().db_url)


def _note(study: str, name: str, usubjid: str = "") -> None:
    if "usubjid" in BITEMPORAL[name].c:
        seen.table(study, name, usubjid)


def studies() -> list[str]:
    """Return ids of studies that have a snapshot."""
    found = store()
    return found.studies() if found.is_ready() else []


def snapshot(study: str | None) -> Snapshot | None:
    """Return the newest snapshot of a study, or of the first one there is."""
    known = studies()
    if not known:
        return None
    found = store().latest(study if study in known else known[0])
    if found is not None:
        seen.snapshot(found)
    return found


@lru_cache(maxsize=64)
def _frame(db_url: str, name: str, cut: Cut, _snapshot_id: str) -> pd.DataFrame:
    return Store(db_url).frame(name, cut)


def frame(name: str, shot: Snapshot) -> pd.DataFrame:
    """Return a small whole table of a snapshot; do not change it in place."""
    _note(shot.study, name)  # also if it is cached
    return _frame(from_environment().db_url, name, shot.cut, shot.snapshot_id)


def subject_frame(name: str, shot: Snapshot, usubjid: str) -> pd.DataFrame:
    """Return the rows of one subject."""
    return store().frame(name, shot.cut, usubjid=usubjid)


def treated(shot: Snapshot) -> pd.DataFrame:
    """Return subjects who took a dose, with their arm."""
    exposure = frame("exposure", shot)[["USUBJID", "TRTSDT", "TRTEDT", "DOSES", "EXPDAYS"]]
    subjects = frame("subject", shot)[["USUBJID", "ARM", "ARMCD", "ACTARM"]]
    merged = subjects.merge(exposure, on="USUBJID", validate="one_to_one")
    given = merged["ACTARM"].fillna(merged["ARM"]).fillna(merged["ARMCD"])
    merged["ARM"] = given.fillna("(no arm)")
    return merged[merged["TRTSDT"].notna()]


def worklist(shot: Snapshot, kind: Kind) -> listing.Listing:
    """Return held rows or queries of a study, oldest first, also those that are over."""
    seen.table(shot.study, "work_item")
    return listing.listing(from_environment().db_url, shot.study, kind, ended=True)


def history(shot: Snapshot, kind: Kind, key: str) -> tuple[Item, pd.DataFrame, list[str]]:
    """Return an item, its events and what may be done with it; WrongUseError for none."""
    seen.table(shot.study, "work_event")
    return listing.history(from_environment().db_url, shot.study, kind, key)


def command_name(study: str) -> str:
    """Return what a command calls a study: the name of its file, NO_NAME if none has the id.

    Only the line with the id is read: to show a page is no reason to judge a study file.
    """
    says = re.compile(rf"^studyid:\s*[\"']?{re.escape(study)}[\"']?\s*(#.*)?$", re.MULTILINE)
    for path in sorted(from_environment().studies.glob("*.yaml")):
        if says.search(path.read_text(encoding="utf-8", errors="replace")):
            return path.stem
    return NO_NAME
