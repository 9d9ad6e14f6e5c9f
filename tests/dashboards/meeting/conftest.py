"""The study of tests/signing as pages see it: three subjects, a chair and two members."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dashboards.acts import ACTS, Doing
from dashboards.pages import PAGES
from dashboards.view import View
from safety.accounts.account import ACTIVE, Account, Person
from safety.accounts.session import OIDC
from safety.settings import Settings
from safety.stamp import stamp
from tests import databases
from tests.dashboards import desk
from tests.meetings.conftest import committee
from tests.nextdose.rows import exposed, person
from tests.signing.conftest import NUMBERS, settings, world
from tests.signing.people import AT

__all__ = ["committee", "settings", "world"]
ROLES = {"a": "chair", "b": "committee", "c": "committee", "m": "monitor", "u": "auditor"}


@pytest.fixture
def db_url(tmp_path) -> str:
    """Of one kind: the rooms behind the page are tested on both."""
    return databases.of(tmp_path)


@pytest.fixture
def shot(world):
    """Three of L1: one with DLT, two without; the first two are known subjects."""
    world.deliver("edc", "2024-04-01", AE="1/ae.csv")
    return world.publish(
        "2024-04-01",
        subject=[{"KEY": f"S{n}", "USUBJID": f"S{n}"} for n in NUMBERS],
        verdict=[person(1, "DLT", CLOSES="2024-03-22"), person(2), person(3)],
        exposure=[exposed(n, "2024-03-01") for n in NUMBERS],
    )  # fmt: skip


@dataclass
class Pages:
    """People at pages who proved a second ago who they are; each act is a minute later."""

    settings: Settings
    now: datetime = AT

    def view(self, who: str, url: str) -> View:
        account = Account(who * 4, who, f"Dr {who.upper()}", "", ACTIVE, demo=False)
        visit = desk.visit(self.settings, url, Person(account, {"T1": frozenset({ROLES[who]})}))
        session = replace(visit.session, method=OIDC, auth_at=stamp(self.now))
        found = replace(visit, session=session).view()
        return replace(found, shot=replace(found.shot, summary={"escalation": "applies"}),
                       address=replace(found.address, study="T1"))  # fmt: skip

    def draw(self, who: str, url: str) -> Any:
        view = self.view(who, url)
        return next(p for p in PAGES if p.path == view.address.path).draw(view)

    def do(self, who: str, name: str, of: str, url: str = "/meeting", /, **values: str) -> str:
        self.now += timedelta(minutes=1)
        view = self.view(who, url)
        if not view.may("T1", ACTS[name].roles):
            raise PermissionError(name)
        return ACTS[name].do(Doing(view, of, values, self.now))


@pytest.fixture
def pages(settings, shot, committee) -> Pages:
    return Pages(settings)
