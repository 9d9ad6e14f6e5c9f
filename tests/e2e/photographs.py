"""Photographs of every page into artifacts/: `make screenshots`. It looks, and changes nothing.

The homes are those that tests of this folder run, so that everybody photographs the same trials.
"""

from __future__ import annotations

import re

import pytest

from tests.e2e.browser import ADMIN, CHAIR, Site, go, keep, sign_in
from tests.e2e.test_access import settled, views, who

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("pilot")]
# Pages that look another way in a trial without dose levels and with many subjects.
DIFFER = ("/decision", "/subjects", "/events", "/labs", "/labs?show=shift", "/labs?show=edish",
          "/exposure", "/subject", "/alerts", "/data")  # fmt: skip


def name(trial: str, path: str) -> str:
    """Return the name of a photograph: that of the trial, the page and what it is asked."""
    return f"{trial}-{re.sub(r'[^a-z0-9]+', '-', path.lower()).strip('-') or 'portfolio'}"


def test_photograph_the_trial_with_dose_levels(trial: Site) -> None:
    for path in views():
        photograph(trial, "trial", path)


def test_photograph_the_pilot(pilot_site: Site) -> None:
    for path in DIFFER:
        photograph(pilot_site, "pilot", path)


def photograph(site: Site, trial: str, path: str) -> None:
    with site.page(who(path), path) as page:
        settled(page)
        assert keep(page, name(trial, path)).stat().st_size > 10_000


def test_photograph_the_sign_in_and_what_an_admin_sees(trial: Site) -> None:
    with trial.stranger() as page:
        keep(page, "sign-in")
        sign_in(page, ADMIN)
        keep(page, "admin")


def test_photograph_in_chinese_and_on_paper(trial: Site) -> None:
    with trial.page(CHAIR, "/decision", locale="zh-CN") as page:
        keep(page, "trial-decision-zh")
    with trial.page(CHAIR, "/decision") as page:
        page.emulate_media(media="print")
        go(page, page.url)
        keep(page, "trial-decision-print")
