"""A real mail server in a process of its own. Its log is the account of what was on the wire."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 taken"
BAD = {"421": "421 closing", "451": "451 try later", "550": "550 no such user"}


class Mail(NamedTuple):
    """A message that the server took. words: its subject line and its text."""

    key: str  # the Message-ID
    recipient: str
    words: str


class Sink:
    """A server on a loopback port; `mode` says how it answers DATA.

    ok, a reply of BAD, `hang` (never answers), `drop` (takes the mail, says 250 and nothing more),
    `lose` (takes the mail and closes without an answer).
    """

    def __init__(self, folder: Path) -> None:
        self._log, self._mode = folder / "wire.jsonl", folder / "smtp_mode"
        self._log.touch()
        self.mode("ok")
        self.port = 0
        self._child = 0
        self.start()

    def mode(self, name: str) -> None:
        part = self._mode.with_suffix(".part")
        part.write_text(name, encoding="ascii")
        part.replace(self._mode)

    def start(self) -> None:
        told, tell = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            try:
                asyncio.run(_serve(self._log, self._mode, self.port, tell))
            finally:
                os._exit(0)
        os.close(tell)
        self.port = int(os.read(told, 16))
        os.close(told)

    def stop(self) -> None:
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = 0

    def mails(self) -> list[Mail]:
        """Return every message that was taken, in order."""
        return [Mail(*json.loads(line)) for line in self._log.read_text("utf-8").splitlines()]


async def _serve(log: Path, mode: Path, port: int, tell: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    handler = _Handler(log, mode)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Server(handler, hostname="sink", loop=loop), "127.0.0.1", port
    )
    os.write(tell, str(server.sockets[0].getsockname()[1]).encode())
    await server.serve_forever()


class _Server(SMTP):
    """Closes without a word where the handler says so."""

    async def push(self, status: Any) -> None:
        if status == "":
            self.transport.abort()
            return
        await super().push(status)


class _Handler:
    """Answers DATA; the others are answered by the library."""

    def __init__(self, log: Path, mode: Path) -> None:
        self._log, self._mode = log, mode

    async def handle(self, server: Any, _session: Session, envelope: Envelope) -> str:
        mode = self._mode.read_text(encoding="ascii")
        if mode in BAD:
            return BAD[mode]
        if mode == "hang":
            await asyncio.sleep(3600)
        self._take(envelope)
        if mode == "lose":
            return ""
        if mode == "drop":
            asyncio.get_running_loop().call_later(0.01, server.transport.abort)
        return OK

    def _take(self, envelope: Envelope) -> None:
        content = envelope.content
        mail = message_from_bytes(content if isinstance(content, bytes) else b"",
                                  policy=policy.default)  # fmt: skip
        key = str(mail["Message-ID"]).strip("<>").split("@", maxsplit=1)[0]
        body = mail.get_body(("plain",))
        words = f"{mail['Subject']}\n{body.get_content() if body else ''}"
        with self._log.open("a", encoding="utf-8") as file:
            for recipient in envelope.rcpt_tos:
                file.write(json.dumps([key, recipient, words]) + "\n")


# the name that the library asks for is not one for a function of ours
_Handler.handle_DATA = _Handler.handle
