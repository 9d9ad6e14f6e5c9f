"""Files with a secret of this home: made once, whole, for their owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def make(path: Path, length: int) -> None:
    """Write a new secret of `length` bytes, in hexadecimal; of two writers one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(length) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)  # fails if another was faster
    except FileExistsError:
        return
    finally:
        part.unlink()
