"""What the trail keeps of a published snapshot: its row, and the seal over all that it wrote."""

from __future__ import annotations

from sqlalchemy import Connection, select

from safety.audit import record, seal
from safety.audit.chain import Entry
from safety.manifest import Manifest
from safety.store.tables import snapshot


def entries(connection: Connection, manifest: Manifest) -> list[Entry]:
    """Return the entries of a snapshot, once all of its rows are written in this transaction."""
    of_id = select(snapshot).where(snapshot.c.snapshot_id == manifest.snapshot_id)
    row = connection.execute(of_id).mappings().one()
    new = record.added(
        snapshot, row, manifest.study.studyid, "publish", snapshot_id=manifest.snapshot_id
    )
    return [new, seal.entry(connection, manifest, row["seq"])]
