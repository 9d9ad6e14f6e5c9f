"""What people see of messages, and how a dead one gets on its way."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from safety.alerts import dispatch, outbox
from safety.errors import WrongUseError
from safety.signed import Signed
from safety.store import tables
from tests.alerts import waiting
from tests.alerts.mail_server import Inbox, free_port, running
from tests.alerts.waiting import NOW, after, change, log, put, rows, states

SIGNED = Signed("M. Weber", "the mailbox is mended", waiting.text(NOW))


@pytest.fixture
def used(tmp_path, db_url):
    return waiting.settings(tmp_path)


def test_a_key_is_never_used_for_another_message(used):
    put(used, "a")
    first = rows(used)[0]
    again = {name: v for name, v in first.items() if name != "id"} | {"body": "something else"}
    with pytest.raises(IntegrityError), waiting.transaction(used) as connection:
        connection.execute(tables.outbox.insert().values(**again))
    message = waiting.Message("T1", "", "remind", 1, "P2", "b", "another", waiting.text(NOW))
    with waiting.transaction(used) as connection:
        trail = waiting.key.trail(used)
        assert waiting.messages.put(connection, message, ["m@example.org"], "file", trail) == 0
    assert rows(used) == [first]


def test_dead_messages_are_listed_without_their_texts(used):
    put(used, "P2 T1 S1: platelets", "other")
    change(used, state="dead", last_error="550 no such mailbox")
    (first, _) = outbox.listing(used.db_url, "dead").messages.to_dict("records")
    assert (first["state"], first["last_error"]) == ("dead", "550 no such mailbox")
    assert "S1" not in str(first)
    assert outbox.listing(used.db_url, "pending").messages.empty
    assert len(outbox.listing(used.db_url, "all").messages) == 2


def test_a_channel_that_does_not_answer_is_listed(tmp_path, db_url):
    down = waiting.smtp(tmp_path, free_port())
    put(down, *"abc")
    assert outbox.listing(db_url).resting == []
    dispatch.run(down, lambda: NOW)
    (known,) = outbox.listing(db_url).resting
    assert (known.channel, known.failures) == ("smtp", 3)
    assert known.error == "ConnectionRefusedError [Errno 111] Connection refused"


def test_a_dead_message_is_tried_again_by_name_and_reason(tmp_path, db_url):
    with running(Inbox()) as inbox:
        used = waiting.smtp(tmp_path, inbox.port)
        inbox.recipients["m@example.org"] = "550 no such mailbox"
        put(used, "a", tier="P4")
        dispatch.run(used, lambda: NOW)
        key = rows(used)[0]["key"]
        inbox.recipients.clear()
        assert outbox.retry(used, key[:12], SIGNED, after(hours=1)) == [key]
        assert dispatch.run(used, lambda: after(hours=1)) == {"sent": 1, "failed": 0}
    assert log(used) == [
        (1, "dead", "550 no such mailbox"),
        (1, "retry", "M. Weber: the mailbox is mended"),
        (2, "sent", "250 taken as 1"),
    ]
    (entry,) = [r for r in rows(used, "audit") if r["action"] == "retry"]
    assert (entry["actor"], entry["reason"], entry["action"]) == (
        "M. Weber", "the mailbox is mended", "retry",
    )  # fmt: skip


def test_all_dead_messages_at_once(used):
    put(used, "a", "b")
    change(used, state="dead")
    put(used, "c")
    assert len(outbox.retry(used, "all", SIGNED, NOW)) == 2
    assert set(states(used).values()) == {"pending"}


@pytest.mark.parametrize(("key", "fault"), [("zz", "no message zz"), ("all", "no message all")])
def test_a_key_that_is_none_is_refused(used, key, fault):
    put(used, "a")
    with pytest.raises(WrongUseError, match=fault):
        outbox.retry(used, key, SIGNED, NOW)


def test_what_is_not_dead_is_refused(used):
    put(used, "a")
    with pytest.raises(WrongUseError, match="is pending: only a dead one"):
        outbox.retry(used, rows(used)[0]["key"], SIGNED, NOW)
    assert log(used) == []


def test_a_beginning_of_two_keys_is_refused(used):
    put(used, "a", "b")
    change(used, state="dead")
    with pytest.raises(WrongUseError, match="2 messages begin with"):
        outbox.retry(used, "", SIGNED, NOW)
