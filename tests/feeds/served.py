"""A real HTTP server on this machine for one test, and how a study is pulled from it."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import yaml

from safety import pulling
from safety.feeds.connections import Secret
from safety.settings import Settings, from_environment
from safety.study.model import Study
from safety.study.pull import Pull
from tests import build, databases

TOKEN = "s3cr3t-t0ken-of-a-test"
NOW = datetime(2024, 3, 25, 6, 0, tzinfo=UTC)  # 14:00 at the site
TODAY = "2024-03-25"


class Request(NamedTuple):
    method: str
    path: str
    params: dict[str, str]
    headers: Any


class Server(ABC):
    """What a test server keeps. clock: what its Date says; trouble: answers given first."""

    def __init__(self) -> None:
        self.clock = NOW
        self.trouble: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[dict[str, str]] = []
        self.url = ""

    @abstractmethod
    def answer(self, request: Request) -> tuple[int, Any]:
        """Return status and content for a request."""


@contextmanager
def serving(server: Server, path: str) -> Iterator[Server]:
    """Answer requests on a free port of the loopback while a test runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._respond("GET")

        def do_POST(self) -> None:
            self._respond("POST")

        def _respond(self, method: str) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length).decode()
            parts = urlsplit(self.path)
            params = dict(parse_qsl(parts.query if method == "GET" else body))
            server.asked.append({"path": parts.path, **params})
            if server.trouble:
                status, headers, content = server.trouble.pop(0)
            else:
                status, told = server.answer(Request(method, parts.path, params, self.headers))
                headers, content = {}, json.dumps(told).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(server.clock, usegmt=True))
            self.send_header("Content-Length", str(len(content)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.url = f"http://127.0.0.1:{running.server_port}{path}"
    try:
        yield server
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def feed(name: str, kind: str, domains: dict[str, Any], pull: Pull) -> dict[str, Any]:
    """A feed of a study file that is pulled."""
    return {
        "id": name, "kind": kind, "path": f"feeds/t1/{{day}}/{name}", "delivers": "changes",
        "domains": domains, "pull": pull.model_dump(mode="json"),
    }  # fmt: skip


def settings(home: Path, kind: str, domains: dict[str, Any], pull: Pull) -> Settings:
    """Settings of a home with the small study as `t1`, delivered by one feed that is pulled."""
    return settings_of(home, feed("ehr", kind, domains, pull))


def settings_of(home: Path, *feeds: dict[str, Any]) -> Settings:
    study = Study.model_validate(build.study_content() | {"feeds": list(feeds)})
    studies = home / "studies"
    studies.mkdir(parents=True, exist_ok=True)
    (studies / "t1.yaml").write_text(yaml.safe_dump(study.model_dump(mode="json")), "utf-8")
    return from_environment(databases.environment(home) | {"TOXWATCH_STUDIES": str(studies)})


def pull(used: Settings, now: datetime = NOW, **how: Any) -> pulling.Pulled:
    """Pull the one feed; waits between attempts are noted, not waited for."""
    (found,) = pull_all(used, now, **how)
    return found


def pull_all(used: Settings, now: datetime = NOW, **how: Any) -> list[pulling.Pulled]:
    """Pull every feed."""
    how = {"resolver": secret, "sleep": lambda _: None} | how
    return pulling.pull(used, "t1", now=now, how=pulling.How(**how))


def secret(_: str) -> Secret:
    """The connection that the servers of these tests ask for."""
    return Secret(password=TOKEN)


def lines(used: Settings, file: str) -> list[dict[str, Any]]:
    """Return head and lines of a pull."""
    day, _, name = file.partition("/")
    text = (used.home / "feeds" / "t1" / day / "ehr" / name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]
