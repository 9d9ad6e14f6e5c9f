"""Each message as an .eml file in a folder, there for good once it is said to be sent."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from safety.alerts.channels.channel import NotSentError, fault
from safety.alerts.channels.written import as_mail
from safety.alerts.message import Letter
from safety.failpoints import reached


class FileChannel:
    """Writes files; the same message always has the same name."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    def send(self, told: Letter) -> str:
        """Write a letter and see it onto the disk."""
        path = self._folder / f"{told.key}.eml"
        content = as_mail(told, self._sender)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(path, content)
        except OSError as error:
            raise NotSentError(fault(error)) from error
        reached("accepted")
        return f"written {path.name}"

    def close(self) -> None:
        """Nothing is held open."""


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # or the name may be lost with the power
    finally:
        os.close(folder)
