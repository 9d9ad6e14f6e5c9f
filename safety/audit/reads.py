"""Who read or exported subject data, and which: told to the trail before anything is shown."""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from safety.audit import key
from safety.audit.chain import Entry
from safety.settings import Settings
from safety.stamp import stamp
from safety.store.engine import upgrade, writer

COMMAND = "command line"  # the role of somebody who types commands
LIST = "list"  # what is read is no row: the trail holds rows against their tables


def tell(
    settings: Settings, study: str, what: str, now: datetime, *,
    object_id: str = "", action: str = "read", shown: Mapping[str, Any] | None = None,
    snapshot_id: str = "",
) -> None:  # fmt: skip
    """Write that the user of this process reads (or exports) something of a study.

    what: the table or list. shown: what tells how much, e.g. {"rows": 3}. Raises what the database
    raises: what cannot be recorded must not be shown.
    """
    entry = Entry(
        study, user(), action, LIST, f"{what} {object_id}".rstrip(), None, shown, "", snapshot_id,
        COMMAND,
    )  # fmt: skip
    trail = key.trail(settings)
    upgrade(settings.db_url)
    engine = writer(settings.db_url)
    try:
        with engine.begin() as connection:
            trail.append(connection, [entry], stamp(now))
    finally:
        engine.dispose()


def tell_file(
    settings: Settings, study: str, what: str, path: Path, now: datetime, rows: int
) -> None:
    """Write that the user of this process exported a file; it goes if that fails."""
    sha256, is_told = hashlib.sha256(path.read_bytes()).hexdigest(), False
    shown = {"file": path.name, "rows": rows, "sha256": sha256}
    try:
        tell(settings, study, what, now, action="export", shown=shown)
        is_told = True
    finally:
        if not is_told:
            path.unlink()


def user() -> str:
    """Return the name of the account that runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in a container
        return f"uid {os.getuid()}"
