"""A headless Chromium, homes that are served, and people who sign in to them.

A page that is watched fails its test on an error in the console, on an answer that is an error and
on a request to anybody but the server.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)

from safety.accounts import demo
from safety.settings import from_environment
from safety.store.engine import upgrade
from tests.e2e.trials import ROOT, TOXWATCH

ARTIFACTS = ROOT / "artifacts"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
START_SECONDS, PAGE_MS = 60, 30_000
WIDE = {"width": 1440, "height": 1000}
CHAIR, MEMBER, MONITOR = "demo-chair", "demo-committee", "demo-monitor"
ENGINEER, AUDITOR, ADMIN = "demo-engineer", "demo-auditor", "demo-admin"
expect.set_options(timeout=PAGE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser; nothing else in this process may run an event loop meanwhile."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing: run `sh scripts/chromium.sh`, which `make test` does.")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


@contextmanager
def served(environ: dict[str, str]) -> Iterator[str]:
    """Serve the pages of a home on a free port with demo accounts; yield the address."""
    make_accounts(environ)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [TOXWATCH, "serve", "--demo", "--port", str(port)], env=environ, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield _awaited(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(timeout=30)


def make_accounts(environ: dict[str, str]) -> None:
    """Make an account a role, each with its role in the trials of the home."""
    settings = from_environment(environ)
    upgrade(settings.db_url)
    demo.make(settings, ["CDISCPILOT01", "NCT06038461", "SIM-NCT06038461"], datetime.now(UTC))


def _awaited(url: str, server: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=5) as answer:
                assert answer.status == 200
                return url
        except (URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("the dashboard did not start")


@dataclass
class Site:
    """A served home seen by a browser; who has signed in once is known for all later pages."""

    browser: Browser
    url: str
    studyid: str
    _known: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def page(self, who: str, path: str = "/", **context: Any) -> Iterator[Page]:
        """Yield a watched page of somebody who is signed in, at an address of the study."""
        if who not in self._known:
            with self.stranger() as page:
                sign_in(page, who)
                self._known[who] = page.context.storage_state()
        with self._watched(storage_state=self._known[who], **context) as page:
            go(page, self.at(path))
            yield page

    @contextmanager
    def stranger(self, path: str = "/", **context: Any) -> Iterator[Page]:
        """Yield a watched page of somebody who has not signed in: it shows the sign-in."""
        with self._watched(**context) as page:
            page.goto(f"{self.url}{path}")
            yield page

    def at(self, path: str) -> str:
        """Return an address of the study; one of all studies, or that names it, stays as it is."""
        of_all = path in {"/", "/account"} or "study=" in path or "alert=" in path
        mark = "&" if "?" in path else "?"
        return f"{self.url}{path}" if of_all else f"{self.url}{path}{mark}study={self.studyid}"

    @contextmanager
    def _watched(self, **context: Any) -> Iterator[Page]:
        opened = self.browser.new_context(**{"viewport": WIDE} | context)
        opened.set_default_timeout(PAGE_MS)
        complaints = _complaints(opened, self.url)
        try:
            yield opened.new_page()
        except AssertionError as error:
            error.add_note("\n".join(["The browser complained:", *complaints]))
            raise
        finally:
            opened.close()
        assert complaints == []


def _complaints(context: BrowserContext, url: str) -> list[str]:
    """Return a list to which is added whatever goes wrong on any page."""
    found: list[str] = []
    ours = (f"{url}/", "data:", "blob:")
    context.on("console", lambda m: found.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda e: found.append(str(e.error)))
    context.on(
        "response", lambda r: found.append(f"{r.status} {r.url}") if r.status > 399 else None
    )
    context.on("request", lambda r: None if r.url.startswith(ours) else found.append(r.url))
    return found


def sign_in(page: Page, who: str, password: str = demo.WELL_KNOWN) -> None:
    """Sign in by the form, and wait for the first page."""
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    shown(page)


def go(page: Page, url: str) -> None:
    """Open an address, and wait until its page is drawn."""
    page.goto(url)
    shown(page)


def shown(page: Page, name: str = "") -> None:
    """Wait for the heading of a page, that of any page without a name."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(name) if name else expect(heading).to_be_visible()


def do(page: Page, button: Locator, answer: str) -> None:
    """Do an act; wait for what the page says of it, and until it is drawn anew."""
    with page.expect_response(_draws):
        button.click()
    expect(page.get_by_role("status")).to_contain_text(answer)
    expect(page.locator("#content")).not_to_have_attribute("data-dash-is-loading", "true")


def _draws(response: Response) -> bool:
    return "content.children" in (response.request.post_data or "")


def cells(page: Page, table: str) -> list[list[str]]:
    """Return the body of a table by its name, a list a row."""
    found = page.get_by_role("table", name=table, exact=True)
    expect(found).to_be_visible()
    return [row.locator("td, th").all_inner_texts() for row in found.locator("tbody tr").all()]


def keep(page: Page, name: str) -> Path:
    """Photograph a whole page into artifacts/."""
    ARTIFACTS.mkdir(exist_ok=True)
    target = ARTIFACTS / f"{name}.png"
    page.screenshot(path=target, full_page=True)
    return target
