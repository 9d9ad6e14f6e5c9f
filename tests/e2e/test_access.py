"""Everybody can use the pages: axe finds nothing, the keyboard reaches all, nothing is too wide."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from dashboards.pages import PAGES
from tests.e2e.browser import ADMIN, CHAIR, ENGINEER, MONITOR, Site, go, shown, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 1280, "height": 900}
# What a page shows beside its first view.
MORE = {
    "/decision": ["?who=dlt&dose=L1"],
    "/labs": ["?show=shift", "?show=edish"],
    "/exposure": ["?show=intensity"],
    "/alerts": ["?part=reports", "?part=course"],
    "/data": ["?part=checks", "?part=queries", "?part=deliveries", "?part=assessments"],
    "/meeting": ["?about=adjudication", "?about=dose", "?about=decisions"],
    "/rows": ["?table=event"],
}
ONLY = {"/audit": CHAIR, "/audit/accounts": ADMIN, "/data": ENGINEER, "/alerts": MONITOR}


def views() -> list[str]:
    paths = [page.path for page in PAGES]
    first = [path for path in paths if path != "/rows"]
    return [*first, *(f"{path}{more}" for path in paths for more in MORE.get(path, []))]


def who(path: str) -> str:
    return ONLY.get(path.partition("?")[0], CHAIR)


def faults(page: Page) -> list[str]:
    """What axe finds wrong with a page: rule, element, and why."""
    page.evaluate(AXE)
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES},
                               "resultTypes": ["violations"]}  # fmt: skip
    found = page.evaluate("options => axe.run(options)", options)
    return [
        f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def settled(page: Page) -> None:
    """Wait until nothing is asked for any more: figures and listings are drawn."""
    page.wait_for_load_state("networkidle")


def test_nothing_is_wrong_for_who_cannot_see_or_click_well(trial: Site) -> None:
    found: dict[str, list[str]] = {}
    for person in sorted({who(path) for path in views()}):
        with trial.page(person, viewport=NARROW, bypass_csp=True) as page:
            for path in (path for path in views() if who(path) == person):
                go(page, trial.at(path))
                settled(page)
                found[path] = [*faults(page), *too_wide(page)]
    assert len(found) >= 25
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def too_wide(page: Page) -> list[str]:
    """A page is no wider than the window; what is wider scrolls within it."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{wide} px wide"] if wide > window else []


def test_the_sign_in_can_be_used_by_everybody(trial: Site) -> None:
    with trial.stranger(viewport=NARROW, bypass_csp=True) as page:
        assert faults(page) == []
        assert too_wide(page) == []
        expect(page.get_by_label("User name")).to_be_focused()
        page.keyboard.type("demo-chair")
        page.keyboard.press("Tab")
        page.keyboard.type("no such password")
        assert page.get_by_label("Password").input_value() == "no such password"


# What the keyboard must reach on its way through a page; cells of a grid have arrow keys.
CONTROLS = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
)].filter((e) => e.checkVisibility() && !e.closest(".ag-root") && e.tabIndex >= 0 && !e.disabled)"""
COUNT = f"() => ({CONTROLS})().length"
MISSED = f"() => ({CONTROLS})().filter((e) => !window.reached.has(e)).map((e) => e.outerHTML)"
START = "() => { document.activeElement.blur(); window.reached = new Set(); }"


@pytest.mark.parametrize("path", ["/", "/decision", "/events", "/labs", "/alerts", "/meeting"])
def test_the_keyboard_reaches_every_control(trial: Site, path: str) -> None:
    with trial.page(CHAIR, path) as page:
        settled(page)
        page.evaluate(START)
        wanted = page.evaluate(COUNT)
        for _ in range(wanted + 40):  # a grid takes some steps of its own
            page.keyboard.press("Tab")
            page.evaluate("() => window.reached.add(document.activeElement)")
        assert wanted > 10
        assert page.evaluate(MISSED) == []


def test_the_first_tab_skips_to_the_content(trial: Site) -> None:
    with trial.page(CHAIR, "/events") as page:
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('#content').contains(document.activeElement)")
        shown(page, "Adverse events")


def test_filters_and_forms_work_by_the_keyboard(trial: Site) -> None:
    with trial.page(MONITOR, "/events") as page:
        chip = page.get_by_role("link", name="Serious only")
        chip.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="\u2713 Serious only")).to_be_visible()
        assert "serious=1" in page.url
        go(page, trial.at("/alerts"))
        page.get_by_role("link", name="DLT candidate T2").focus()
        page.keyboard.press("Enter")
        button = page.get_by_role("button", name="Acknowledge", exact=True)
        button.focus()
        page.keyboard.press("Enter")
        form = page.get_by_role("group", name="Acknowledge", exact=True)
        expect(form.get_by_role("alert").first).to_contain_text("reason")


def test_paper_has_the_page_without_its_controls(trial: Site) -> None:
    with trial.page(CHAIR, "/decision") as page:
        page.emulate_media(media="print")
        expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
        expect(page.get_by_role("link", name="Download decision-levels as CSV")).to_be_hidden()
        expect(page.get_by_role("table", name="Dose levels")).to_be_visible()
        expect(page.locator("#banner")).to_contain_text("Data as of 2024-04-17")


def test_the_first_page_is_small(trial: Site) -> None:
    with trial.stranger(f"/decision?{urlencode({'study': trial.studyid})}") as page:
        network = page.context.new_cdp_session(page)
        sizes: list[float] = []
        network.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
        network.send("Network.enable")
        sign_in(page, CHAIR)
        settled(page)
        assert len(sizes) > 10
        assert sum(sizes) <= 1_700_000
