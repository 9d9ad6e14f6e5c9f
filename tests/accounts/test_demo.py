"""Demo accounts let nobody in who was not told that it is a demo."""

from __future__ import annotations

import pytest

from safety.accounts import demo, people, sessions
from safety.accounts.demo import WELL_KNOWN
from safety.accounts.sessions import Refused
from safety.accounts.stored import shared
from safety.audit import verify
from safety.errors import WrongUseError
from tests import databases
from tests.accounts.conftest import LEE, NOW, OTHER


def test_they_are_made_once_with_a_role_in_the_demo_studies(home) -> None:
    assert demo.make(home, ["T1"], NOW) == 6
    assert demo.make(home, ["T1", "T2"], NOW) == 0
    with shared(home.db_url).connect() as connection:
        found = {name: people.by_username(connection, name) for name in demo.ROLES}
        assert len(people.listing(connection)) == 6
    assert found["demo-chair"].account.name == "Demo chair"
    assert found["demo-monitor"].roles == {"T1": {"monitor"}, "T2": {"monitor"}}
    assert found["demo-admin"].roles == {"*": {"admin"}}
    assert all(person.account.demo for person in found.values())
    assert verify.run(home).problems == []


def test_they_sign_in_only_where_it_is_a_demo(small) -> None:
    demo.make(small, ["T1"], NOW)
    given = (small, "demo-chair", WELL_KNOWN, "10.0.0.1", NOW)
    with pytest.raises(Refused):
        sessions.sign_in(*given)
    token = sessions.sign_in(*given, demo_allowed=True)
    assert sessions.find(small.db_url, token, NOW).person.account.demo


def test_they_stay_as_they_are(small) -> None:
    demo.make(small, ["T1"], NOW)
    query = "SELECT account_id FROM account WHERE username = 'demo-chair'"
    [[chair]] = databases.rows(small.db_url, query)
    for act in (
        lambda: people.set_password(small, chair, OTHER, LEE),
        lambda: people.bind_oidc(small, chair, "https://id.example.org", "u", LEE),
    ):
        with pytest.raises(WrongUseError, match="demo-chair is a demo account"):
            act()


def test_an_account_of_somebody_is_not_taken(small) -> None:
    people.create(small, "demo-monitor", "D. Monitor", LEE)
    with pytest.raises(WrongUseError, match="demo-monitor is an account of somebody"):
        demo.make(small, ["T1"], NOW)
    assert databases.rows(small.db_url, "SELECT count(*) FROM account") == [(1,)]
