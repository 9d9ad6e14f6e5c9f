"""A letter as JSON to an address of the web, signed, so that the receiver can tell it is ours."""

from __future__ import annotations

import hmac
import logging
import ssl
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from safety.alerts.channels.channel import NotSentError, RefusedError, cleaned
from safety.alerts.message import Letter, payload
from safety.failpoints import reached
from safety.settings import LOOPBACK, Webhook
from safety.versioning import canonical_json

MAX_BYTES = 10_000  # of an answer: more is not read
# What is wrong with this message and no other.
REFUSED = frozenset({
    HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
})  # fmt: skip


class WebhookChannel:
    """Posts letters to one address; it follows no redirect."""

    def __init__(self, endpoint: Webhook, timeout: float, ca: Path | None) -> None:
        self._endpoint, self._timeout = endpoint, timeout
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells addresses: secrets
        self._http = httpx.Client(
            timeout=timeout, follow_redirects=False,
            verify=ssl.create_default_context(cafile=ca),
            trust_env=urlsplit(endpoint.url).hostname not in LOOPBACK,
        )  # fmt: skip

    def send(self, told: Letter) -> str:
        """Post a letter; return status and beginning of the answer."""
        try:
            secret = self._endpoint.secret_file.read_text(encoding="utf-8").strip("\r\n")
            status, answer = self._post(told, secret)
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

    def _post(self, told: Letter, secret: str) -> tuple[int, str]:
        body = canonical_json(payload(told)).encode()
        stamp = str(int(told.at.timestamp()))
        headers = {
            "Content-Type": "application/json", "Accept-Encoding": "identity",
            "Idempotency-Key": told.key, "X-Toxwatch-Attempt": str(told.attempt),
            "X-Toxwatch-Timestamp": stamp,
            "X-Toxwatch-Signature": f"v1={signature(secret, stamp, body)}",
        }  # fmt: skip
        with self._http.stream("POST", self._endpoint.url, content=body, headers=headers) as got:
            return got.status_code, cleaned(self._beginning(got))

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
