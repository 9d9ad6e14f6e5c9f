"""What roles let a person do, and what an account must look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.accounts import account
from safety.accounts.account import EVERY, ROLES, Account, Person
from safety.errors import WrongUseError

LEE = Account("a1", "lee", "A. Lee", "", "active", demo=False)


def person(state: str = "active", **roles: set[str]) -> Person:
    given_ = {EVERY if study == "every" else study: frozenset(of) for study, of in roles.items()}
    return Person(Account("a1", "lee", "A. Lee", "", state, demo=False), given_)


def test_a_role_holds_in_its_study_alone() -> None:
    lee = person(T1={"chair", "committee"})
    assert lee.roles_in("T1") == {"chair", "committee"}
    assert lee.may("T1", ["chair"])
    assert not lee.may("T1", ["monitor"])
    assert not lee.may("T2", ["chair"])
    assert not lee.may("T2")
    assert not lee.may(EVERY, ["chair"])


def test_a_role_in_every_study_holds_in_each() -> None:
    lee = person(every={"auditor"}, T1={"monitor"})
    assert lee.roles_in("T1") == {"auditor", "monitor"}
    assert lee.roles_in("T7") == {"auditor"}
    assert lee.may(EVERY, ["auditor"])
    assert not lee.may(EVERY, ["monitor"])


def test_who_only_manages_accounts_sees_no_data() -> None:
    assert person(every={"admin"}).may("T1", ["admin"])
    assert not person(every={"admin"}).sees("T1")
    assert person(every={"admin"}, T1={"engineer"}).sees("T1")
    assert not person(every={"admin"}, T1={"engineer"}).sees("T2")
    assert not person().sees("T1")


def test_a_disabled_account_may_nothing() -> None:
    lee = person("disabled", every=set(ROLES))
    assert (lee.roles_in("T1"), lee.may("T1"), lee.sees("T1")) == (frozenset(), False, False)


@given(st.dictionaries(st.sampled_from([EVERY, "T1", "T2"]), st.frozensets(st.sampled_from(ROLES))))
def test_nobody_may_what_no_grant_says(roles) -> None:
    lee = Person(LEE, roles)
    for study in ("T1", "T2"):
        for role in ROLES:
            is_granted = role in roles.get(study, ()) or role in roles.get(EVERY, ())
            assert lee.may(study, [role]) == is_granted
        assert lee.sees(study) == any(lee.may(study, [r]) for r in ROLES if r != "admin")


@pytest.mark.parametrize("username", ["", "a", "Lee", "lee@x", "-lee", "l e", "l" * 65, "é1"])
def test_a_username_that_cannot_be(username) -> None:
    with pytest.raises(WrongUseError, match="give 2 to 64 of a-z"):
        account.check_username(username)


def test_a_username_is_kept_in_lower_case() -> None:
    assert account.username_of(" A.Lee ") == "a.lee"
    account.check_username("a.lee")


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "A.\nLee"])
def test_a_name_that_cannot_be_printed(name) -> None:
    with pytest.raises(WrongUseError, match="the name: give one line"):
        account.check_name(name)


def test_a_language_is_a_code() -> None:
    for language in ("", "en", "pt-BR"):
        account.check_language(language)
    with pytest.raises(WrongUseError, match="give a code such as en"):
        account.check_language("English")


@pytest.mark.parametrize(
    ("study", "role", "told"),
    [
        ("T1", "boss", "give one of committee, chair"),
        ("", "chair", "give the id of a study"),
        ("T" * 42, "chair", "give the id of a study"),
        ("T1", "admin", "accounts belong to no study"),
    ],
)
def test_a_grant_that_cannot_be(study, role, told) -> None:
    with pytest.raises(WrongUseError, match=told):
        account.check_grant(study, role)
    account.check_grant("T1", "chair")
    account.check_grant(EVERY, "admin")
