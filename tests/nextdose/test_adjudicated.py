"""What the committee has adjudicated counts, until newer data call it in question."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safety.decisions import questions, record
from safety.decisions.statement import Statement
from safety.nextdose import live
from safety.nextdose.recommend import recommend
from safety.settings import from_environment
from tests.nextdose.rows import exposed, person
from tests.trail import TRAIL, give_key

NUMBERS = (1, 2, 3)


@pytest.fixture
def settings(world, tmp_path):
    give_key(tmp_path)
    return from_environment({"TOXWATCH_HOME": str(tmp_path), "TOXWATCH_DB_URL": world.db_url})


def publish(world, day: int, *people):
    world.deliver("edc", f"2024-04-0{day}", AE=f"{day}/ae.csv")
    return world.publish(f"2024-04-0{day}", verdict=list(people),
                         exposure=[exposed(n, "2024-03-01") for n in NUMBERS])  # fmt: skip


def adjudicate(settings, statement: str, subject: str = "S1"):
    said = Statement("adjudication", statement, subject)
    now = datetime(2024, 4, 1, 21, tzinfo=UTC)
    return record.add(settings, "T1", said, "Dr A", "read the files", now=now)


def one(world, study, shot, usubjid: str = "S1"):
    """The trial, and a subject of it."""
    with world.begin() as connection:
        trial = live.read(connection, study, shot)
    return trial, next(s for s in trial.subjects if s.usubjid == usubjid)


@pytest.mark.parametrize(
    ("statement", "stands", "advice"),
    [
        ("DLT", "DLT", ("stay", "L1")),
        ("DLT: hospital for a week", "DLT", ("stay", "L1")),
        ("not a DLT: progression", "NO_DLT", ("escalate", "L2")),
        ("cannot be judged yet", "DLT", ("stay", "L1")),
        ("confirmed as discussed", "DLT", ("stay", "L1")),
    ],
)
def test_it_counts_in_place_of_the_verdict(world, settings, study, statement, stands, advice):
    shot = publish(world, 1, person(1, "DLT"), person(2), person(3))
    adjudicate(settings, statement)
    trial, subject = one(world, study, shot)
    assert (subject.verdict, subject.stands, subject.is_open) == ("DLT", stands, False)
    found = recommend(trial, study.escalation)
    assert (found.action, found.level) == advice


def test_who_had_no_verdict_is_settled_by_it(world, settings, study):
    shot = publish(world, 1, person(1, "INDETERMINATE"), person(2), person(3))
    assert one(world, study, shot)[1].can_be == ("DLT", "NO_DLT", "EXCLUDED")
    adjudicate(settings, "not evaluable: no blood count")
    trial, subject = one(world, study, shot)
    assert (subject.stands, subject.can_be, subject.open_for) == ("EXCLUDED", ("EXCLUDED",), ())
    assert recommend(trial, study.escalation).levels[1].tally.excluded == 1


def test_a_newer_one_takes_its_place(world, settings, study):
    shot = publish(world, 1, person(1), person(2), person(3))
    adjudicate(settings, "DLT")
    said = Statement("adjudication", "cannot be judged yet", "S1")
    record.add(settings, "T1", said, "Dr B", "the file is lost",
               now=datetime(2024, 4, 1, 22, tzinfo=UTC))  # fmt: skip
    assert one(world, study, shot)[1].stands == "NO_DLT"


def test_a_snapshot_of_before_does_not_know_it(world, settings, study):
    before = publish(world, 1, person(1, "DLT"), person(2), person(3))
    publish(world, 2, person(1, "DLT"), person(2), person(3))
    adjudicate(settings, "not a DLT")
    assert one(world, study, before)[1].stands == "DLT"


def test_called_in_question_it_leaves_the_subject_open(world, settings, study):
    publish(world, 1, person(1), person(2), person(3))
    adjudicate(settings, "not a DLT")
    shot = publish(world, 2, person(1, "DLT"), person(2), person(3))
    with world.begin() as connection:
        questions.add(connection, study, shot.snapshot_id, TRAIL, shot.created_at)
    trial, subject = one(world, study, shot)
    assert (subject.stands, subject.can_be) == ("DLT", ("DLT", "NO_DLT"))
    assert subject.open_for == (
        "adjudicated as not a DLT 2024-04-01 by Dr A, and called in question since",
    )
    assert recommend(trial, study.escalation).status == "waiting"
