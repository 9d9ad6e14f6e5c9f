"""The dispatcher against real servers on both databases; clocks are arguments, nobody waits."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError, OperationalError

from safety.alerts import claim, dispatch, outcome
from safety.alerts.channels.opened import Channels
from safety.store import tables
from tests.alerts import waiting
from tests.alerts.mail_server import Inbox, running
from tests.alerts.waiting import NOW, after, log, put, rows, sent
from tests.alerts.web_server import Receiver, receiving


@pytest.fixture
def inbox():
    with running(Inbox()) as taken:
        yield taken


@pytest.fixture
def used(tmp_path, inbox, db_url):
    return waiting.smtp(tmp_path, inbox.port)


def test_what_waits_is_sent_once(used, inbox):
    put(used, "a", "b")
    assert sent(used) == (2, 0)
    assert sent(used) == (0, 0)
    assert inbox.subjects == ["a", "b"]
    assert log(used) == [(1, "sent", "250 taken as 1"), (1, "sent", "250 taken as 2")]
    (first, _) = rows(used)
    assert (first["state"], first["attempts"], first["sent_at"]) == (
        "sent", 1, "2024-04-02T08:00:00+00:00",
    )  # fmt: skip
    assert (first["lease_until"], first["leased_by"]) == ("", "")


def test_every_entry_of_the_log_is_in_the_trail(used):
    put(used, "a", "b")
    sent(used)
    told = [
        (r["object_type"], r["object_id"], r["actor"], r["action"])
        for r in rows(used, "audit") if r["object_type"] != "outbox"
    ]  # fmt: skip
    assert told == [("delivery_log", "1", "toxwatch", "sent"),
                    ("delivery_log", "2", "toxwatch", "sent")]  # fmt: skip


def test_the_most_severe_and_then_the_oldest_goes_first(used, inbox):
    put(used, "new urgent", tier="P2", at=after(minutes=1))
    put(used, "data", tier="P4")
    put(used, "urgent", tier="P2")
    put(used, "critical", tier="P1", at=after(minutes=2))
    sent(used, after(minutes=3))
    assert inbox.subjects == ["critical", "urgent", "new urgent", "data"]


def test_what_becomes_severe_meanwhile_goes_first(used, inbox):
    put(used, "a", "b")
    taken = inbox.handle_DATA

    async def and_another(*told):
        if not inbox.mails:
            put(used, "critical", tier="P1")
        return await taken(*told)

    inbox.handle_DATA = and_another
    sent(used)
    assert inbox.subjects == ["a", "critical", "b"]


def test_content_not_taken_now_waits_a_minute(used, inbox):
    put(used, "a", "b")
    inbox.data = "451 try again later"
    assert sent(used) == (0, 2)
    inbox.data = ""
    assert sent(used, after(seconds=59)) == (0, 0)
    assert sent(used, after(seconds=60)) == (2, 0)
    assert [m["X-Toxwatch-Attempt"] for m in inbox.mails] == ["2", "2"]
    assert len({m["Message-ID"] for m in inbox.mails}) == 2


def test_a_recipient_who_cannot_take_it_keeps_nobody_waiting(used, inbox):
    inbox.recipients["full@example.org"] = "452 mailbox full"
    put(used, *"abcde", tier="P1", to="full@example.org")
    put(used, "f")
    assert sent(used) == (1, 5)
    assert rows(used, "breaker") == []


def test_a_refused_message_is_dead_and_the_next_is_sent(used, inbox):
    inbox.recipients["gone@example.org"] = "550 no such mailbox"
    put(used, "a", to="gone@example.org")
    put(used, "b")
    assert sent(used) == (3, 1)  # with the copy in the file channel and the alert to operations
    dead = rows(used)[0]
    assert (dead["state"], dead["last_error"]) == ("dead", "550 no such mailbox")
    assert sent(used, after(days=1)) == (0, 0)


def test_a_message_that_cannot_be_written_does_not_stop_the_others(used, inbox, monkeypatch):
    put(used, "poison", tier="P1")
    put(used, "b")
    letter = dispatch.letter

    def first_is_poisoned(row, *told):
        if row["subject"] == "poison":
            raise ValueError("a header holds a line feed")
        return letter(row, *told)

    monkeypatch.setattr(dispatch, "letter", first_is_poisoned)
    sent(used)
    assert rows(used)[0]["last_error"] == "it cannot be written: ValueError"
    assert "b" in inbox.subjects


def ops(home, **changes):
    secret = home / "secret"
    secret.write_bytes(changes.pop("secret", b"s"))
    return waiting.settings(home, TOXWATCH_WEBHOOK_OPS_URL="https://127.0.0.1:9/",
                            TOXWATCH_WEBHOOK_OPS_SECRET_FILE=str(secret), **changes)  # fmt: skip


def test_a_channel_that_cannot_be_opened_rests_and_the_others_go_on(tmp_path, db_url, monkeypatch):
    used = ops(tmp_path, TOXWATCH_ALERT_CA=str(tmp_path / "missing.pem"))
    put(used, *"abcd", tier="P1", to="webhook:OPS")
    put(used, "by mail")
    ticks = []
    monkeypatch.setattr(dispatch, "tick", lambda *_: ticks.append(1))
    assert dispatch.beat(used, lambda: after(minutes=15)) == {"sent": 6, "failed": 3}
    said = "TOXWATCH_ALERT_CA cannot be read: FileNotFoundError"
    assert [(r["channel"], r["failures"], r["error"]) for r in rows(used, "breaker")] == [
        ("webhook:OPS", 3, said)
    ]
    assert [r["state"] for r in rows(used)[:5]] == ["pending"] * 4 + ["sent"]
    assert [r["channel"] for r in rows(used)[5:]] == ["file"] * 5  # four copies, one alert
    assert ticks == [1]


@pytest.mark.parametrize("fault", [RuntimeError("S1"), ImportError("S1"), KeyError("S1")])
def test_a_channel_that_breaks_down_fails_and_its_message_waits(used, monkeypatch, fault):
    put(used, "a")

    def broken(*_):
        raise fault

    monkeypatch.setattr(Channels, "named", broken)
    assert sent(used) == (0, 1)
    (row,) = rows(used)
    said = f"the channel cannot be used: {type(fault).__name__}"
    assert (row["state"], row["last_error"]) == ("pending", said)
    assert [r["failures"] for r in rows(used, "breaker")] == [1]


def test_a_secret_that_cannot_be_read_costs_no_message(tmp_path, db_url):
    used = ops(tmp_path, secret="gehe\xefm".encode("latin-1"))
    put(used, "a", to="webhook:OPS")
    assert sent(used) == (0, 1)
    (row,) = rows(used)
    assert (row["state"], row["last_error"]) == (
        "pending", "its secret cannot be read: UnicodeDecodeError",
    )  # fmt: skip


def test_a_sender_that_cannot_be_written_costs_no_message(tmp_path, inbox, db_url):
    sender = "toxw\xe4tch@example.org"
    used = waiting.smtp(tmp_path, inbox.port, TOXWATCH_ALERT_SENDER=sender)
    put(used, "a")
    assert sent(used) == (0, 1)
    assert [(r["state"], r["last_error"]) for r in rows(used)] == [
        ("pending", "TOXWATCH_ALERT_SENDER is no mail address in ASCII")
    ]
    assert sent(waiting.smtp(tmp_path, inbox.port)) == (1, 0)


def test_a_channel_that_is_not_set_up_fails_and_says_so(used):
    put(used, "a", to="webhook:OPS")
    assert sent(used) == (0, 1)
    assert rows(used)[0]["last_error"] == (
        "there is no channel webhook:OPS; set TOXWATCH_WEBHOOK_OPS_URL"
    )


@pytest.mark.parametrize("how", ["hangs", "before"])
def test_a_lost_answer_is_a_copy_on_the_wire_with_the_same_id(used, inbox, how):
    put(used, "a")
    inbox.hangs, inbox.drops = how == "hangs", how if how == "before" else ""
    assert sent(used) == (0, 1)
    inbox.hangs, inbox.drops = False, ""
    assert sent(used) == (1, 0)
    assert len({m["Message-ID"] for m in inbox.mails}) == 1
    assert inbox.mails[-1]["X-Toxwatch-Attempt"] == "2"
    assert [name for _, name, _ in log(used)] == ["failed", "sent"]


def test_a_webhook_gets_the_same_key_again(tmp_path, db_url):
    secret = tmp_path / "secret"
    secret.write_text("s")
    with receiving(Receiver()) as receiver:
        used = waiting.settings(tmp_path, TOXWATCH_WEBHOOK_OPS_URL=receiver.url,
                                TOXWATCH_WEBHOOK_OPS_SECRET_FILE=str(secret))  # fmt: skip
        put(used, "a", to="webhook:OPS")
        receiver.answers = [(500, b"down"), (0, b"")]
        assert [sent(used), sent(used), sent(used)] == [(0, 1), (0, 1), (1, 0)]
    keys = [p.headers["Idempotency-Key"] for p in receiver.posts]
    assert keys == [rows(used)[0]["key"]] * 3
    assert json.loads(receiver.posts[2].body)["subject"] == "a"


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_a_chat_is_told(tmp_path, db_url):
    with receiving(Receiver()) as receiver:
        address = tmp_path / "chat"
        address.write_text(receiver.url.replace("http", "json"))
        used = waiting.settings(tmp_path, TOXWATCH_CHAT_SAFETY_URL_FILE=str(address))
        put(used, "a", to="chat:SAFETY")
        assert sent(used) == (1, 0)
    assert json.loads(receiver.posts[0].body)["title"] == "a"


def test_several_dispatchers_send_each_message_once(used, inbox):
    put(used, *(f"m{i}" for i in range(40)))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: sent(used), range(4)))
    assert [sum(n) for n in zip(*done, strict=True)] == [40, 0]
    assert len(inbox.mails) == len({m["Message-ID"] for m in inbox.mails}) == 40
    assert len(log(used)) == 40


def test_who_is_stopped_finishes_the_message_and_leaves_none_leased(used, inbox):
    put(used, *"abc")
    assert sent(used, stop=lambda: len(inbox.mails) == 2) == (2, 0)
    assert [r["leased_by"] for r in rows(used)] == ["", "", ""]


@pytest.mark.parametrize("fault", [KeyError, ValueError, TypeError, AttributeError, ImportError,
                                   RuntimeError, OSError, ZeroDivisionError])  # fmt: skip
def test_a_loop_survives_whatever_breaks_a_pass(used, monkeypatch, caplog, fault):
    stop, passes = [], []

    def breaks(*_):
        passes.append(1)
        raise fault("S1")

    monkeypatch.setattr(dispatch, "beat", breaks)
    dispatch.forever(used, lambda: NOW, lambda: len(stop) == 2, lambda: stop.append(1))
    assert len(passes) == 2
    assert f"the pass broke off: {fault.__name__}; the next one tries again" in caplog.text
    assert "S1" not in caplog.text


def test_a_loop_survives_a_database_that_is_away(used, inbox, monkeypatch, caplog):
    put(used, "a")
    passes, stop = iter([OperationalError("SELECT 'S1'", {}, Exception("gone")), None]), []
    beat = dispatch.beat

    def first_fails(*told):
        error = next(passes)
        if error is not None:
            raise error
        return beat(*told)

    monkeypatch.setattr(dispatch, "beat", first_fails)
    monkeypatch.setattr(dispatch, "tick", lambda *_: {})
    dispatch.forever(used, lambda: NOW, lambda: len(stop) == 2, lambda: stop.append(1))
    assert inbox.subjects == ["a"]
    assert "the pass broke off: OperationalError" in caplog.text
    assert "S1" not in caplog.text


def test_what_waits_leaves_although_the_clocks_break_down(used, inbox, monkeypatch):
    put(used, "a")

    def broken(*_):
        raise KeyError("tick")

    monkeypatch.setattr(dispatch, "tick", broken)
    put(used, "critical", tier="P1", to="chat:GONE", at=after(hours=-1))
    with pytest.raises(KeyError):
        dispatch.beat(used, lambda: NOW)
    assert inbox.subjects[0] == "a"
    assert [r["recipient"] for r in rows(used) if r["channel"] == "file"] == ["chat:GONE"]


def test_clocks_and_copies_are_seen_to_although_sending_breaks_down(used, monkeypatch):
    put(used, "critical", tier="P1", to="chat:GONE", at=after(hours=-1))
    ticks, claimed, first = [], claim.next_message, iter([True])

    def breaks_once(*told):
        if next(first, False):
            raise KeyError("claim")
        return claimed(*told)

    monkeypatch.setattr(claim, "next_message", breaks_once)
    monkeypatch.setattr(dispatch, "tick", lambda *_: ticks.append(1))
    with pytest.raises(KeyError, match="claim"):
        dispatch.beat(used, lambda: NOW)
    assert ticks == [1]
    assert [r["state"] for r in rows(used) if r["channel"] == "file"] == ["sent"]


def test_an_error_tells_no_values_of_a_statement(used):
    """The words of a database go into logs; a message tells of a subject."""
    put(used, "P1 T1 S1: platelets")
    (row,) = rows(used)
    with pytest.raises(IntegrityError) as raised, waiting.transaction(used) as connection:
        connection.execute(tables.outbox.insert().values(row | {"body": "Platelets 7"}))
    assert "Platelets 7" not in str(raised.value)


def test_a_pass_sends_what_its_clocks_brought_about(used, inbox, monkeypatch):
    monkeypatch.setattr(dispatch, "tick", lambda used, _: put(used, "digest"))
    assert dispatch.beat(used, lambda: NOW) == {"sent": 1, "failed": 0}


def test_a_database_that_comes_back_at_once_costs_no_copy(used, inbox, monkeypatch):
    put(used, "a")
    keep, failures = outcome.keep, iter([True, False])

    def first_fails(*told):
        if next(failures):
            raise OperationalError("COMMIT", {}, Exception("gone"))
        return keep(*told)

    monkeypatch.setattr(outcome, "keep", first_fails)
    assert sent(used) == (1, 0)
    assert inbox.subjects == ["a"]
    assert [name for _, name, _ in log(used)] == ["sent"]


def test_nothing_is_sent_inside_a_transaction(used, inbox):
    """A second writer gets the database while a message is on its way."""
    put(used, "a")
    free = []
    taken = inbox.handle_DATA

    async def meanwhile(*told):
        engine = create_engine(used.db_url, connect_args=_impatient(used.db_url))
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE outbox SET last_error = 'written meanwhile'")
            free.append(True)
        engine.dispose()
        return await taken(*told)

    inbox.handle_DATA = meanwhile
    assert sent(used) == (1, 0)
    assert free == [True]


def _impatient(db_url: str) -> dict:
    return {"timeout": 0} if db_url.startswith("sqlite") else {"options": "-c lock_timeout=1"}
