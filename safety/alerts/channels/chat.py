"""The first lines of a letter to a chat, by apprise: it speaks the languages of the services."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from safety.alerts.channels.channel import NotSentError
from safety.alerts.channels.written import secret_text
from safety.alerts.message import Letter, short
from safety.failpoints import reached
from safety.settings import LOOPBACK


class ChatChannel:
    """Posts to one chat. apprise says only whether it worked, so every failure may pass."""

    def __init__(self, url_file: Path, timeout: float) -> None:
        self._url_file, self._timeout = url_file, timeout
        self._service: Any = None

    def send(self, told: Letter) -> str:
        """Post title and first lines."""
        if self._service is None:
            self._service = self._opened()
        title, text = short(told)
        if not self._service.notify(body=text, title=title):
            raise NotSentError("the chat did not take it")
        reached("accepted")
        return "taken by the chat"

    def _opened(self) -> Any:
        apprise = import_module("apprise")  # loads hundreds of services: only where one is used
        url = secret_text(self._url_file, "its address").strip()
        asset = apprise.AppriseAsset(
            plugin_paths=[], storage_mode="memory", allow_templates=False, secure_logging=True,
            async_mode=False, http_redirects=False,
        )  # fmt: skip
        service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
        if service is None:
            raise NotSentError("apprise does not know the address in its file")
        if _is_plain(service):
            raise NotSentError("its address is not encrypted; take the form of it that is")
        service.socket_connect_timeout = service.socket_read_timeout = self._timeout
        return service

    def close(self) -> None:
        """Let go of the service."""
        self._service = None


def _is_plain(service: Any) -> bool:
    """Whether a service would be spoken to in plain text over a network."""
    scheme = service.schema
    return (
        scheme in _schemes(service.protocol)
        and scheme not in _schemes(service.secure_protocol)
        and service.host not in LOOPBACK
    )


def _schemes(known: Any) -> tuple[str, ...]:
    return (known,) if isinstance(known, str) else tuple(known or ())
