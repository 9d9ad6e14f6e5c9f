"""A real mail server on this machine that does what a test wants it to do."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = "s3cr3t-of-a-test"


class Inbox:
    """Keeps what it took. Its answers can be set; `hangs` and `drops` are about DATA.

    drops: the message is taken and the line cut, before or after the answer.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: dict[str, str] = {}  # address -> answer to RCPT
        self.data = ""  # answer to DATA, "" for taken
        self.sender = ""  # answer to MAIL
        self.hangs = False
        self.drops: str = ""
        self.connections = 0
        self.port = 0
        # by the names that aiosmtpd looks for
        self.handle_EHLO, self.handle_MAIL = self.greet, self.hear_sender
        self.handle_RCPT, self.handle_DATA = self.hear_recipient, self.take

    async def greet(self, _server, session, _envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def hear_sender(self, _server, _session, envelope, address, _options):
        envelope.mail_from = address
        return self.sender or "250 OK"

    async def hear_recipient(self, _server, _session, envelope, address, _options):
        answer = self.recipients.get(address, "")
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def take(self, server, _session, envelope):
        if self.hangs:
            await asyncio.Event().wait()
        if self.data:
            return self.data
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.drops == "before":
            server.transport.abort()
        elif self.drops == "after":
            await server.push(f"250 taken as {len(self.mails)}")
            server.transport.close()
        return f"250 taken as {len(self.mails)}"

    @property
    def subjects(self) -> list[str]:
        return [m["Subject"] for m in self.mails]


class _Implicit(Controller):
    def _trigger_server(self) -> None:
        """Ask whether it listens as a client does, not with the certificate of the server."""
        anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((self.hostname, self.port), 5)
        with anybody.wrap_socket(plain) as line:
            line.recv(100)


@contextmanager
def running(inbox: Inbox, **how: Any) -> Iterator[Inbox]:
    """Take mail on a port of the loopback while the block runs."""
    inbox.port = inbox.port or free_port()
    context = how.pop("implicit", None)
    where: dict[str, Any] = {"hostname": "127.0.0.1", "port": inbox.port}
    if context:
        controller: Controller = _Implicit(inbox, **where, ssl_context=context, **how)
    else:
        controller = Controller(inbox, **where, **how)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop(no_assert=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """Vouches for servers called 127.0.0.1, or by another name."""

    def __init__(self, folder: Path, name: str = "127.0.0.1") -> None:
        made = trustme.CA()
        self.file = folder / f"ca-{name}.pem"
        made.cert_pem.write_to_path(str(self.file))
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.issue_cert(name).configure_cert(self.server)


def login(_server, _session, _envelope, _mechanism, data: Any) -> AuthResult:
    wanted = LoginPassword(b"toxwatch", PASSWORD.encode())
    return AuthResult(success=data == wanted, handled=False)
