"""The checker finds what it is there for: each kind of loss is made by hand."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from typing import NamedTuple

import pytest

from tests.faults.crashes import checker, rounds

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("crashes")]


class Done(NamedTuple):
    """A round that is done, its mails, and a copy of its database."""

    played: rounds.Round
    mails: list
    copy: str


@pytest.fixture(scope="module")
def done(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checker")
    with rounds.opened(folder / "r", made, 1) as played:
        played.deliver(made.story[0])
        assert played.judge([made.story[0]]).verdict.faults == {}, played.tally.verdict.said
        path = played.world.db_url.removeprefix("sqlite:///")
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        copy = str(folder / "copy.db")
        shutil.copyfile(path, copy)
        yield Done(played, played.sink.mails(), copy)


def found(done: Done, tmp_path, *changes: str, mails=None) -> dict[str, int]:
    """Return the faults of a copy that was changed by hand."""
    path = tmp_path / "changed.db"
    shutil.copyfile(done.copy, path)
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f'DROP TRIGGER "{name}"')
    for change in changes:
        assert connection.execute(change).rowcount, change
    connection.close()
    world = replace(done.played.world, db_url=f"sqlite:///{path}", read_url="")
    made = done.played.made
    sent = done.mails if mails is None else mails
    return checker.check(world, [made.story[0]], sent, made).faults


def test_an_untouched_copy_has_no_fault(done, tmp_path) -> None:
    assert found(done, tmp_path) == {}


NEWEST = "(SELECT max(id) FROM measurement WHERE paramcd = 'NEUT')"
ALARM = "(SELECT max(alert_id) FROM alert WHERE rule = 'GRADE4')"
CELLS = "row_hash, tx_from, tx_to, usubjid, paramcd, adtc, aval"
CHANGES = {
    f"DELETE FROM measurement WHERE id = {NEWEST}": {"rows_lost": 1, "partial": 1},
    f"UPDATE measurement SET aval = 3.7 WHERE id = {NEWEST}": {"rows_lost": 1, "rows_twice": 1},
    f"INSERT INTO measurement (study, key, {CELLS}) SELECT study, key || 'x', {CELLS} "
    f"FROM measurement WHERE id = {NEWEST}": {"rows_twice": 1, "partial": 1},
    "DELETE FROM grade WHERE id = (SELECT max(id) FROM grade)": {"partial": 1},
    "UPDATE snapshot SET result_hash = 'x'": {"partial": 1},
    f"UPDATE alert SET rule = 'OTHER' WHERE alert_id = {ALARM}": {
        "alerts_lost": 1, "alerts_wrong": 1,
    },
    f"UPDATE alert SET usubjid = 'T1-999' WHERE alert_id = {ALARM}": {
        "alerts_lost": 1, "alerts_extra": 1, "alerts_wrong": 2,
    },
    f"UPDATE alert SET condition = 'cleared' WHERE alert_id = {ALARM}": {"alerts_wrong": 1},
    "UPDATE outbox SET state = 'pending' WHERE id = 1": {"unsent": 1},
    "UPDATE outbox SET key = 'other' WHERE id = 1": {"mails_extra": 1, "mails_lost": 1},
    "UPDATE audit SET after = '{}' WHERE seq = 1": {"audit_breaks": 1},
    "DELETE FROM audit WHERE seq = 2": {"audit_breaks": 1},
}  # fmt: skip


@pytest.mark.parametrize(("change", "faults"), CHANGES.items())
def test_each_change_is_found(done, tmp_path, change, faults) -> None:
    assert found(done, tmp_path, change) == faults


def test_a_mail_that_never_was_on_the_wire_is_found(done, tmp_path) -> None:
    alarm = next(m for m in done.mails if ": grade 4" in m.words.split("\n")[0])
    rest = [m for m in done.mails if m != alarm]
    assert found(done, tmp_path, mails=rest) == {"mails_lost": 2}  # by its key and by its words
    assert found(done, tmp_path, mails=[*done.mails, alarm]) == {}
