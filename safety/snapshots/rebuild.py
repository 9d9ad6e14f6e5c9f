"""Make a past snapshot again from the delivered bytes and its manifest, and compare it.

Nothing is written to the database. The same bytes, study and code give the same results: the
hashes of the rebuilt rows must be those that the snapshot was published with, and the rows that
are stored must be the rebuilt ones, cell by cell. Where a row stands in a file is not compared:
the same row may stand in a later file too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from safety import pipeline
from safety.errors import StudyError, ToxwatchError
from safety.manifest import Manifest
from safety.settings import Settings
from safety.snapshots.change import Change, compare
from safety.store import publish, sync
from safety.store.engine import upgrade
from safety.store.read import Snapshot, Store
from safety.versioning import code_version
from safety.workspace import Workspace

Tables = Mapping[str, pd.DataFrame]
STEPS: tuple[Callable[[Settings, str], None], ...] = (
    pipeline.validate, pipeline.grade, pipeline.assess,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it. result_hash, record_hash: of the rebuilt rows, "" if there are none.

    differs: where the first difference is, in words; cannot: why it cannot be judged.
    """

    snapshot: Snapshot
    result_hash: str = ""
    record_hash: str = ""
    differs: str = ""
    cannot: str = ""

    @property
    def is_identical(self) -> bool:
        return not self.cannot and not self.differs


def rebuild(settings: Settings, shot: Snapshot) -> Rebuilt:
    """Return how a snapshot, made again, compares with what is stored."""
    store = Store(settings.db_url)
    try:
        manifest = store.manifest(shot.snapshot_id)
    except StudyError as error:
        return Rebuilt(shot, cannot=str(error))
    cannot = _cannot(shot, manifest)
    if manifest is None or cannot:
        return Rebuilt(shot, cannot=cannot)
    with TemporaryDirectory(prefix="toxwatch_rebuild_") as home:
        try:
            space = _made(settings, manifest, Path(home))
        except ToxwatchError as error:  # e.g. bytes that are missing or were altered
            return Rebuilt(shot, cannot=str(error))
        records, results = publish.prepared(space, publish.record_frames(space))
    return compared(store, shot, records, results)


def _cannot(shot: Snapshot, manifest: Manifest | None) -> str:
    """Return why a snapshot cannot be made again, "" if it can."""
    if manifest is None:
        return "it is of before manifests were kept: what it was made from is not known."
    if shot.code_version != code_version():
        return f"it needs code version {shot.code_version}; this is {code_version()}."
    return ""


def _made(settings: Settings, manifest: Manifest, home: Path) -> Workspace:
    """Run the steps before publishing in a home of their own; return the frames they left."""
    (home / "evidence").symlink_to(settings.evidence.resolve())
    here = replace(
        settings, home=home, db_url=f"sqlite:///{home / 'none.db'}", audit_key=home / "key"
    )
    upgrade(here.db_url)
    space = Workspace(here.work, manifest.snapshot_id)
    space.create(manifest)
    for step in STEPS:
        step(here, manifest.snapshot_id)
    return space


def compared(store: Store, shot: Snapshot, records: Tables, results: Tables) -> Rebuilt:
    """Return how rebuilt tables, as `sync.prepare` makes them, compare with a snapshot."""
    found = Rebuilt(shot, sync.result_hash(dict(results)), sync.result_hash(dict(records)))
    pairs = {
        "results": (shot.result_hash, found.result_hash),
        "records": (shot.record_hash, found.record_hash),
    }
    hashes = [f"the hash of the {name}" for name, (was, now) in pairs.items() if was != now]
    rows = _first_row(store, shot, {**results, **records})
    if not rows and not hashes:
        return found
    return replace(found, differs="; ".join([*hashes, rows or "no stored row differs"]))


def _first_row(store: Store, shot: Snapshot, tables: Tables) -> str:
    """Return where a stored row first differs from the rebuilt one, "" if none does."""
    for name, table in tables.items():
        rebuilt = table.rename(columns=str.upper)
        stored = store.frame(name, shot.cut)
        changes = compare(name, stored, rebuilt)
        if changes:
            return _told(changes)
        hashes = stored[["KEY", "ROW_HASH"]].merge(rebuilt[["KEY", "ROW_HASH"]], on="KEY")
        other = hashes[hashes["ROW_HASH_x"].ne(hashes["ROW_HASH_y"])]
        if len(other):
            return f"{name} {other['KEY'].iloc[0]}: the stored hash of the row"
    return ""


def _told(changes: list[Change]) -> str:
    """Return the first of the differences in words: table, row, and columns but no values."""
    first, more = changes[0], len(changes) - 1
    what = {
        "new": "the stored row is gone",
        "gone": "the stored row was not there",
        "changed": f"stored {', '.join(cell.column for cell in first.cells)}",
    }[first.what]
    rest = f", and {more:,} more rows of {first.table}" if more else ""
    return f"{first.table} {first.key}: {what}{rest}"
