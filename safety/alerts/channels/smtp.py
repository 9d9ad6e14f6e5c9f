"""Mail by SMTP, with TLS that is verified or not at all: never less than what was asked for."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import ExitStack, suppress
from pathlib import Path

from safety.alerts.channels.channel import NotSentError, RefusedError, fault
from safety.alerts.message import Letter, address, mail
from safety.failpoints import reached
from safety.settings import Mail

TAKEN = frozenset({250, 251})
CLOSING = 421
# Of permanent refusals those that are about the conversation, not about the message (RFC 5321,
# RFC 4954): whoever keeps the settings can mend them.
OF_THE_SESSION = frozenset({500, 502, 503, 504, 530, 534, 535, 538})


class SmtpChannel:
    """Hands letters to a mail server, one after the other by one connection."""

    def __init__(self, server: Mail, timeout: float, ca: Path | None) -> None:
        self._mail, self._timeout, self._ca = server, timeout, ca
        self._server: smtplib.SMTP | None = None

    def send(self, told: Letter) -> str:
        """Hand a letter over; return what the server said when it took it."""
        to = address(told.recipient)
        if to is None:
            raise RefusedError("the recipient is no mail address in ASCII")
        content = mail(told, self._mail.sender).as_bytes()
        try:
            return self._hand_over(self._ready(), to.addr_spec, content)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotSentError(_said(error)) from error
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
        with ExitStack() as stack:
            if used.tls == "implicit":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    used.host, used.port, name, timeout=self._timeout, context=self._context()
                )
            else:
                server = smtplib.SMTP(used.host, used.port, name, timeout=self._timeout)
            stack.callback(server.close)
            if used.tls == "starttls":
                server.starttls(context=self._context())
            if used.password_file is not None:
                password = used.password_file.read_text(encoding="utf-8").strip("\r\n")
                server.login(used.user, password)
            server.ehlo_or_helo_if_needed()
            stack.pop_all()
        return server

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca)

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
