"""What pages read: the newest snapshot of a study, its frames cached by snapshot id.

A snapshot never changes, so a frame read once stays right. Alerts and deliveries have a life of
their own and are read each time.
"""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from safety.settings import from_environment
from safety.store.read import Cut, Snapshot, Store


def store() -> Store:
    """Return the store that the settings name."""
    return Store(from_environment().db_url)


def studies() -> list[str]:
    """Return ids of studies that have a snapshot."""
    found = store()
    return found.studies() if found.is_ready() else []


def snapshot(study: str | None) -> Snapshot | None:
    """Return the newest snapshot of a study, or of the first one there is."""
    known = studies()
    if not known:
        return None
    return store().latest(study if study in known else known[0])


@lru_cache(maxsize=64)
def _frame(db_url: str, name: str, cut: Cut, _snapshot_id: str) -> pd.DataFrame:
    return Store(db_url).frame(name, cut)


def frame(name: str, shot: Snapshot) -> pd.DataFrame:
    """Return a small whole table of a snapshot; do not change it in place."""
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
