"""The dashboard in a real headless Chromium: every page shows the pilot and asks nobody else."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.conftest import ROOT, TOXWATCH, Pilot

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]
ARTIFACTS = ROOT / "artifacts"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
START_SECONDS, PAGE_MS = 60, 30_000
expect.set_options(timeout=PAGE_MS)


@pytest.fixture(scope="module")
def address(pilot: Pilot):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [TOXWATCH, "serve", "--port", str(port)], env=pilot.environ, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield await_server(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(timeout=30)


def await_server(url: str, server: subprocess.Popen) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=5) as answer:
                assert answer.status == 200
                return url
        except (URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail("the dashboard did not start")


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is missing: run `sh scripts/chromium.sh`, which `make test` does.")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def page(browser, address):
    """A page that fails the test on a console error or a request to anybody else."""
    opened = browser.new_page(viewport={"width": 1440, "height": 1000})
    opened.set_default_timeout(PAGE_MS)
    complaints: list[str] = []
    opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda e: complaints.append(str(e)))
    foreign: list[str] = []
    opened.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:"))
              else foreign.append(r.url))  # fmt: skip
    yield opened
    opened.close()
    assert complaints == []
    assert foreign == []


def keep(page: Page, name: str) -> Path:
    ARTIFACTS.mkdir(exist_ok=True)
    target = ARTIFACTS / f"{name}.png"
    page.screenshot(path=target, full_page=True)
    return target


def test_overview(page, address, pilot):
    page.goto(address)
    banner = page.locator("#banner")
    expect(banner).to_contain_text("CDISCPILOT01")
    expect(banner).to_contain_text("Data as of 2015-03-06")
    expect(banner).to_contain_text(f"Snapshot {pilot.summary['snapshot_id'][:12]}")
    expect(banner).to_contain_text("CTCAE v5.0")
    expect(banner).to_contain_text("Not an oncology trial")
    expect(banner).to_contain_text("feeds complete", ignore_case=True)
    content = page.locator("#content")
    expect(content).to_contain_text("of 306 in DM")
    expect(content).to_contain_text("of 118,028 rows")
    expect(content).to_contain_text("1,014: taken at or before baseline")
    expect(page.locator("#deliveries")).to_contain_text("59,580")
    expect(page.locator("#checks")).to_contain_text("Toxicity grade is reported")
    expect(page.locator("#exposure")).to_contain_text("Xanomeline High Dose")
    assert keep(page, "overview").stat().st_size > 50_000


def test_adverse_events(page, address):
    page.goto(f"{address}/adverse-events?study=CDISCPILOT01")
    events = page.locator("#events")
    pruritus = events.locator(".ag-row", has_text="APPLICATION SITE PRURITUS").first
    expect(pruritus).to_be_visible()
    cells = pruritus.locator(".ag-cell").all_inner_texts()
    assert cells[:4] == [
        "GENERAL DISORDERS AND ADMINISTRATION SITE CONDITIONS",
        "APPLICATION SITE PRURITUS", "50", "19.7",
    ]  # fmt: skip
    expect(page.locator("#measured")).to_contain_text("Hypertension")
    keep(page, "adverse-events")
    page.get_by_label("Only related (or attribution missing)").check()
    expect(page.locator("#content")).to_contain_text("254 of 254 treated subjects")
    page.get_by_role("textbox", name="Arm").click()
    page.get_by_role("option", name="Placebo").click()
    expect(page.locator("#content")).to_contain_text("86 of 254 treated subjects")


def test_labs_of_one_subject(page, address):
    page.goto(f"{address}/labs")
    subject = page.get_by_role("textbox", name="Subject (254 treated)")
    subject.fill("01-701-1115")
    page.get_by_role("option", name="01-701-1115").click()
    expect(page.locator("#labs-view")).to_contain_text("01-701-1115:")  # its terms are listed
    page.get_by_role("textbox", name="CTCAE term").click()
    page.get_by_role("option", name="Hypoglycemia").click()
    expect(page.locator("#labs-view")).to_contain_text("01-701-1115: Hypoglycemia")
    figure = page.locator("#labs-figure")
    expect(figure).to_contain_text("Study day (there is no day 0)")
    expect(figure).to_contain_text("first dose (day 1)")
    ticks = figure.locator(".xtick text").all_text_contents()
    assert "0" not in ticks
    assert "1" in ticks
    expect(page.locator("#labs-table")).to_contain_text("mg/dL")
    assert "01-701-1115" not in page.url  # no subject in an address
    keep(page, "labs")


def test_alerts(page, address):
    page.goto(f"{address}/alerts")
    expect(page.locator("#content")).to_contain_text("55 alerts, 55 open, 0 not sent yet")
    page.locator("#alerts .ag-row", has_text="COMPLETED SUICIDE: grade 5").first.click()
    detail = page.locator("#alert-detail")
    expect(detail).to_contain_text("Serious N, outcome FATAL")
    expect(detail).to_contain_text("Source ae.xpt row 409")
    keep(page, "alerts")


def test_headers_and_compression(address):
    with urlopen(address, timeout=10) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_scripts_travel_compressed(address):
    page = Request(f"{address}/_dash-layout", headers={"Accept-Encoding": "gzip"})
    with urlopen(page, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"


def test_a_page_without_data_says_so(browser, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {"TOXWATCH_HOME": str(tmp_path), "PATH": "/usr/bin"}
    server = subprocess.Popen(
        [TOXWATCH, "serve", "--port", str(port)], env=environ, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        page = browser.new_page()
        page.goto(await_server(f"http://127.0.0.1:{port}", server))
        expect(page.locator("#content")).to_contain_text("No snapshot has been published yet")
        page.close()
    finally:
        server.terminate()
        server.wait(timeout=30)
