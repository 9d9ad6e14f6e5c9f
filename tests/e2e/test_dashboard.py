"""The dashboard in a real headless Chromium: every page shows its trial and asks nobody else."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.e2e.trials import ROOT, TOXWATCH, Pilot

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]
ARTIFACTS = ROOT / "artifacts"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
START_SECONDS, PAGE_MS = 60, 30_000
SECTION = "xpath=../.."  # from a heading to the part of the page it stands over
expect.set_options(timeout=PAGE_MS)


@contextmanager
def served(environ: dict[str, str]) -> Iterator[str]:
    """Serve the dashboard of a home on a free port, and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [TOXWATCH, "serve", "--port", str(port)], env=environ, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield await_server(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def address(pilot: Pilot):
    with served(pilot.environ) as url:
        yield url


@pytest.fixture(scope="module")
def escalation(dose_finding: Pilot):
    with served(dose_finding.environ) as url:
        yield url


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


@contextmanager
def watched(browser: Browser, address: str) -> Iterator[Page]:
    """Open a page that fails the test on a console error or a request to anybody else."""
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


@pytest.fixture
def page(browser, address):
    with watched(browser, address) as opened:
        yield opened


@pytest.fixture
def trial_page(browser, escalation):
    with watched(browser, escalation) as opened:
        yield opened


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
    expect(content).to_contain_text("does not apply: the study file has no dose levels")
    # treated, evaluable (no rule says), DLT, cannot be judged, pending, no DLT, late equivalent
    assert cells(page.locator("#verdicts")) == [
        ["(no dose level)", "254", "not decided", "7", "1", "0", "246", "11"]
    ]
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
    expect(page.locator("#content")).to_contain_text("86 alerts, 86 open, 0 not sent yet")
    page.locator("#alerts .ag-row", has_text="COMPLETED SUICIDE: grade 5").first.click()
    detail = page.locator("#alert-detail")
    expect(detail).to_contain_text("Serious N, outcome FATAL")
    expect(detail).to_contain_text("Source ae.xpt row 409")
    keep(page, "alerts")


def test_data(page, address):
    page.goto(f"{address}/data?study=CDISCPILOT01")
    content = page.locator("#content")
    expect(content).to_contain_text("No file is held.")
    expect(page.locator("#row-sum")).to_contain_text("received 118,028 = accepted")
    expect(page.locator("#row-sum")).to_contain_text("\u2713 adds up")
    open_row(page, "open-checks", "AE-012")
    expect(page.locator("#check-rows")).to_contain_text("4 of 1,191 rows")
    expect(page.locator("#check-rows-table .ag-row")).to_have_count(4)
    open_row(page, "queries", "AE-008")
    asked = page.locator("#queries-item")
    expect(asked).to_contain_text("toxwatch queries send cdisc_pilot")
    expect(asked.locator("#query-evidence")).to_contain_text("ae.xpt")
    with page.expect_download() as saved:
        page.locator("#queries-button").click()
    assert saved.value.suggested_filename.startswith("CDISCPILOT01_queries_2015-03-06_")
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].endswith(',"STUDY","SNAPSHOT","AS OF"')
    assert ',"CDISCPILOT01",' in lines[-1]
    assert "01-7" not in page.url  # no subject in an address


def open_row(page: Page, grid: str, named: str) -> None:
    """Click the first row of a grid with this text in it; one below the screen is not drawn."""
    page.locator(f"#{grid}").scroll_into_view_if_needed()
    page.locator(f"#{grid} .ag-row", has_text=named).first.locator(".ag-cell").first.click()


def test_subject_of_the_pilot(page, address):
    page.goto(f"{address}/subject?study=CDISCPILOT01")
    chosen = page.get_by_role("textbox", name="Subject (306), most urgent first")
    expect(chosen).to_have_value("01-703-1086: DLT")  # a DLT comes first
    view = page.locator("#subject-view")
    argument = section(view, "The argument")
    expect(argument).to_contain_text("AE3")
    expect(argument).to_contain_text("APPLICATION SITE IRRITATION")
    expect(argument).to_contain_text("(ae.xpt, row 260)")
    for part in ("Exposure", "Dose modification", "Deviations"):
        expect(section(view, part)).to_contain_text("The study file has no drugs or dose levels")
    # an arm code of a study without dose levels is not shown as one
    expect(view).to_contain_text("no dose level; as of 2015-03-06; proposed by the rules")
    assert "01-703-1086" not in page.url  # no subject in an address
    keep(page, "subject-pilot")


def test_verdicts_by_dose_level(trial_page, escalation):
    trial_page.goto(escalation)
    expect(trial_page.locator("#banner")).to_contain_text("Data as of 2024-04-17")
    expect(trial_page.locator("#banner")).to_contain_text("version 1.0 are a draft, not approved")
    expect(trial_page.locator("#content")).to_contain_text("escalation applies")
    # 5 treated, 4 evaluable: DLT 2, cannot be judged 1, pending 0, no DLT 2, late 0
    assert cells(trial_page.locator("#verdicts")) == [["L1", "5", "4", "2", "1", "0", "2", "0"]]
    keep(trial_page, "overview-dose-finding")


def test_subject_of_a_dose_finding_trial(trial_page, escalation):
    trial_page.goto(f"{escalation}/subject?study=NCT06038461")
    chosen = trial_page.get_by_role("textbox", name="Subject (5), most urgent first")
    expect(chosen).to_have_value("NCT06038461-001-101: DLT")
    view = trial_page.locator("#subject-view")
    expect(section(view, "The argument")).to_contain_text("Neutrophils below 0.5 for 7 days")
    expect(section(view, "The argument")).to_contain_text("(lb.csv, row 62)")
    keep(trial_page, "subject-dlt")
    chosen.click()
    trial_page.get_by_role("option", name="NCT06038461-001-102: Cannot be judged").click()
    expect(view).to_contain_text("NCT06038461-001-102")
    expect(view.locator(".toxwatch-verdict").first).to_have_text("Cannot be judged")
    expect(section(view, "The argument")).to_contain_text(
        "a sample by 2024-03-24 would have decided"
    )
    expect(section(view, "Surveillance").locator(".ag-row").first).to_contain_text("CBC")
    triggers = cells(view.locator("#subject-triggers"))
    # the open question holds no drug by itself: it wins over nothing, and says so
    assert ["2024-03-18", "s1", "A2", "hold (cannot be judged)", "no"] in [
        [*row[:3], *row[4:6]] for row in triggers
    ]
    assert ["2024-03-19", "surufatinib", "missed hold", "S15-G4"] in [
        row[:4] for row in cells(view.locator("#subject-deviations"))
    ]
    assert "001-10" not in trial_page.url
    keep(trial_page, "subject-cannot-be-judged")


def section(view: Locator, title: str) -> Locator:
    """Return the part of a page below one heading."""
    return view.get_by_role("heading", name=title, exact=True).locator(SECTION)


def cells(grid: Locator) -> list[list[str]]:
    """Return the text of every row that a grid has drawn."""
    expect(grid.locator(".ag-row").first).to_be_visible()
    return [row.locator(".ag-cell").all_inner_texts() for row in grid.locator(".ag-row").all()]


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
    environ = {"TOXWATCH_HOME": str(tmp_path), "PATH": "/usr/bin"}
    with served(environ) as url:
        page = browser.new_page()
        page.goto(url)
        expect(page.locator("#content")).to_contain_text("No snapshot has been published yet")
        page.close()
