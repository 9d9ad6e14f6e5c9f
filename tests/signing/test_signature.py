"""A signature is of one person, one proof, one moment and exactly these bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from safety.errors import WrongUseError
from safety.signing.signature import Signature, Signed, bound, sign, signatures, valid
from safety.store import tables
from tests.signing.people import AT, signer
from tests.trail import TRAIL


@pytest.fixture
def content(shot):
    return bound(shot) | {"statement": "stay at L1"}


def signed(world, content, by, now=AT) -> Signature:
    with world.begin() as connection:
        return sign(connection, TRAIL, by, "author", Signed("proposal", "p1", content), now)


def test_a_content_names_study_snapshot_and_the_hashes_over_the_data(shot, content) -> None:
    assert content == {
        "study": "T1", "snapshot_id": shot.snapshot_id, "as_of": "2024-04-01", "rule_set": "r",
        "code_version": "c", "result_hash": shot.result_hash, "record_hash": shot.record_hash,
        "statement": "stay at L1",
    }  # fmt: skip


def test_it_tells_who_when_how_and_what_it_means(world, content) -> None:
    made = signed(world, content, signer("a", AT, ago=60))
    assert (made.printed_name, made.meaning, made.method) == ("Dr A", "author", "password")
    assert (made.auth_at, made.at) == ("2024-04-01T20:59:00+00:00", "2024-04-01T21:00:00+00:00")
    with world.begin() as connection:
        assert signatures(connection, "proposal", "p1") == [made]
        assert signatures(connection, "proposal", "p2") == []
        entry = connection.execute(select(tables.audit)).one()
    assert (entry.study, entry.actor, entry.action, entry.object_type, entry.object_id) == (
        "T1", "Dr A (a)", "sign", "signature", made.signature_id,
    )  # fmt: skip


def test_one_changed_byte_of_the_content_voids_it(world, content) -> None:
    made = signed(world, content, signer("a", AT))
    assert valid(made, content)
    assert valid(made, dict(reversed(content.items())))
    assert not valid(made, content | {"statement": "stay at L2"})
    assert not valid(made, content | {"more": ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [("printed_name", "Dr B"), ("meaning", "approve"), ("at", "2024-04-01T21:00:01+00:00"),
     ("account_id", "bbbb"), ("method", "oidc"), ("object_id", "p2")],
)  # fmt: skip
def test_one_changed_word_of_the_signature_voids_it(world, content, name, value) -> None:
    assert not valid(replace(signed(world, content, signer("a", AT)), **{name: value}), content)


@pytest.mark.parametrize("ago", [0, 299, 300])
def test_a_fresh_proof_signs(world, content, ago) -> None:
    assert signed(world, content, signer("a", AT, ago)).printed_name == "Dr A"


@pytest.mark.parametrize("ago", [301, 86_400, -1])
def test_an_expired_proof_is_refused(world, content, ago) -> None:
    with pytest.raises(WrongUseError, match="at most 5 minutes old"):
        signed(world, content, signer("a", AT, ago))


def test_a_proof_signs_once(world, content) -> None:
    signed(world, content, signer("a", AT))
    later = AT + timedelta(seconds=10)
    with pytest.raises(WrongUseError, match="each signature needs its own proof"):
        signed(world, content, signer("a", AT), later)
    assert signed(world, content, signer("a", later), later).at == "2024-04-01T21:00:10+00:00"
    assert signed(world, content, signer("b", AT), later).printed_name == "Dr B"


def test_who_has_no_active_account_does_not_sign(world, content) -> None:
    with pytest.raises(WrongUseError, match="x has no active account"):
        signed(world, content, signer("x", AT))
    with world.begin() as connection:
        connection.execute(update(tables.account).values(state="disabled"))
    with pytest.raises(WrongUseError, match="a has no active account"):
        signed(world, content, signer("a", AT))


def test_a_signature_is_never_changed(world, content) -> None:
    signed(world, content, signer("a", AT))
    with pytest.raises(DatabaseError), world.begin() as connection:
        connection.execute(update(tables.signature).values(printed_name="Dr B"))
