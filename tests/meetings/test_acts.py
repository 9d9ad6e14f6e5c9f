"""A meeting in the database: held, signed by its chair, and closed for good."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from safety.audit import verify
from safety.decisions.statement import Statement
from safety.errors import WrongUseError
from safety.meetings import acts, minutes, read
from safety.meetings.acts import Room
from safety.meetings.deeds import Agenda, Attend, Cast, Declare, Note, Recommend, Task
from safety.signing import proposals
from safety.signing.signature import sha256_of
from safety.store import tables
from tests.nextdose.rows import person
from tests.signing.people import AT, signer

pytestmark = pytest.mark.usefixtures("committee")
UP = Recommend(1, "escalate", "L2", "no DLT in three")


class Meet:
    """People who act in one meeting, a minute after each other."""

    def __init__(self, settings, world) -> None:
        self.settings, self.world, self.now = settings, world, AT
        self.id = acts.plan(self.room("a"), "Cohort 1", "2024-04-02")

    def room(self, username: str, ago: int = 0) -> Room:
        self.now += timedelta(minutes=1)
        return Room(self.settings, "T1", signer(username, self.now, ago), self.now)

    def do(self, username: str, *deeds):
        for deed in deeds:
            found = acts.do(self.room(username), self.id, deed)
        return found

    def held(self):
        """Open, with two present and a recommendation that both voted for."""
        acts.open_(self.room("a"), self.id)
        here = [Attend(n, f"Dr {n.upper()}", role, True) for n, role in
                (("a", "chair"), ("b", "committee"))]  # fmt: skip
        self.do("a", Agenda("Dose of the next cohort"), *here, UP, Cast(1, "for"))
        self.do("b", Declare("b", ""), Cast(1, "for"))
        return self

    def minutes(self):
        with self.world.begin() as connection:
            of = read.meeting(connection, "T1", self.id)
            return read.minutes(connection, self.world.store, of)

    def close(self, by: str = "a", ago: int = 0):
        return acts.close(self.room(by, ago), self.id, sha256_of(self.minutes().content))


@pytest.fixture
def meet(settings, world):
    return Meet(settings, world)


def test_minutes_are_signed_and_nothing_is_added_after(meet, world, shot) -> None:
    meet.held().do("a", Note("Discussed."), Task("ask the site", "Dr B", "2024-05-01"))
    assert not meet.minutes().is_final
    made = meet.close()
    assert (made.meaning, made.object_type, made.snapshot_id) == (
        "approve", "meeting", shot.snapshot_id,
    )  # fmt: skip
    found = meet.minutes()
    assert (found.is_final, [ok for _, ok in found.signatures]) == (True, [True])
    assert sha256_of(found.content) == made.content_sha256
    assert (found.content["result_hash"], found.content["record_hash"]) == (
        shot.result_hash, shot.record_hash,
    )  # fmt: skip
    assert "FINAL" in minutes.html(found.content, [s for s, _ in found.signatures])
    with pytest.raises(WrongUseError, match="nothing can be added"):
        meet.do("a", Note("One more thing."))
    with pytest.raises(WrongUseError, match="nothing can be added"):
        meet.close()
    with world.begin() as connection:
        last = read.last(connection, "T1")
        assert list(read.listing(connection, "T1")["STATE"]) == ["closed"]
        told = connection.execute(select(tables.audit).order_by(tables.audit.c.seq)).all()
    assert (last.meeting_id, last.snapshot_id, last.seq, last.as_of) == (
        meet.id, shot.snapshot_id, shot.seq, "2024-04-01",
    )  # fmt: skip
    assert [row.action for row in told if row.object_type == "meeting"] == ["plan", "move", "move"]
    assert {row.actor for row in told} == {"Dr A (a)", "Dr B (b)"}


def test_the_chair_signs_what_the_chair_has_read(meet) -> None:
    seen = sha256_of(meet.held().minutes().content)
    meet.do("b", Note("Added at the last moment."))
    with pytest.raises(WrongUseError, match="not what you have read"):
        acts.close(meet.room("a"), meet.id, seen)
    with pytest.raises(WrongUseError, match="signed by the chair"):
        meet.close("b")
    with pytest.raises(WrongUseError, match="at most 5 minutes old"):
        meet.close(ago=301)
    assert not meet.minutes().is_final


def test_an_event_that_was_altered_voids_the_minutes(meet, world) -> None:
    meet.held().close()
    with world.begin() as connection:
        [body] = connection.scalars(
            select(tables.meeting_event.c.body).where(tables.meeting_event.c.kind == "close")
        )
    content = json.loads(body)
    content["content"]["recommendations"][0]["option"] = "stay"
    _tamper(world, json.dumps(content))
    found = meet.minutes()
    assert (found.is_final, [ok for _, ok in found.signatures]) == (False, [False])


def test_a_recommendation_tells_what_the_design_says(meet) -> None:
    [form] = meet.held().minutes().content["recommendations"]
    assert (form["advised"]["action"], form["advised"]["level"], form["deviates"]) == (
        "escalate", "L2", False,
    )  # fmt: skip
    with pytest.raises(WrongUseError, match="give the reason of the deviation"):
        meet.do("a", Recommend(1, "stay", "L1", "wait"))
    with pytest.raises(WrongUseError, match="no dose level 'L9'"):
        meet.do("a", Recommend(1, "stay", "L9", "wait"))
    meet.do("a", Recommend(1, "stay", "L1", "wait", "a query is open"))
    [form] = meet.minutes().content["recommendations"]
    assert (form["deviates"], form["votes"]) == (True, [])


def test_newer_data_are_bound_anew_and_voted_on_anew(meet, world, shot) -> None:
    meet.held()
    with pytest.raises(WrongUseError, match="looks at the newest snapshot already"):
        acts.bind(meet.room("a"), meet.id)
    newer = world.publish("2024-04-02", rules="b", verdict=[person(1, "DLT"), person(2)])
    of = acts.bind(meet.room("a"), meet.id)
    assert (of.snapshot_id, of.recommendations) == (newer.snapshot_id, {})
    assert [each for _, each in of.bindings] == [shot.snapshot_id, newer.snapshot_id]


def test_what_is_decided_in_it_stands_in_its_minutes(meet, shot) -> None:
    meet.held()
    by, said = meet.room("a").by, Statement("dose", "as discussed", "", "L1", "L2")
    of = proposals.propose(
        meet.settings, "T1", by, said, shot.snapshot_id, "no DLT", now=meet.now, meeting_id=meet.id
    )  # fmt: skip
    with pytest.raises(WrongUseError, match="1 of its proposals still wait"):
        meet.close()
    with pytest.raises(WrongUseError, match="1 of its proposals still wait"):
        acts.cancel(meet.room("a"), meet.id, "no time")
    by = meet.room("b").by
    made = proposals.confirm(meet.settings, "T1", of.proposal_id, by, "agreed", now=meet.now)
    meet.close()
    [told] = meet.minutes().content["decisions"]
    assert (told["state"], told["decision_id"], told["content_sha256"]) == (
        "confirmed", made.decision_id, of.content_sha256,
    )  # fmt: skip


def test_a_proposal_belongs_to_an_open_meeting_on_its_snapshot(meet, world, shot) -> None:
    said = Statement("dose", "as discussed", "", "L1", "L2")

    def propose(snapshot, meeting_id: str) -> None:
        by = meet.room("a").by
        proposals.propose(
            meet.settings, "T1", by, said, snapshot.snapshot_id, "x", now=meet.now,
            meeting_id=meeting_id,
        )  # fmt: skip

    with pytest.raises(WrongUseError, match="the meeting is planned"):
        propose(shot, meet.id)
    with pytest.raises(WrongUseError, match="T1 has no meeting"):
        propose(shot, "nothing")
    acts.open_(meet.room("a"), meet.id)
    newer = world.publish("2024-04-02", rules="b")
    with pytest.raises(WrongUseError, match="the meeting looks at snapshot"):
        propose(newer, meet.id)


def test_who_has_a_conflict_neither_proposes_nor_confirms(meet, shot) -> None:
    said = Statement("dose", "as discussed", "", "L1", "L2")
    acts.open_(meet.room("a"), meet.id)
    meet.do("a", Agenda("Dose"), Declare("b", "owns shares"), Declare("c", "owns shares", 1))

    def propose(username: str):
        by = meet.room(username).by
        return proposals.propose(meet.settings, "T1", by, said, shot.snapshot_id, "x",
                                 now=meet.now, meeting_id=meet.id)  # fmt: skip

    def confirm(username: str, of):
        by = meet.room(username).by
        return proposals.confirm(meet.settings, "T1", of.proposal_id, by, "x", now=meet.now)

    with pytest.raises(WrongUseError, match="a conflict of interest on the whole meeting"):
        propose("b")
    of = propose("a")
    with pytest.raises(WrongUseError, match="neither propose nor confirm"):
        confirm("b", of)
    assert confirm("c", of).next_level == "L2"


def test_only_who_has_the_role_is_recorded_as_a_member(meet) -> None:
    acts.open_(meet.room("a"), meet.id)
    for stranger in (Attend("x", "Dr X", "committee", True), Attend("b", "Dr B", "chair", True),
                     Attend("b", "Dr X", "committee", True)):  # fmt: skip
        with pytest.raises(WrongUseError, match="somebody else does not vote"):
            meet.do("a", stranger)
    assert meet.do("a", Attend("x", "Dr X", "guest", True)).voters() == []


def test_a_meeting_may_be_cancelled(meet, world) -> None:
    assert acts.cancel(meet.room("a"), meet.id, "nobody came").state == "cancelled"
    with world.begin() as connection:
        assert read.last(connection, "T1") is None
        with pytest.raises(WrongUseError, match="T1 has no meeting 'nothing'"):
            read.meeting(connection, "T1", "nothing")
    with pytest.raises(WrongUseError, match="nothing can be added"):
        acts.open_(meet.room("a"), meet.id)


def test_the_trail_tells_of_all_of_it(meet, shot) -> None:
    meet.held()
    by, said = meet.room("a").by, Statement("adjudication", "no DLT", "S1")
    of = proposals.propose(meet.settings, "T1", by, said, shot.snapshot_id, "x", now=meet.now)
    by = meet.room("b").by
    proposals.refuse(meet.settings, "T1", of.proposal_id, by, "no", now=meet.now)
    meet.close()
    told = {problem.what for problem in verify.run(meet.settings, "T1").problems}
    # accounts and the snapshot were written past the trail here, nothing else
    assert not [w for w in told for n in ("meeting", "proposal", "signature") if n in w]


def _tamper(world, body: str) -> None:
    """Change the event of the closing behind the back of the guards."""
    table = tables.meeting_event
    with world.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER no_update_of_meeting_event")
        else:
            connection.exec_driver_sql("ALTER TABLE meeting_event DISABLE TRIGGER USER")
        connection.execute(table.update().where(table.c.kind == "close").values(body=body))
