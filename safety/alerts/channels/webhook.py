"""A letter as JSON to an address of the web, signed, so that the receiver can tell it is ours."""

from __future__ import annotations

import hmac
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import httpx

from safety.alerts.channels import deadline
from safety.alerts.channels.channel import NotSentError, RefusedError, cleaned
from safety.alerts.channels.written import as_json, secret_text, trusted
from safety.alerts.message import Letter
from safety.failpoints import reached
from safety.settings import LOOPBACK, Webhook

MAX_BYTES = 10_000  # of an answer: more is not read
# What is wrong with this message and no other.
REFUSED = frozenset({
    HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
})  # fmt: skip
# What comes before the answer: once there is one, it is too late to give up.
STEPS = frozenset({
    "connect_tcp.started", "start_tls.started", "send_request_headers.started",
    "send_request_body.started", "receive_response_headers.started",
})  # fmt: skip
OPENED = frozenset({"connect_tcp.complete", "start_tls.complete"})


class WebhookChannel:
    """Posts letters to one address; it follows no redirect."""

    def __init__(self, endpoint: Webhook, timeout: float, ca: Path | None) -> None:
        self._endpoint, self._timeout = endpoint, timeout
        self._deadline = deadline.Deadline(timeout)
        self._line: socket.socket | None = None
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells addresses: secrets
        self._http = httpx.Client(
            timeout=timeout, follow_redirects=False,
            verify=trusted(ca),
            trust_env=urlsplit(endpoint.url).hostname not in LOOPBACK,
        )  # fmt: skip

    def send(self, told: Letter) -> str:
        """Post a letter; return status and beginning of the answer."""
        body, secret = as_json(told), secret_text(self._endpoint.secret_file, "its secret")
        try:
            with self._in_time():
                status, answer = self._post(told, body, secret)
        except (OSError, httpx.HTTPError, httpx.InvalidURL) as error:
            # its words may hold the address, and that a token
            raise NotSentError(type(error).__name__) from error
        said = f"{status} {answer}"
        if status in REFUSED:
            raise RefusedError(said)
        if not httpx.codes.is_success(status):
            raise NotSentError(said)
        reached("accepted")
        return said

    def _post(self, told: Letter, body: bytes, secret: str) -> tuple[int, str]:
        stamp = str(int(told.at.timestamp()))
        headers = {
            "Content-Type": "application/json", "Accept-Encoding": "identity",
            "Idempotency-Key": told.key, "X-Toxwatch-Attempt": str(told.attempt),
            "X-Toxwatch-Timestamp": stamp,
            "X-Toxwatch-Signature": f"v1={signature(secret, stamp, body)}",
        }  # fmt: skip
        with self._http.stream(
            "POST", self._endpoint.url, content=body, headers=headers,
            extensions={"trace": self._step},
        ) as got:  # fmt: skip
            return got.status_code, cleaned(self._beginning(got))

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Cut the line when the time is over: a server may speak byte by byte."""
        self._deadline.begin()
        cut = Timer(deadline.WHOLE, self._cut)
        cut.start()
        try:
            yield
        finally:
            cut.cancel()

    def _cut(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _step(self, name: str, told: dict[str, Any]) -> None:
        """Give up before a step that comes too late. name: kind of connection, step, progress."""
        step = name.partition(".")[2]
        if step in STEPS:
            self._deadline.left()
        if step in OPENED:
            self._line = told["return_value"].get_extra_info("socket")

    def _beginning(self, response: httpx.Response) -> bytes:
        """Return the first bytes of an answer; it may not take longer than the timeout."""
        found, until = b"", time.monotonic() + self._timeout
        for part in response.iter_raw():
            found += part
            if len(found) > MAX_BYTES or time.monotonic() > until:
                break
        return found[:MAX_BYTES]

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return HMAC-SHA-256 over `stamp.body` in hexadecimal. stamp: seconds since 1970."""
    return hmac.digest(secret.encode(), f"{stamp}.".encode() + body, "sha256").hex()
