"""Mail by SMTP, with TLS that is verified or not at all: never less than what was asked for."""

from __future__ import annotations

import io
import smtplib
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from safety.alerts.channels.channel import NotSentError, RefusedError, fault
from safety.alerts.channels.deadline import Deadline
from safety.alerts.channels.written import as_mail, secret_text, trusted
from safety.alerts.message import Letter, address
from safety.failpoints import reached
from safety.settings import Mail

TAKEN = frozenset({250, 251})
CLOSING = 421
# Of permanent refusals those that are about the conversation, not about the message (RFC 5321,
# RFC 4954): whoever keeps the settings can mend them.
OF_THE_SESSION = frozenset({500, 502, 503, 504, 530, 534, 535, 538})


class _Heard(io.RawIOBase):
    """What a server says: every byte of it comes in time."""

    def __init__(self, line: socket.socket, deadline: Deadline) -> None:
        self._line, self._deadline = line, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.settimeout(self._deadline.left())
        return self._line.recv_into(buffer)


class _Smtp(smtplib.SMTP):
    """A conversation of which every step, and all of them, must be over in time."""

    def __init__(self, deadline: Deadline, *where: Any, **how: Any) -> None:
        self._deadline = deadline
        super().__init__(*where, **how)

    def send(self, s: Any) -> None:
        left = self._deadline.left()
        if self.sock is not None:
            self.sock.settimeout(left)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Heard(self.sock, self._deadline))
        return super().getreply()


class _SmtpTls(_Smtp, smtplib.SMTP_SSL):
    """The same, in TLS from the beginning."""


class SmtpChannel:
    """Hands letters to a mail server, one after the other by one connection."""

    def __init__(self, server: Mail, timeout: float, ca: Path | None) -> None:
        self._mail, self._timeout, self._ca = server, timeout, ca
        self._deadline = Deadline(timeout)
        self._server: smtplib.SMTP | None = None

    def send(self, told: Letter) -> str:
        """Hand a letter over; return what the server said when it took it."""
        to = address(told.recipient)
        if to is None:
            raise RefusedError("the recipient is no mail address in ASCII")
        if not self._mail.sender.isascii():
            raise NotSentError("TOXWATCH_ALERT_SENDER is no mail address in ASCII")
        content = as_mail(told, self._mail.sender)
        self._deadline.begin()
        try:
            return self._hand_over(self._ready(), to.addr_spec, content)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotSentError(_said(error)) from error
        except ValueError as error:  # of the settings; its words may hold a secret
            self.close()
            raise NotSentError(f"its settings cannot be used: {type(error).__name__}") from error
        except NotSentError:
            self.close()
            raise
        except RefusedError:
            self._forget()
            raise

    def _hand_over(self, server: smtplib.SMTP, to: str, content: bytes) -> str:
        _require(*server.mail(self._mail.sender), counts=True, of_message=False)
        _require(*server.rcpt(to), counts=False)
        code, reply = server.data(content)
        _require(code, reply, counts=True)
        reached("accepted")
        return f"{code} {reply.decode('utf-8', 'replace')}"

    def _ready(self) -> smtplib.SMTP:
        """Return a connection that lives."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._server.noop()[0] in TAKEN:
                    return self._server
            self.close()
        self._server = self._connected()
        reached("connected")
        return self._server

    def _connected(self) -> smtplib.SMTP:
        used = self._mail
        name = used.sender.rpartition("@")[2]  # asking the network for our own can take seconds
        where = (self._deadline, used.host, used.port, name)
        with ExitStack() as stack:
            if used.tls == "implicit":
                server: _Smtp = _SmtpTls(*where, timeout=self._timeout, context=trusted(self._ca))
            else:
                server = _Smtp(*where, timeout=self._timeout)
            stack.callback(server.close)
            if used.tls == "starttls":
                server.starttls(context=trusted(self._ca))
            if used.password_file is not None:
                server.login(used.user, _password(used.password_file))
            server.ehlo_or_helo_if_needed()
            stack.pop_all()
        return server

    def _forget(self) -> None:
        """Leave the conversation as if the refused message had not been."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.rset()

    def close(self) -> None:
        """Say goodbye; it does not matter any more whether the server hears it."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


def _password(path: Path) -> str:
    name = "TOXWATCH_SMTP_PASSWORD_FILE"
    password = secret_text(path, name)
    if not password.isascii():
        raise NotSentError(f"{name} holds a password that is not ASCII, which mail cannot send")
    return password


def _require(code: int, reply: bytes, *, counts: bool, of_message: bool = True) -> None:
    """Raise unless a server took a step. of_message: it is about this message, not the sender."""
    if code in TAKEN:
        return
    told = f"{code} {reply.decode('utf-8', 'replace')}"
    if of_message and 500 <= code < 600 and code not in OF_THE_SESSION:
        raise RefusedError(told)
    of_session = code == CLOSING or code in OF_THE_SESSION
    raise NotSentError(told, waits=of_message and not of_session, counts=counts or of_session)


def _said(error: Exception) -> str:
    """Return what a server or the network said, without what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
        return f"{error.smtp_code} {text}"
    return fault(error)
