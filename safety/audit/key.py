"""The key of the trail: a file outside the database, made before the first entry is written.

One key a line, in hexadecimal. Entries are written with the last one; those before it were used
earlier and are needed to verify what was written with them.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select

from safety import secrets_file
from safety.audit.trail import Trail
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.store.engine import reader
from safety.store.tables import audit

LENGTH = 32  # bytes


def trail(settings: Settings) -> Trail:
    """Return the trail that the settings name; a key is made if nothing was ever written with one.

    Raises WrongUseError for a key that is no key, and where a key is missing.
    """
    path = settings.audit_key
    if not path.exists():
        _require_unused(settings)
        secrets_file.make(path, LENGTH)
    *older, newest = _read(path)
    return Trail(newest, tuple(older))


def existing(settings: Settings) -> Trail:
    """Return the trail of a home that has a key; none is made. Raises WrongUseError for none."""
    if not settings.audit_key.exists():
        raise WrongUseError(
            f"{settings.audit_key}: no such file. Without the key of the audit trail nothing can "
            "be verified; restore it from the backup, or name it by TOXWATCH_AUDIT_KEY."
        )
    return trail(settings)


def _require_unused(settings: Settings) -> None:
    """Raise WrongUseError if the trail has entries: another key beside theirs would spoil it."""
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            there = inspect(connection).has_table(audit.name)
            used = there and connection.scalar(select(audit.c.seq).limit(1)) is not None
    finally:
        engine.dispose()
    if used:
        raise WrongUseError(
            f"{settings.audit_key}: no such file, but the audit trail was written with a key. Give "
            "this process the same file: copy it from where the trail is written or from the "
            "backup, or name it by TOXWATCH_AUDIT_KEY. Nothing was written."
        )


def _read(path: Path) -> list[bytes]:
    """Return the keys of a file, at least one."""
    lines = path.read_text(encoding="ascii", errors="replace").split()
    try:
        keys = [bytes.fromhex(line) for line in lines]
    except ValueError:
        keys = []
    if not keys or any(len(key) < LENGTH for key in keys):
        raise WrongUseError(
            f"{path} holds no key of the audit trail: {LENGTH} bytes in hexadecimal are needed. "
            "Restore it from the backup; with another key the trail cannot be verified."
        )
    return keys
