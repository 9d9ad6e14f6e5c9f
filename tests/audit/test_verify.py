"""What is wrong is found and named; what is right is not."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from safety.audit import adopt, key, record, verify
from safety.audit.chain import Entry
from safety.audit.verify import chain, guards, objects, rows, sent
from safety.errors import WrongUseError
from safety.store import tables
from safety.store.engine import hold_still, reader, writer
from safety.store.sync import prepare
from safety.store.tables import BITEMPORAL, FOREVER
from tests.audit import home, tamper
from tests.audit.home import LEE, STAMP

pytestmark = pytest.mark.xdist_group("audit")  # what they share is made once


def wrong(settings, study="") -> list[str]:
    return [str(problem) for problem in verify.run(settings, study).problems]


def test_what_nobody_touched_is_as_it_was_written(made) -> None:
    report = verify.run(made)
    assert (report.problems, report.notes) == ([], [])
    assert report.counts == {
        "chains": 2, "entries": 36, "anchors": 2, "objects": 29, "rows": 145, "files": 4,
    }  # fmt: skip
    assert verify.run(made, "T1").counts["chains"] == 1


def test_a_user_who_may_only_read_is_enough(made, copy) -> None:
    copy.db.commit()
    url = f"sqlite:///file:{copy.settings.home / 'toxwatch.db'}?mode=ro&uri=true"
    engine = tamper.create_engine(url)
    with engine.connect() as connection:
        assert verify.through(connection, copy.settings).problems == []
        with pytest.raises(OperationalError, match="readonly"):
            connection.exec_driver_sql("DELETE FROM outbox")
    engine.dispose()
    if made.db_url.startswith("postgresql"):
        engine = reader(made.db_url)
        with engine.connect() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            assert verify.through(connection, made).problems == []
        engine.dispose()


def test_the_hash_of_a_row_is_the_one_that_was_written(made) -> None:
    frame = home._frame(BITEMPORAL["measurement"], ("k1",), 0)
    frame.loc[0, "AVALC"] = None
    table = prepare("measurement", frame)
    hashed = ["key", *(c.name for c in BITEMPORAL["measurement"].columns
                       if c.name not in {*rows.BOOKKEEPING, *rows.UNHASHED})]  # fmt: skip
    values = [None if name == "avalc" else table.iloc[0][name] for name in hashed]
    assert rows.row_hash(values) == table.iloc[0]["row_hash"]
    assert rows.row_hash(["\0" if v is None else v for v in values]) != rows.row_hash(values)


def test_an_altered_alert_is_named(copy) -> None:
    copy.update("alert", 1, tier="P4")
    copy.db.commit()
    assert wrong(copy.settings) == ["T1: alert a1 was altered: tier is not what the trail says"]
    copy.update("alert", 1, tier="P1", body="nothing")
    copy.db.commit()
    assert wrong(copy.settings) == ["T1: alert a1 was altered: body is not what the trail says"]


def test_a_row_without_an_entry_and_an_entry_without_a_row_are_named(copy) -> None:
    copy.insert("work_event", copy.rows("work_event")[0] | {"id": 99})
    copy.db.execute("DELETE FROM decision")
    copy.db.execute("DELETE FROM question")
    copy.db.commit()
    report = verify.run(copy.settings)
    assert [p.what for p in report.problems] == [
        "work_event 99 is in its table, but the trail has no entry of it",
        "decision d1 is in the trail and not in its table",
        "question 1 is in the trail and not in its table",
    ]
    assert "toxwatch audit adopt" in report.problems[0].todo


def test_a_row_that_belongs_to_nothing_is_found(copy) -> None:
    copy.insert("alert_event", copy.rows("alert_event")[0] | {"id": 99, "alert_id": "nobody's"})
    copy.insert("subject", copy.rows("subject")[0] | {"id": 99, "study": "T9"})
    copy.db.commit()
    assert wrong(copy.settings) == [
        "entries of no study: alert_event 99 is in its table, but the trail has no entry of it",
        "T9: subject has rows of snapshot 1, which there is not",
    ]


def test_an_altered_result_is_named_by_row_seal_and_snapshot(copy) -> None:
    copy.update("grade", 1, atoxgr=0)
    copy.db.commit()
    assert wrong(copy.settings) == ["T1: grade: row 1 was altered: it does not fit its own hash"]


def test_a_result_with_a_new_hash_of_its_own_is_found_all_the_same(copy) -> None:
    tamper.insert_a_row(tamper.Copy(copy.settings, copy.db, _Always("verdict")))
    copy.db.commit()
    found = wrong(copy.settings)
    assert found[0].startswith("T1: verdict: the 4 rows that snapshot 1 added are not the 3 that")
    assert any("do not give its result_hash" in what for what in found)


class _Always(tamper.random.Random):
    """Chance that chooses a table."""

    def __init__(self, table: str) -> None:
        super().__init__(1)
        self.table = table

    def choice(self, seq):
        return self.table if self.table in seq else seq[0]


def test_where_a_row_stood_in_its_file_is_sealed(copy) -> None:
    copy.update("measurement", 1, srcrow=77)
    copy.db.commit()
    [found] = wrong(copy.settings)
    assert found.startswith("T1: measurement: the 3 rows that snapshot 1 added are not the 3")


def test_when_items_were_last_seen_is_sealed(copy) -> None:
    copy.update("work_item", 1, times_seen=9)
    copy.db.commit()
    assert wrong(copy.settings) == [
        "T1: work_item: when its rows were last seen is not what the newest snapshot left"
    ]


def test_missing_and_altered_evidence_is_named(copy) -> None:
    one, other, *_ = copy.files()
    one.unlink()
    other.write_bytes(b"no such file")
    report = verify.run(copy.settings)
    told = sorted(p.what.split(" of ")[1].split(" ", 1)[1] for p in report.problems)
    assert told == ["is missing", "was altered: its content is not readable"]
    assert report.problems[0].todo == "Restore the file from the backup of the evidence."


def test_a_cut_tail_is_seen_by_its_anchor_and_not_by_the_chain_alone(copy) -> None:
    """The newest entries are views of pages: no row lacks them."""
    copy.db.execute("DELETE FROM audit WHERE study = 'T1' AND number > 31")
    copy.db.commit()
    engine = reader(copy.settings.db_url)
    with engine.connect() as connection:
        trail = key.trail(copy.settings)
        told, problems = chain.follow(connection, "T1", [trail.key], objects.AUDITED, ())
    engine.dispose()
    assert (told.entries, problems) == (31, [])
    found = wrong(copy.settings)
    assert found == [
        "T1: its end was cut off: on 2024-04-02T08:00:00+00:00 it had 33 entries, now it has 31"
    ]
    copy.settings.anchors.unlink()
    assert wrong(copy.settings) == []


def test_a_line_of_the_anchors_that_was_altered_is_named(copy) -> None:
    text = copy.settings.anchors.read_text()
    copy.settings.anchors.write_text(text.replace('"number":3,', '"number":4,'))
    [found] = wrong(copy.settings)
    assert found.startswith("entries of no study: line 1 of audit.jsonl was altered, or not ")


def test_a_chain_that_nobody_anchors_is_named(copy) -> None:
    copy.db.commit()
    _append(copy.settings, "2024-04-04T08:00:00+00:00")
    assert wrong(copy.settings) == []
    _append(copy.settings, "2024-04-04T08:00:01+00:00")
    [found] = verify.run(copy.settings).problems
    assert found.what == (
        "its newest entry is of 2024-04-04T08:00:01+00:00, but no anchor is newer than "
        "2024-04-02T08:00:00+00:00"
    )
    assert "toxwatch audit anchor" in found.todo


def _append(settings, at: str) -> None:
    engine = writer(settings.db_url)
    with engine.begin() as connection:
        key.trail(settings).append(connection, [Entry("T1", "dashboard", "view", "page", "/")], at)
    engine.dispose()


def test_without_the_key_nothing_is_verified_and_none_is_made(copy) -> None:
    copy.settings.audit_key.unlink()
    with pytest.raises(WrongUseError, match="restore it from the backup"):
        verify.run(copy.settings)
    assert not copy.settings.audit_key.exists()


def test_with_another_key_the_message_says_so(copy) -> None:
    copy.settings.audit_key.write_text("ab" * 32)
    report = verify.run(copy.settings, "T1")
    assert report.problems[1].what.startswith("none of its 33 entries was written with the key")
    assert "TOXWATCH_AUDIT_KEY" in report.problems[1].todo


def test_a_study_that_is_not_there_is_wrong_use(made) -> None:
    with pytest.raises(WrongUseError, match="nothing is known of a study 'T7'; there are: T1"):
        verify.run(made, "T7")


def test_what_is_older_than_the_trail_is_taken_over_by_a_person(copy) -> None:
    copy.db.execute("DELETE FROM audit")
    copy.settings.anchors.unlink()
    copy.db.commit()
    assert len(wrong(copy.settings)) == 31
    engine = writer(copy.settings.db_url)
    with engine.begin() as connection:
        assert adopt.adopt(connection, key.trail(copy.settings), "T1", LEE) == 29
        assert adopt.adopt(connection, key.trail(copy.settings), "T1", LEE) == 0
        assert adopt.adopt(connection, key.trail(copy.settings), "", LEE) == 2
    engine.dispose()
    report = verify.run(copy.settings)
    assert report.problems == []
    assert report.notes[-1] == "T1: 27 objects are older than the trail"
    copy.update("work_item", 1, last_as_of="2024-01-01")
    copy.db.commit()
    assert len(wrong(copy.settings)) == 1


def test_sixty_random_tamperings_are_all_found(bench) -> None:
    done, missed = tamper.experiment(bench, 60, 2026)
    assert missed == []
    assert done.total() == 60
    assert set(done) == set(tamper.KINDS)


def test_a_bench_of_untouched_copies_finds_nothing(bench) -> None:
    """The control: what is found above is found because it was tampered with."""
    with bench.copy(tamper.random.Random(1)):
        assert bench.verified().problems == []


def test_a_trail_of_another_home_does_not_pass(copy) -> None:
    head = max((r for r in copy.rows("audit") if r["study"] == "T1"), key=lambda r: r["number"])
    copy.insert("audit", tamper._forged(head, head | {"seq": 99, "actor": "A. Lee"}))
    copy.db.commit()
    [found] = wrong(copy.settings)
    assert found.startswith("T1: entry 34 (2024-04-02T08:00:00+00:00, A. Lee: view page /labs) was")


def test_a_message_that_was_altered_is_named(copy) -> None:
    """What was told, to whom, whether it may be sent: the trail tells; whether it was, the log."""
    known = copy.rows("outbox")[0]
    for name, value in (("recipient", "nobody"), ("body", ""), ("subject", ""), ("channel", "x"),
                        ("not_before", "2999"), ("tier", "P4"), ("key", "m9")):  # fmt: skip
        copy.update("outbox", 1, **{name: value})
        copy.db.commit()
        altered = f"T1: outbox 1 was altered: {name} is not what the trail says"
        assert wrong(copy.settings) == [altered]
        copy.update("outbox", 1, **{name: known[name]})
    for state in ("pending", "dead"):
        copy.update("outbox", 1, state=state)
        copy.db.commit()
        assert wrong(copy.settings) == [f"T1: message m1 is '{state}', and by its log it is sent"]
    copy.update("outbox", 1, state="sent", sent_at="2024-04-02T08:00:01+00:00")
    copy.db.commit()
    [found] = wrong(copy.settings)
    assert found == "T1: message m1 was not sent at the time that its row has"


@pytest.mark.parametrize(
    ("table", "column", "what"),
    [
        ("account", "state", "entries of no study: account p1"),
        ("role_grant", "granted_by", 'entries of no study: role_grant ["p1","T1","chair"]'),
        ("review", "row_hash", "T1: review 1"),
        ("meeting", "planned_on", "T1: meeting g1"),
        ("meeting_event", "body", "T1: meeting_event 1"),
        ("proposal", "content", "T1: proposal q1"),
        ("signature", "content_sha256", "T1: signature z1"),
    ],
)
def test_what_people_sign_and_may_do_is_held_against_the_trail(copy, table, column, what) -> None:
    copy.update(table, 1, **{column: "another"})
    copy.db.commit()
    assert wrong(copy.settings) == [f"{what} was altered: {column} is not what the trail says"]
    copy.db.execute(f"DELETE FROM {table}")
    copy.db.commit()
    assert f"{what} is in the trail and not in its table" in wrong(copy.settings)


def test_a_role_that_somebody_gave_himself_is_found(copy) -> None:
    copy.insert("role_grant", copy.rows("role_grant")[0] | {"role": "admin"})
    copy.db.commit()
    [found] = verify.run(copy.settings).problems
    named = 'role_grant ["p1","T1","admin"]'
    assert found.what == f"{named} is in its table, but the trail has no entry of it"


def test_a_message_of_another_study_is_missed_in_its_own(copy) -> None:
    copy.update("outbox", 1, study="T2")
    copy.db.commit()
    found = wrong(copy.settings)
    assert "T1: outbox 1 is in the trail and not in its table" in found
    assert "T2: outbox 1 is in its table, but the trail has no entry of it" in found


def test_a_message_that_nobody_put_is_named(copy) -> None:
    copy.insert("outbox", copy.rows("outbox")[0] | {"id": 9, "key": "m9"})
    copy.db.commit()
    assert wrong(copy.settings) == [
        "T1: outbox 9 is in its table, but the trail has no entry of it",
        "T1: message m9 is 'sent', and by its log it is pending",
    ]


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], "pending"), (["failed"], "pending"), (["failed", "dead"], "dead"),
        (["dead", "failed"], "dead"), (["dead", "retry"], "pending"),
        (["dead", "retry", "dead"], "dead"), (["dead", "retry", "sent"], "sent"),
        (["sent", "again"], "sent"), (["sent", "dead"], "sent"), (["again"], "pending"),
    ],
)  # fmt: skip
def test_the_state_of_a_message_is_what_its_log_says(db_url, outcomes, state) -> None:
    message = dict.fromkeys(("subject", "body", "last_error", "recipient", "channel"), "") | {
        "study": "T1", "key": "m1", "kind": "digest", "revision": 1, "tier": "P3",
        "attempts": 1, "created_at": STAMP, "state": state,
        "sent_at": STAMP if state == "sent" else None,
    }  # fmt: skip
    log = [{"outbox_id": 1, "attempt": n, "outcome": outcome, "reply": "", "at": STAMP}
           for n, outcome in enumerate(outcomes)]  # fmt: skip
    engine = writer(db_url)
    with engine.begin() as connection:
        record.insert_rows(connection, tables.outbox, [message])
        record.insert_rows(connection, tables.delivery_log, log)
        assert list(sent.check(connection, "T1")) == []
        for other in {"pending", "sent", "dead"} - {state}:
            connection.execute(tables.outbox.update().values(state=other))
            [found] = sent.check(connection, "T1")
            assert found.what == f"message m1 is '{other}', and by its log it is {state}"
    engine.dispose()


def test_triggers_that_are_missing_are_named(copy, made) -> None:
    assert wrong(made) == []
    copy.db.commit()
    for name in ("no_delete_of_decision", "no_replacing_of_audit", "no_update_of_grade"):
        sqlite3.Connection.execute(copy.db, f"DROP TRIGGER {name}")
    sqlite3.Connection.commit(copy.db)
    [found] = verify.run(copy.settings).problems
    assert found.what == "3 triggers are missing that keep rows of audit, decision, grade"
    assert "toxwatch db upgrade" in found.todo


def test_triggers_that_are_off_are_named(made) -> None:
    engine = writer(made.db_url)
    with engine.connect() as connection:
        assert list(guards.check(connection)) == []
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE decision DISABLE TRIGGER only_added_to")
        else:
            connection.exec_driver_sql("DROP TRIGGER no_update_of_decision")
        [found] = guards.check(connection)
        assert found.what == "1 triggers are missing that keep rows of decision"
        connection.rollback()
    engine.dispose()


def test_a_long_verification_outlasts_the_bound_on_idle_transactions(made) -> None:
    """And it sees one moment: what is written meanwhile is not half seen."""
    engine = reader(made.db_url)
    with engine.connect() as connection:
        hold_still(connection)
        if connection.dialect.name == "postgresql":
            shown = "SHOW idle_in_transaction_session_timeout", "SHOW transaction_isolation"
            found = [connection.exec_driver_sql(each).scalar() for each in shown]
            assert found == ["0", "repeatable read"]
        assert verify.through(connection, made).problems == []
    engine.dispose()


def test_the_hashes_of_a_snapshot_are_its_rows_in_order() -> None:
    kept = rows.Rows()
    kept.keep([b"c", b"a", b"b"], [1, 1, 2], [FOREVER, 2, FOREVER])
    assert [kept.as_of(seq) for seq in (0, 1, 2)] == [b"", b"ac", b"bc"]
    assert rows.Rows().as_of(1) == b""
