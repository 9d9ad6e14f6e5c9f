"""One browser a module, and the read-only trials served once for all modules of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import Site, chromium, served
from tests.e2e.trials import Pilot


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def trial_url(dose_finding: Pilot) -> Iterator[str]:
    with served(dose_finding.environ) as url:
        yield url


@pytest.fixture(scope="session")
def pilot_url(pilot: Pilot) -> Iterator[str]:
    with served(pilot.environ) as url:
        yield url


@pytest.fixture(scope="module")
def trial(browser: Browser, trial_url: str) -> Site:
    """The trial with dose levels; nobody changes anything there."""
    return Site(browser, trial_url, "NCT06038461")


@pytest.fixture(scope="module")
def pilot_site(browser: Browser, pilot_url: str) -> Site:
    """The pilot, which has no dose levels; nobody changes anything there."""
    return Site(browser, pilot_url, "CDISCPILOT01")
