"""How an alert leaves: a file in a folder, or SMTP. Both send the same message."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from safety.settings import Settings

TIMEOUT_SECONDS = 30


class Channel(Protocol):
    """Something that takes a message, or raises OSError or SMTPException."""

    def send(self, message: EmailMessage) -> None: ...


class FileChannel:
    """Writes each message as an .eml file; the same message always has the same name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").split("@", maxsplit=1)[0]
        temporary = self._folder / f".{name}.part"
        temporary.write_bytes(message.as_bytes())
        temporary.replace(self._folder / f"{name}.eml")


class SmtpChannel:
    """Hands each message to a mail server."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    def send(self, message: EmailMessage) -> None:
        with smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS) as server:
            server.send_message(message)


def channel(name: str, settings: Settings) -> Channel:
    """Return the channel an outbox row names."""
    if name == "smtp":
        return SmtpChannel(settings.smtp_host, settings.smtp_port)
    return FileChannel(settings.home / "alerts")
