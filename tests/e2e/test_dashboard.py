"""What pages of two trials show in a real headless Chromium, and how they are served."""

from __future__ import annotations

import csv
import io
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import (
    ADMIN,
    CHAIR,
    ENGINEER,
    MEMBER,
    MONITOR,
    Site,
    cells,
    go,
    served,
    shown,
    sign_in,
)
from tests.e2e.trials import Pilot, environment

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]


def test_the_banner_says_which_data_are_looked_at(pilot_site: Site, pilot: Pilot) -> None:
    with pilot_site.page(CHAIR, "/decision") as page:
        banner = page.locator("#banner")
        snapshot = f"Snapshot {pilot.summary['snapshot_id'][:12]}"
        for told in ("CDISCPILOT01", "Data as of 2015-03-06", "CTCAE v5.0", "feeds complete",
                     snapshot, "Not an oncology trial"):  # fmt: skip
            expect(banner).to_contain_text(told, ignore_case=True)
        expect(page.locator("#population")).to_have_text("254 of 254 subjects")


def test_dose_levels_of_the_trial(trial: Site) -> None:
    with trial.page(MEMBER, "/decision") as page:
        level = next(row for row in cells(page, "Dose levels") if row[0].startswith("L1"))
        # enrolled, treated, evaluable, in window, pending, cannot be judged, in doubt, replaced
        assert level[1:9] == ["5", "5", "3", "0", "0", "1", "1", "1"]
        assert level[9:11] == ["2 / 3", "2 / 3"]


def test_figures_have_no_day_0_and_leave_as_files(pilot_site: Site) -> None:
    with pilot_site.page(MEMBER, "/labs") as page:
        figure = page.get_by_role("img").filter(has_text="Study day").first
        expect(figure).to_contain_text("Study day (there is no day 0)")
        ticks = figure.locator(".xtick text").all_text_contents()
        assert "0" not in ticks
        assert len(ticks) > 2
        with page.expect_download() as saved:
            page.get_by_role("button", name="Download the figure as SVG").first.click()
        assert saved.value.suggested_filename == "toxwatch_labs-values.svg"
        assert "CDISCPILOT01" in saved.value.path().read_text(encoding="utf-8")


def test_a_listing_is_read_page_by_page_and_leaves_as_it_is_shown(pilot_site: Site) -> None:
    with pilot_site.page(ENGINEER, "/rows?table=event") as page:
        expect(page.get_by_text("1,191 rows")).to_be_visible()
        expect(page.get_by_role("link", name="01-701-1015").first).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download rows-event as CSV").click()
        text = saved.value.path().read_text(encoding="utf-8-sig")
        assert len(list(csv.reader(io.StringIO(text)))) >= 1_192
        assert "2015-03-06" in text


def test_a_subject_of_a_trial_without_levels(pilot_site: Site) -> None:
    with pilot_site.page(MEMBER, "/subject") as page:
        expect(page.get_by_role("heading", name="01-703-1086")).to_be_visible()  # a DLT is first
        content = page.locator("#content")
        expect(content).to_contain_text("APPLICATION SITE IRRITATION")
        expect(content).to_contain_text("(ae.xpt, row 260)")


def test_alerts_of_many_subjects(pilot_site: Site) -> None:
    with pilot_site.page(MONITOR, "/alerts") as page:
        expect(page.locator("#content")).to_contain_text("86 of 86 alerts of the study")
        page.get_by_role("link", name="COMPLETED SUICIDE: grade 5").first.click()
        expect(page.locator("#content")).to_contain_text("ae.xpt row 409")


def test_a_filter_is_undone_by_the_back_button(pilot_site: Site) -> None:
    with pilot_site.page(MEMBER, "/events") as page:
        page.get_by_role("link", name="Serious only").click()
        expect(page.get_by_role("link", name="\u2713 Serious only")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("link", name="Serious only", exact=True)).to_be_visible()
        assert "serious" not in page.url


def test_an_address_that_is_none_is_told(trial: Site) -> None:
    with trial.page(MEMBER, "/no-such-page") as page:
        shown(page, "No such page")
        go(page, trial.at("/decision?at=ffffffffffff"))
        shown(page, "No such snapshot")
        go(page, trial.at("/decision?study=OTHER"))
        shown(page, "Not yours to see")


def test_scripts_travel_compressed_and_stay(trial: Site) -> None:
    of = f"{trial.url}/assets/plotly-cartesian.min.js"
    asked = Request(of, headers={"Accept-Encoding": "br"})
    with urlopen(asked, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_home_without_data_says_so(browser, tmp_path) -> None:
    with served(environment(tmp_path)) as url:
        site = Site(browser, url, "NONE")
        with site.stranger() as page:
            sign_in(page, ADMIN)
            expect(page.locator("#content")).to_contain_text("sees the data of no study")
        with site.page(CHAIR) as page:
            expect(page.locator("#content")).to_contain_text("nothing was published")
