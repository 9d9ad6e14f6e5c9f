"""Two people decide: who may confirm, on what, and what becomes of a proposal."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from safety.decisions import decision, listing, record
from safety.decisions.statement import Statement
from safety.errors import WrongUseError
from safety.signing import proposals
from safety.signing.listing import listing as waiting
from safety.signing.listing import shown
from safety.store import tables
from tests.nextdose.rows import person
from tests.signing.conftest import NUMBERS
from tests.signing.people import AT, signer

DOSE = Statement("dose", "as discussed", "", "L1", "L2")
DLT = Statement("adjudication", "no DLT", "S1")
LATER = AT + timedelta(minutes=1)


def propose(settings, shot, by="a", said=DOSE, now=AT, **on):
    return proposals.propose(
        settings, "T1", signer(by, now), said, shot.snapshot_id, "read the files", now=now, **on
    )  # fmt: skip


def confirm(settings, made, by="b", now=LATER, **on):
    who = signer(by, now, **on)
    return proposals.confirm(settings, "T1", made.proposal_id, who, "agreed", now=now)


def rows(world, table):
    with world.begin() as connection:
        return connection.execute(select(table)).mappings().all()


def test_a_second_person_makes_it_a_decision(world, settings, shot) -> None:
    of = propose(settings, shot)
    assert (of.state, of.proposed_by, rows(world, tables.decision)) == ("waiting", "a", [])
    made = confirm(settings, of)
    assert (made.actor, made.reason, made.at) == (
        "Dr A; confirmed by Dr B", "read the files", "2024-04-01T21:01:00+00:00",
    )  # fmt: skip
    assert (made.snapshot_id, made.next_level) == (shot.snapshot_id, "L2")
    with world.begin() as connection:
        assert decision.decisions(connection, "T1") == [made]
        told = shown(connection, "T1", of.proposal_id)
        lines = listing.lines(listing.shown(connection, "T1", made.decision_id))
        assert list(listing.listing(connection, "T1")["SIGNED"]) == ["Dr A; Dr B"]
    assert (told["state"], told["decision_id"], told["ended_by"], told["ended_for"]) == (
        "confirmed", made.decision_id, "b", "agreed",
    )  # fmt: skip
    assert [(s["meaning"], s["printed_name"], s["valid"]) for s in told["signatures"]] == [
        ("author", "Dr A", True), ("confirm", "Dr B", True),
    ]  # fmt: skip
    assert (
        "Signed by Dr A (author, 2024-04-01T21:00:00+00:00) and "
        "Dr B (confirm, 2024-04-01T21:01:00+00:00)"
    ) in lines
    assert [(r["actor"], r["action"]) for r in rows(world, tables.audit)] == [
        ("Dr A (a)", "propose"), ("Dr A (a)", "sign"), ("Dr A; confirmed by Dr B", "decide"),
        ("Dr B (b)", "confirm"), ("Dr B (b)", "sign"),
    ]  # fmt: skip


def test_what_is_signed_holds_data_basis_and_recommendation(settings, shot) -> None:
    content = json.loads(propose(settings, shot).content)
    assert (content["study"], content["result_hash"], content["record_hash"]) == (
        "T1", shot.result_hash, shot.record_hash,
    )  # fmt: skip
    quoted = json.loads(content["quoted"])
    assert (quoted["action"], quoted["level"]) == ("escalate", "L2")
    assert len(content["basis_sha256"]) == 64


def test_the_author_does_not_confirm_or_refuse(world, settings, shot) -> None:
    of = propose(settings, shot)
    with pytest.raises(WrongUseError, match="another person must confirm"):
        confirm(settings, of, "a")
    with pytest.raises(WrongUseError, match="another person must confirm"):
        proposals.refuse(settings, "T1", of.proposal_id, signer("a", LATER), "no", now=LATER)
    assert (rows(world, tables.decision), len(rows(world, tables.signature))) == ([], 1)


def test_an_expired_proof_confirms_nothing(world, settings, shot) -> None:
    of = propose(settings, shot)
    with pytest.raises(WrongUseError, match="prove again who you are"):
        confirm(settings, of, ago=301)
    assert rows(world, tables.decision) == []
    assert rows(world, tables.proposal)[0]["state"] == "waiting"


def test_data_that_moved_refuse_the_confirmation_and_say_what(world, settings, shot) -> None:
    of = propose(settings, shot)
    moved = [person(1, "DLT"), *(person(n) for n in NUMBERS[1:])]
    world.publish("2024-04-02", rules="b", verdict=moved)
    with pytest.raises(WrongUseError, match="verdict S1: VERDICT NO_DLT -> DLT"):
        confirm(settings, of)
    assert (rows(world, tables.decision), len(rows(world, tables.signature))) == ([], 1)
    with pytest.raises(WrongUseError, match="Look at it again and propose anew"):
        propose(settings, shot, "c", DLT, now=LATER)


def test_newer_data_that_move_nothing_leave_it_on_its_snapshot(world, settings, shot) -> None:
    of = propose(settings, shot)
    world.publish("2024-04-02", rules="b", verdict=[person(n) for n in (*NUMBERS, 4)])
    assert confirm(settings, of).snapshot_id == shot.snapshot_id


def test_two_confirmations_at_once_are_one_decision(world, settings, shot) -> None:
    of = propose(settings, shot)

    def attempt(by: str) -> str:
        try:
            return confirm(settings, of, by).actor
        except WrongUseError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(attempt, "bc"))
    assert len(rows(world, tables.decision)) == 1
    assert told[0].startswith("Dr A; confirmed by Dr ")
    assert "it waits no more" in told[1]


def test_one_proposal_a_scope_waits(settings, shot) -> None:
    first = propose(settings, shot)
    named = f"proposal {first.proposal_id[:12]} of a, .* waits for the same"
    with pytest.raises(WrongUseError, match=named):
        propose(settings, shot, "c", Statement("dose", "stay", "", "L1", "L1"))
    assert propose(settings, shot, "c", DLT).state == "waiting"
    confirm(settings, first)
    again = propose(settings, shot, "c", Statement("dose", "stay", "", "L1", "L1"), now=LATER)
    assert again.state == "waiting"


def test_a_decision_since_may_change_what_the_design_says(world, settings, shot) -> None:
    world.publish("2024-04-01", rules="b", verdict=[*map(person, NUMBERS), person(4, level="L2")])
    newest = world.store.snapshots("T1")[0]
    first, second = (
        propose(settings, newest, by, Statement("dose", "x", "", level, "L1"))
        for by, level in (("a", "L1"), ("c", "L2"))
    )
    confirm(settings, first)
    with pytest.raises(WrongUseError, match="not as its author signed it any more: the recomm"):
        confirm(settings, second, now=LATER + timedelta(seconds=1))


def test_a_refusal_is_signed_with_its_reason(world, settings, shot) -> None:
    of = propose(settings, shot)
    who = signer("b", LATER)
    done = proposals.refuse(settings, "T1", of.proposal_id, who, "a query is open", now=LATER)
    assert (done.state, done.ended_for, done.decision_id) == ("refused", "a query is open", None)
    with world.begin() as connection:
        told = shown(connection, "T1", of.proposal_id)
        connection.execute(update(tables.proposal).values(ended_for="a query was open"))
        altered = shown(connection, "T1", of.proposal_id)
    assert [(s["meaning"], s["valid"]) for s in told["signatures"]] == [
        ("author", True), ("refuse", True),
    ]  # fmt: skip
    assert [s["valid"] for s in altered["signatures"]] == [True, False]
    with pytest.raises(WrongUseError, match="was refused by b"):
        confirm(settings, of, "c")


def test_only_the_author_withdraws(world, settings, shot) -> None:
    of = propose(settings, shot)
    with pytest.raises(WrongUseError, match="a made this proposal and alone may withdraw it"):
        proposals.withdraw(settings, "T1", of.proposal_id, signer("b", LATER), "no", now=LATER)
    who = signer("a", LATER)
    done = proposals.withdraw(settings, "T1", of.proposal_id, who, "one more look", now=LATER)
    assert (done.state, len(rows(world, tables.signature))) == ("withdrawn", 1)
    with world.begin() as connection:
        assert list(waiting(connection, "T1")["STATE"]) == ["withdrawn"]


@pytest.mark.parametrize("column", ["statement", "content"])
def test_a_proposal_that_was_altered_is_not_confirmed(world, settings, shot, column) -> None:
    of = propose(settings, shot)
    changed = {"statement": "stay", "content": of.content.replace("discussed", "decided")}
    with world.begin() as connection:
        connection.execute(update(tables.proposal).values({column: changed[column]}))
    with pytest.raises(WrongUseError, match="is not what its author signed"):
        confirm(settings, of)


def test_what_was_decided_past_it_is_looked_at_first(world, settings, shot) -> None:
    of = propose(settings, shot, said=DLT)
    with world.begin() as connection:
        on = record.ground(connection, world.store, shot, DLT)
        made = record.decision(on, DLT, "Dr X", "y", "2024-04-01T21:00:30+00:00")
        record.keep(connection, settings, made, None)
    with pytest.raises(WrongUseError, match=r"was decided by Dr X .* propose anew"):
        confirm(settings, of)


def test_the_command_records_no_more_what_two_must_sign(world, settings, shot) -> None:
    for said in (DOSE, DLT):
        with pytest.raises(WrongUseError, match="another confirms it"):
            record.add(settings, "T1", said, "Dr A", "why", now=AT)
    made = record.add(settings, "T1", Statement("other", "ask"), "Dr A", "why", now=AT)
    with world.begin() as connection:
        told = listing.lines(listing.shown(connection, "T1", made.decision_id))
    assert "Not signed: recorded by command" in told
    with pytest.raises(WrongUseError, match="needs no second person"):
        propose(settings, shot, said=Statement("other", "ask"))


def test_a_decision_that_was_altered_is_shown_as_not_what_was_signed(
    world, settings, shot
) -> None:  # fmt: skip
    made = confirm(settings, propose(settings, shot))
    world.tamper("decision", statement="stay at L1")
    with world.begin() as connection:
        told = listing.shown(connection, "T1", made.decision_id)
    assert [s["valid"] for s in told["signatures"]] == [False, False]
    assert "VOID: this is not what was signed" in "\n".join(listing.lines(told))
