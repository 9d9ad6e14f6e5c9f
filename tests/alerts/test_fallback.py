"""What mail does not take goes another way, and the data engineers hear of it, once."""

from __future__ import annotations

from datetime import datetime

import pytest
import yaml

from safety.alerts import dispatch, operations
from safety.errors import ToxwatchError
from tests import build
from tests.alerts import waiting
from tests.alerts.mail_server import Inbox, free_port, running
from tests.alerts.waiting import NOW, after, put, rows

GONE = "gone@example.org"


@pytest.fixture
def down(tmp_path, db_url):
    """A home whose mail server is away."""
    return waiting.smtp(tmp_path, free_port())


def run(used, at: datetime = NOW) -> None:
    dispatch.run(used, lambda: at)


def copies(used) -> list[tuple[str, str, str, str]]:
    return [(r["tier"], r["channel"], r["state"], r["subject"])
            for r in rows(used) if r["channel"] != "smtp"]  # fmt: skip


def test_a_p1_goes_another_way_after_a_quarter_of_an_hour(down):
    put(down, "critical", tier="P1")
    run(down, after(minutes=14, seconds=59))
    assert copies(down) == []
    run(down, after(minutes=15))
    assert copies(down) == [("P1", "file", "sent", "critical")]
    original, copy = rows(down)[:2]
    assert copy["body"] == (
        "Told this way because smtp has not taken it for 15 minutes.\n\nPlatelets 20 10^9/L"
    )
    assert copy["thread"] == original["key"] != copy["key"]
    assert original["state"] == "pending"


def test_a_p2_goes_another_way_after_an_hour(down):
    put(down, "urgent", tier="P2")
    run(down, after(minutes=59, seconds=59))
    assert (copies(down), rows(down, "alert")) == ([], [])
    run(down, after(hours=1))
    assert copies(down) == [("P2", "file", "sent", "urgent")]
    assert rows(down)[1]["body"].startswith("Told this way because smtp has not taken it for an ")
    assert [r["title"] for r in rows(down, "alert")] == [
        "P4 T1: 1 urgent message not delivered by smtp"
    ]


def test_the_hour_of_a_p2_begins_when_its_quiet_hours_end(down):
    put(down, "urgent", tier="P2", not_before="2024-04-02T18:00:00+00:00")
    run(down, after(hours=10, minutes=59))
    assert (copies(down), rows(down, "alert")) == ([], [])
    run(down, after(hours=11))
    assert copies(down) == [("P2", "file", "sent", "urgent")]


def test_less_than_p2_waits_for_mail(down):
    put(down, "note", tier="P3")
    put(down, "data", tier="P4")
    run(down, after(hours=23))
    assert (copies(down), rows(down, "alert")) == ([], [])


def test_a_study_that_breaks_down_keeps_no_other_from_being_told(down, tmp_path, monkeypatch):
    """Both have a message that is stuck; the alert about that of T0 cannot be written."""
    content = build.study_content() | {"studyid": "T0"}
    (tmp_path / "studies" / "t0.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    put(down, "critical", tier="P1")
    with waiting.transaction(down) as connection:
        message = waiting.Message("T0", "", "remind", 1, "P1", "other", "x", waiting.text(NOW))
        waiting.messages.put(
            connection, message, ["m@example.org"], "smtp", waiting.key.trail(down)
        )
    replace = operations.replace

    def breaks_for_one(connection, speaker, *told):
        if speaker.study.studyid == "T0":
            raise KeyError("S1")
        return replace(connection, speaker, *told)

    monkeypatch.setattr(operations, "replace", breaks_for_one)
    with pytest.raises(ToxwatchError, match="told: study T0: KeyError"):
        run(down, after(hours=1))
    assert [r["study"] for r in rows(down, "alert")] == ["T1"]
    assert [r["state"] for r in rows(down) if r["channel"] == "file"] == ["sent", "sent"]


def test_a_message_of_the_future_is_as_late_as_can_be(down):
    put(down, "critical", tier="P1", at=after(days=1))
    run(down)
    assert copies(down) == [("P1", "file", "sent", "critical")]


@pytest.fixture
def refusing(tmp_path, db_url):
    """A home whose mail server knows no such recipient."""
    with running(Inbox()) as inbox:
        inbox.recipients[GONE] = "550 no such mailbox"
        yield waiting.smtp(tmp_path, inbox.port)


@pytest.mark.parametrize(("tier", "told"), [("P1", True), ("P2", True), ("P4", False)])
def test_what_is_refused_goes_another_way_at_once(refusing, tier, told):
    put(refusing, "a", tier=tier, to=GONE)
    run(refusing)
    run(refusing, after(days=1))
    wanted = [(tier, "file", "sent", "a")] if told else []
    assert copies(refusing) == wanted
    assert [r["rule"] for r in rows(refusing, "alert")] == (["OUTBOX"] if told else [])


def test_the_data_engineers_are_told_once_and_again_if_it_gets_worse(refusing):
    for number, subject in enumerate(("a", "b"), 1):
        put(refusing, subject, tier="P1", to=GONE)
        for hours in range(3):
            run(refusing, after(days=number, hours=hours))
        (alert,) = rows(refusing, "alert")
        assert (alert["tier"], alert["level"], alert["revision"]) == ("P4", number, number)
    assert alert["episode"] == "smtp"
    assert alert["title"] == "P4 T1: 2 urgent messages not delivered by smtp"
    about = [r["kind"] for r in rows(refusing) if r["tier"] == "P4"]
    assert about == ["raise", "worsen"]


def test_the_alert_ends_when_mail_is_back(down, tmp_path):
    put(down, "critical", tier="P1")
    run(down, after(minutes=20))
    assert [r["condition"] for r in rows(down, "alert")] == ["holds"]
    with running(Inbox()) as inbox:
        run(waiting.smtp(tmp_path, inbox.port), after(minutes=21))
    assert [r["condition"] for r in rows(down, "alert")] == ["cleared"]
    assert "critical" in inbox.subjects


def test_no_alert_is_about_an_alert(tmp_path, db_url):
    """The alert of operations is itself refused, and the other channel is away too."""
    with running(Inbox()) as inbox:
        used = waiting.smtp(tmp_path, inbox.port, TOXWATCH_ALERT_FALLBACK="file")
        (tmp_path / "alerts").write_text("in the way of the folder")
        inbox.data = "554 rejected"
        put(used, "critical", tier="P1")
        for hours in range(0, 48, 4):
            run(used, after(hours=hours))
    outbox = [(r["tier"], r["channel"], r["state"]) for r in rows(used)]
    # the message, its copy, and an alert about each of the two channels
    assert outbox == [("P1", "smtp", "dead"), ("P1", "file", "pending"), ("P4", "smtp", "dead"),
                      ("P4", "smtp", "dead")]  # fmt: skip


def test_no_other_way_if_none_is_wanted(tmp_path, db_url):
    used = waiting.smtp(tmp_path, free_port(), TOXWATCH_ALERT_FALLBACK="none")
    put(used, "critical", tier="P1")
    run(used, after(hours=1))
    assert copies(used) == []
    assert [r["rule"] for r in rows(used, "alert")] == ["OUTBOX"]


def test_a_chat_hears_once_of_what_several_people_do_not_get(tmp_path, db_url):
    used = waiting.smtp(tmp_path, free_port(), TOXWATCH_ALERT_FALLBACK="chat:SAFETY",
                        TOXWATCH_CHAT_SAFETY_URL_FILE=str(tmp_path / "none"))  # fmt: skip
    with waiting.transaction(used) as connection:
        message = waiting.Message("T1", "", "remind", 1, "P1", "critical", "x", waiting.text(NOW))
        both, trail = ["a@example.org", "b@example.org"], waiting.key.trail(used)
        waiting.messages.put(connection, message, both, "smtp", trail)
    run(used, after(minutes=15))
    assert copies(used) == [("P1", "chat:SAFETY", "pending", "critical")]
    assert rows(used)[2]["recipient"] == "chat:SAFETY"
