"""What is wrong with a letter makes it dead; what is wrong with the settings makes it wait."""

from __future__ import annotations

import ssl
from email.errors import MessageError
from email.message import EmailMessage
from pathlib import Path

from safety.alerts.channels.channel import NotSentError, RefusedError
from safety.alerts.message import POLICY, Letter, mail, payload
from safety.versioning import canonical_json

# What making a text of one message may raise, also in the library of mail.
UNWRITABLE = (ValueError, LookupError, TypeError, AttributeError, MessageError)


def unwritable(error: Exception) -> RefusedError:
    """Return how a letter is refused of which nothing can be made."""
    return RefusedError(f"it cannot be written: {type(error).__name__}")


def as_mail(told: Letter, sender: str) -> bytes:
    """Return a letter as mail. Raises NotSentError for the sender, RefusedError for the letter."""
    try:
        start = EmailMessage(policy=POLICY)
        start["From"] = sender
        start.as_bytes()
    except UNWRITABLE as error:
        raise NotSentError("TOXWATCH_ALERT_SENDER is no address that can be written") from error
    try:
        return mail(told, sender).as_bytes()
    except UNWRITABLE as error:
        raise unwritable(error) from error


def as_json(told: Letter) -> bytes:
    """Return a letter as a webhook gets it; raises RefusedError."""
    try:
        return canonical_json(payload(told)).encode()
    except UNWRITABLE as error:
        raise unwritable(error) from error


def secret_text(path: Path, name: str) -> str:
    """Return what is in the file of a secret. Raises NotSentError, which tells none of it."""
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeError) as error:
        raise NotSentError(f"{name} cannot be read: {type(error).__name__}") from error


def trusted(ca: Path | None) -> ssl.SSLContext:
    """Return who is trusted to vouch for servers; raises NotSentError if `ca` cannot be read."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:  # one of TLS is one too
        raise NotSentError(f"TOXWATCH_ALERT_CA cannot be read: {type(error).__name__}") from error
