"""The outbox against a real SMTP server and a file channel."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from safety import pipeline
from safety.alerts import dispatch
from tests import build, delivery

LOW_PLATELETS = build.measurement("PLAT", "20", "10^9/L", LBORNRLO="125", LBORNRHI="350")


class Inbox:
    """Keeps what was sent; answers 451 while `broken`."""

    def __init__(self) -> None:
        self.mails: list = []
        self.broken = False

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  aiosmtpd's name
        if self.broken:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def inbox():
    handler = Inbox()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def used(tmp_path, inbox):
    delivery.write(tmp_path, delivery.rows(lb=[LOW_PLATELETS]))
    return delivery.settings(
        tmp_path, TOXWATCH_ALERT_CHANNEL="smtp", TOXWATCH_SMTP_PORT=str(inbox.port)
    )


def test_alerts_reach_a_real_mail_server_once(used, inbox):
    assert delivery.run(used)["sent"] == {"sent": 2, "failed": 0}
    assert delivery.run(used)["sent"] == {"sent": 0, "failed": 0}
    first = inbox.mails[0]  # the DLT candidate is of tier P1 and leaves first
    assert first["To"] == "monitor@example.org"
    assert first["Subject"] == "P1 T1 S1: DLT candidate P2: Platelet count decreased"
    second = inbox.mails[1]
    assert second["Subject"] == "P2 T1 S1: Platelet count decreased: grade 4"
    assert "Value 20 10^9/L (reference 125 to 350; baseline not given)" in second.get_content()
    assert "Source lb.csv row 1" in second.get_content()


def test_what_failed_is_kept_and_sent_later_under_the_same_id(used, inbox):
    inbox.broken = True
    assert delivery.run(used)["sent"] == {"sent": 0, "failed": 2}
    inbox.broken = False
    assert pipeline.dispatch(used, now=lambda: delivery.NOW) == {"sent": 2, "failed": 0}
    ids = [m["Message-ID"] for m in inbox.mails]
    assert len(set(ids)) == 2
    assert all(i.endswith("@toxwatch>") for i in ids)
    assert [m["X-Toxwatch-Attempt"] for m in inbox.mails] == ["2", "2"]


def test_a_dead_server_loses_nothing(used, inbox, tmp_path):
    dead = delivery.settings(tmp_path, TOXWATCH_ALERT_CHANNEL="smtp", TOXWATCH_SMTP_PORT="1")
    assert delivery.run(dead)["sent"] == {"sent": 0, "failed": 2}
    assert pipeline.dispatch(used, now=lambda: delivery.NOW) == {"sent": 2, "failed": 0}
    assert len(inbox.mails) == 2


def test_the_file_channel_writes_a_mail_a_message(tmp_path):
    delivery.write(tmp_path, delivery.rows(lb=[LOW_PLATELETS]))
    delivery.run(delivery.settings(tmp_path))
    mails = [
        message_from_bytes(p.read_bytes(), policy=policy.default)
        for p in (tmp_path / "alerts").glob("*.eml")
    ]
    assert sorted(m["Subject"] for m in mails) == [
        "P1 T1 S1: DLT candidate P2: Platelet count decreased",
        "P2 T1 S1: Platelet count decreased: grade 4",
    ]
    assert all("/alerts" in m.get_content() and "S1" not in _link(m) for m in mails)


def _link(mail) -> str:
    """The address in a mail: it must not carry the subject."""
    return next(line for line in mail.get_content().splitlines() if line.startswith("http"))


def test_a_message_that_cannot_be_written_does_not_stop_the_others(tmp_path, monkeypatch):
    delivery.write(tmp_path, delivery.rows(lb=[LOW_PLATELETS]))
    write = dispatch.message

    def first_is_poisoned(row, used):
        if row["tier"] == "P1":
            raise ValueError("a header holds a line feed")
        return write(row, used)

    monkeypatch.setattr(dispatch, "message", first_is_poisoned)
    assert delivery.run(delivery.settings(tmp_path))["sent"] == {"sent": 1, "failed": 1}
