"""Ask a server, within bounds: time, size, number of answers, and no other host than the one told.

Passing faults (429, 502, 503, 504, a lost connection) are tried again, longer after each, at least
as long as the server asks for. No message holds a secret or a body.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, Self
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from safety.errors import PullError
from safety.feeds.connections import Secret
from safety.feeds.sdtm_folder.text import shown
from safety.study.pull import LOOPBACK, Pull

ATTEMPTS = 5
LONGEST_WAIT = 120.0  # seconds; a server that asks for more is asked again at the next pull
BACK_OFF = wait_random_exponential(multiplier=1, max=30)
PASSING = frozenset({429, 502, 503, 504})
WRONG_SECRET = (401, 403)
MAX_REDIRECTS = 3
MAX_DEPTH = 40  # of JSON
MAX_DIGITS = 40  # of a number
SLOWEST = 20  # a body may take so many timeouts
MEGABYTE = 1_000_000
MAX_WORDS = 120  # of a fault of the network
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: JSON, and when by its own clock. Decimal numbers are text."""

    content: Any
    at: datetime | None
    status: int


class _PassingError(Exception):
    def __init__(self, told: str, wait: float = 0.0) -> None:
        self.told, self.wait = told, wait
        super().__init__(told)


class Client:
    """Asks one server for one pull."""

    def __init__(
        self, feed: str, pull: Pull, secret: Secret, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._feed, self.pull, self._secret = feed, pull, secret
        self._origin = _origin(pull.url)
        self._answers, self._bytes = 0, 0
        if secret.host and secret.host != urlsplit(pull.url).hostname:
            raise self.error(
                f"connection {pull.connection} is for {secret.host}, the study file asks "
                f"{urlsplit(pull.url).hostname}.", "Correct one of them.",
            )  # fmt: skip
        self._http = httpx.Client(
            timeout=pull.timeout, follow_redirects=False,
            trust_env=urlsplit(pull.url).hostname not in LOOPBACK,
        )  # fmt: skip
        self._retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS), wait=_wait, sleep=sleep, reraise=True,
            retry=retry_if_exception_type(_PassingError),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def error(self, fault: str, remedy: str) -> PullError:
        """Return an error of this feed, without the secret."""
        return PullError(self._feed, self._secret.hidden(fault), remedy)

    def get(
        self, url: str, params: Mapping[str, str] | None = None,
        enough: frozenset[int] = frozenset(),
    ) -> Answer:  # fmt: skip
        """Ask for a resource of the server, following it to another place on the same host.

        enough: statuses that are an answer by themselves; its content is None.
        """
        headers = {"Accept": "application/fhir+json", "Accept-Encoding": "identity"}
        auth = None
        if self._secret.login:
            auth = httpx.BasicAuth(self._secret.login, self._secret.password)
        elif self._secret.password:
            headers["Authorization"] = f"Bearer {self._secret.password}"
        return self._ask(
            lambda: self._http.build_request("GET", url, params=params, headers=headers),
            auth, enough,
        )  # fmt: skip

    def post(self, form: Mapping[str, str]) -> Answer:
        """Send a form to the address of the pull; the token goes with it, so nothing redirects."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        data = {**form, "token": self._secret.password}
        return self._ask(
            lambda: self._http.build_request("POST", self.pull.url, data=data, headers=headers)
        )

    def _ask(
        self, build: Callable[[], httpx.Request], auth: httpx.Auth | None = None,
        enough: frozenset[int] = frozenset(),
    ) -> Answer:  # fmt: skip
        if self._answers >= self.pull.max_pages:
            raise self.error(
                f"more than {self.pull.max_pages} answers in one pull.", "Raise max_pages."
            )
        self._answers += 1
        try:
            request = build()
        except (ValueError, httpx.InvalidURL):  # its words hold the secret
            raise self.error(
                "the question cannot be written.", "Correct its address, login or token."
            ) from None
        try:
            return self._retrying(self._once, request, auth, enough)
        except _PassingError as error:
            raise self.error(
                f"{error.told}, {ATTEMPTS} times.", "Nothing was written; pull again later."
            ) from error

    def _once(
        self, request: httpx.Request, auth: httpx.Auth | None, enough: frozenset[int]
    ) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            try:
                response = self._http.send(request, auth=auth, stream=True)
            except httpx.TransportError as error:
                raise _PassingError(f"no answer ({_words(error)})") from error
            try:
                if response.status_code in enough:
                    return Answer(None, _server_time(response), response.status_code)
                if not response.has_redirect_location or request.method != "GET":
                    return self._answer(response)
                there = self.within(response.headers["location"], str(response.url))
            finally:
                response.close()
            request = self._http.build_request("GET", there, headers=request.headers)
        raise self.error("the server leads round in a circle.", "Correct the url.")

    def within(self, link: str, base: str = "") -> str:
        """Return a link of the server as an address; raises PullError if it leads elsewhere."""
        try:
            there = urljoin(base or self.pull.url, link)
            is_own = _origin(there) == self._origin
            httpx.URL(there)
        except (ValueError, httpx.InvalidURL):
            is_own = False
        if not is_own:
            raise self.error(
                "the server leads to another host.", "Ask who runs it; nothing was sent there."
            )
        return there

    def _answer(self, response: httpx.Response) -> Answer:
        status = response.status_code
        if status in PASSING:
            raise _PassingError(f"the server answered {status}", _retry_after(response))
        if status in WRONG_SECRET:
            raise self.error(
                f"the server refused the connection {self.pull.connection} ({status}).",
                "Renew its password or token.",
            )
        body = self._body(response)
        try:
            content = parsed(body)
        except (ValueError, RecursionError) as error:
            raise self.error(
                f"the server answered {status} with what is no JSON, or nested too deeply.",
                "Is the url right? Does it need a login page?",
            ) from error
        return Answer(content, _server_time(response), status)

    def _body(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self.error("the server packs its answers unasked.", "Turn that off for it.")
        parts, until = [], time.monotonic() + SLOWEST * self.pull.timeout
        try:
            for part in response.iter_raw():
                self._bytes += len(part)
                if self._bytes > self.pull.max_mb * MEGABYTE:
                    raise self.error(
                        f"more than {self.pull.max_mb} MB in one pull.", "Raise max_mb."
                    )
                if time.monotonic() > until:
                    raise self.error("the server is too slow.", "Pull again later.")
                parts.append(part)
        except httpx.TransportError as error:
            raise _PassingError(f"the answer broke off ({_words(error)})") from error
        return b"".join(parts)


def _origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port; raises ValueError for what is no address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)


def _words(error: Exception) -> str:
    """Return a fault of the network; a fault of the protocol may quote what was sent."""
    if isinstance(error, httpx.ProtocolError):
        return type(error).__name__
    return f"{type(error).__name__}: {shown(str(error), MAX_WORDS)}"


def parsed(body: bytes) -> Any:
    """Return JSON with decimal numbers as text, so that none loses a digit.

    Raises ValueError or RecursionError.
    """
    content = json.loads(
        body.decode("utf-8-sig"), parse_float=_decimal, parse_int=_whole, parse_constant=_refuse
    )
    level, depth = [content], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        held = [v for v in level if isinstance(v, dict | list)]
        level = [w for v in held for w in (v.values() if isinstance(v, dict) else v)]
    return content


def _decimal(text: str) -> str:
    number = Decimal(text)
    if abs(number.adjusted()) > MAX_DIGITS or len(text) > MAX_DIGITS:
        raise ValueError("a number out of all bounds")
    return f"{number:f}"


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("a number out of all bounds")
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    asked = error.wait if isinstance(error, _PassingError) else 0.0
    return max(min(asked, LONGEST_WAIT), BACK_OFF(state))


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds a server asks to wait, told as a number or as a time."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:6])
    try:
        until = parsedate_to_datetime(text)
        now = _server_time(response) or datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _server_time(response: httpx.Response) -> datetime | None:
    try:
        told = parsedate_to_datetime(response.headers.get("date", ""))
        return told.astimezone(UTC) if told.tzinfo is not None else None
    except (ValueError, TypeError):
        return None
