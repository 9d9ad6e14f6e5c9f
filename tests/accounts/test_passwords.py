"""Which passwords are taken, and how they are kept."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from safety.accounts import passwords
from safety.accounts.demo import WELL_KNOWN
from safety.accounts.passwords import Hasher
from safety.errors import WrongUseError
from tests.accounts.conftest import CHEAP, GOOD


def check(password: str) -> None:
    passwords.check_new(password, "a.lee", "Ada Lee-Brown", ["TRIAL-77"])


@pytest.mark.parametrize(
    "password",
    [GOOD, "x8#kQ2!mZ9@wL4f", "toxwatch and seven wet cranes", "é" * 3 + GOOD, GOOD * 9 + "x"],
)
def test_a_good_one_is_taken(password) -> None:
    check(password)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("seven cranes ov", None),
        ("seven cranes o", "give 15 to 256 characters"),
        ("ab3 " * 64 + "x", "give 15 to 256 characters"),
        ("seven cranes\nover wet", "give 15 to 256 characters"),
        ("Correct Horse Battery Staple!", "many people use"),
        ("Qwertyuiop-123456", "many people use"),
        ("aaaaaaaaaaaaaaaaaa", "repeats or counts up"),
        ("ababababcdcdcdcd", "repeats or counts up"),
        ("seven42 seven42 seven42", "repeats or counts up"),
        ("abcdefghijklmnopq", "repeats or counts up"),
        ("9876543210 987654", "repeats or counts up"),
        ("!!!!!!!!!!!!!!!!!!", "repeats or counts up"),
        ("Toxwatch-A.Lee-2026", "made of names of the account"),
        ("ada brown trial 77 x1", "made of names of the account"),
        ("Ada LeeBrown trial-77", "made of names of the account"),
    ],
)
def test_one_that_is_easily_guessed_is_not(password, told) -> None:
    if told is None:
        check(password)
        return
    with pytest.raises(WrongUseError, match=told):
        check(password)


def test_no_refusal_repeats_the_password() -> None:
    with pytest.raises(WrongUseError) as refused:
        check("Correct Horse Battery Staple")
    assert "orse" not in str(refused.value)


def test_the_list_has_only_what_would_be_long_enough() -> None:
    assert len(passwords._common()) > 100
    short = [p for p in passwords._common() if len(p) < 12]
    assert short == []


def test_the_well_known_one_is_exempt_because_no_rule_would_take_it_back() -> None:
    assert WELL_KNOWN == "demo only: no patients here"


def test_a_hash_fits_its_password_alone() -> None:
    hasher = Hasher(CHEAP)
    known = hasher.hash(GOOD)
    assert known.startswith("$argon2id$")
    assert known != hasher.hash(GOOD)
    assert hasher.verify(known, GOOD)
    assert not hasher.verify(known, GOOD + " ")
    assert not hasher.verify(known, "")


def test_a_letter_is_the_same_however_the_keyboard_writes_it() -> None:
    hasher = Hasher(CHEAP)
    assert hasher.verify(hasher.hash("caf\u00e9 over wet slate"), "cafe\u0301 over wet slate")


def test_without_a_hash_nothing_fits_and_it_is_computed_all_the_same(monkeypatch) -> None:
    hasher, seen = Hasher(CHEAP), []
    plain = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, known, word: seen.append(known) or plain(
            self, known, word)
    )  # fmt: skip
    assert not hasher.verify("", GOOD)
    assert not hasher.verify("", "")
    assert [text.split("$")[1:4] for text in seen] == [["argon2id", "v=19", "m=8,t=1,p=1"]] * 2
    assert not hasher.verify("no hash", GOOD)


def test_other_parameters_are_noticed() -> None:
    assert Hasher().is_old(CHEAP.hash(GOOD))
    assert not Hasher(CHEAP).is_old(CHEAP.hash(GOOD))


def test_the_usual_parameters_are_those_of_the_library() -> None:
    assert (Hasher().argon.memory_cost, Hasher().argon.time_cost) == (65536, 3)
