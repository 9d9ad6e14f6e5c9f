"""The channels of one pass of the dispatcher, by the names that rows of the outbox have."""

from __future__ import annotations

from typing import Self

from safety.alerts.channels.channel import Channel, NotSentError
from safety.alerts.channels.chat import ChatChannel
from safety.alerts.channels.file import FileChannel
from safety.alerts.channels.smtp import SmtpChannel
from safety.alerts.channels.webhook import WebhookChannel
from safety.settings import Settings


class Channels:
    """Makes each channel when it is first needed, and closes all at the end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, Channel] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for channel in self._made.values():
            channel.close()

    def named(self, name: str) -> Channel:
        """Return a channel; raises NotSentError for one that the settings do not have."""
        if name not in self._made:
            self._made[name] = _made(name, self._settings)
        return self._made[name]


def _made(name: str, settings: Settings) -> Channel:
    kind, _, of = name.partition(":")
    if name == "file":
        return FileChannel(settings.home / "alerts", settings.mail.sender)
    if name == "smtp":
        return SmtpChannel(settings.mail, settings.alert_timeout, settings.alert_ca)
    if kind == "webhook" and of in settings.webhooks:
        return WebhookChannel(settings.webhooks[of], settings.alert_timeout, settings.alert_ca)
    if kind == "chat" and of in settings.chats:
        return ChatChannel(settings.chats[of], settings.alert_timeout)
    wanted = {"webhook": f"TOXWATCH_WEBHOOK_{of}_URL", "chat": f"TOXWATCH_CHAT_{of}_URL_FILE"}
    raise NotSentError(f"there is no channel {name}; set {wanted.get(kind, 'another one')}")
