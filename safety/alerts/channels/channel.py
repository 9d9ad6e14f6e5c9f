"""What every channel is, and how it says that it could not send."""

from __future__ import annotations

from typing import Protocol

from safety.alerts.message import Letter

MAX_REPLY = 300  # characters


class Channel(Protocol):
    """A way out. It is held open while messages wait, and used by one thread."""

    def send(self, told: Letter) -> str:
        """Hand a letter over; return what was answered.

        Raises NotSentError if another try may succeed, RefusedError if none will.
        """

    def close(self) -> None:
        """Let go of the connection, if there is one."""


class NotSentError(Exception):
    """Not sent, for now. reply: what was answered, or the fault of the network.

    waits: it is about this message, which is not tried again at once. counts: it is a failure of
    the channel.
    """

    def __init__(self, reply: str, *, waits: bool = False, counts: bool = True) -> None:
        self.reply, self.waits, self.counts = cleaned(reply), waits, counts
        super().__init__(self.reply)


class RefusedError(Exception):
    """Refused for good: the channel works, and will never take this message."""

    def __init__(self, reply: str) -> None:
        self.reply = cleaned(reply)
        super().__init__(self.reply)


def cleaned(reply: str | bytes) -> str:
    """Return an answer as one short line."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_REPLY]


def fault(error: Exception) -> str:
    """Return in words what a network did."""
    return f"{type(error).__name__} {cleaned(str(error))}".strip()
