"""Taking over what is older than the trail: a named user vouches for it as it stands now."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from safety.audit import seal
from safety.audit.chain import Entry
from safety.audit.record import id_of, kept
from safety.audit.seal import ROWS
from safety.audit.trail import Trail
from safety.audit.verify.chain import ADOPT
from safety.audit.verify.objects import AUDITED, SUMMED, of_study
from safety.signed import Signed
from safety.store.engine import lock
from safety.store.tables import audit, snapshot


def adopt(connection: Connection, trail: Trail, study: str, signed: Signed) -> int:
    """Write an entry of every object of a study that has none; return how many had none.

    What they were before nobody can tell; from now on they are held against these entries.
    """
    lock(connection, f"study {study}")
    entries = [*_objects(connection, study, signed), *_seals(connection, study, signed)]
    trail.append(connection, entries, signed.at)
    return len(entries)


def _objects(connection: Connection, study: str, signed: Signed) -> Iterator[Entry]:
    for name, table in AUDITED.items():
        known = _known(connection, study, name)
        for row in connection.execute(of_study(name, study)).mappings().all():
            if id_of(table, row) not in known:
                after = {n: v for n, v in row.items() if n not in SUMMED.get(name, ())}
                yield Entry(
                    study, signed.by, ADOPT, name, id_of(table, row), None, kept(after),
                    signed.reason,
                )  # fmt: skip


def _seals(connection: Connection, study: str, signed: Signed) -> Iterator[Entry]:
    known = _known(connection, study, ROWS)
    query = select(snapshot.c.seq).where(snapshot.c.study == study).order_by(snapshot.c.seq)
    missing = [seq for seq in connection.scalars(query) if str(seq) not in known]
    newest = missing[-1] if missing and not known else None
    for seq in missing:
        after = seal.of_snapshot(connection, study, seq)
        if seq == newest:
            after["seen"] = seal.seen(connection, study)
        yield Entry(study, signed.by, ADOPT, ROWS, str(seq), None, after, signed.reason)


def _known(connection: Connection, study: str, kind: str) -> set[str]:
    """Return the objects of a kind of which the trail has an entry."""
    query = select(audit.c.object_id).where(audit.c.study == study, audit.c.object_type == kind)
    return set(connection.scalars(query))
