"""Webhooks against a real server; the signature is verified as a receiver would."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging

import pytest

from safety.alerts.channels import deadline
from safety.alerts.channels.channel import NotSentError, RefusedError
from safety.alerts.channels.webhook import WebhookChannel
from safety.settings import Webhook
from tests.alerts.channels import letters
from tests.alerts.channels.drip import dripping
from tests.alerts.mail_server import Authority, free_port
from tests.alerts.web_server import Receiver, receiving

SECRET = "a secret of the receiver"


@pytest.fixture
def receiver():
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    return path


@pytest.fixture
def out(receiver, secret):
    made = WebhookChannel(Webhook(receiver.url, secret), 0.2, None)
    yield made
    made.close()


def test_what_is_posted(out, receiver):
    assert out.send(letters.made()) == "200 taken"
    (post,) = receiver.posts
    assert post.path == "/tox"
    assert post.headers["Content-Type"] == "application/json"
    assert post.headers["Idempotency-Key"] == "a" * 40
    assert post.headers["X-Toxwatch-Timestamp"] == "1712044805"  # 2024-04-02 08:00:05 UTC
    told = json.loads(post.body)
    assert told["subject"] == "P1 T1 S1: platelet count decreased: grade 4"
    assert told["link"] == "https://tox.example.org/alerts?alert=" + "b" * 32
    assert (told["tier"], told["kind"], told["revision"]) == ("P1", "raise", 1)


def test_the_receiver_can_verify_who_posted(out, receiver):
    out.send(letters.made())
    (post,) = receiver.posts
    signed = post.headers["X-Toxwatch-Timestamp"].encode() + b"." + post.body
    wanted = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert post.headers["X-Toxwatch-Signature"] == f"v1={wanted}"


def test_its_address_is_in_no_log(out, caplog):
    with caplog.at_level(logging.INFO):
        out.send(letters.made())
    assert "/tox" not in caplog.text


@pytest.mark.parametrize("status", [500, 503, 429, 401, 404, 302])
def test_what_may_be_tried_again(out, receiver, status):
    receiver.answers = [(status, b"")]
    receiver.location = "http://127.0.0.1:1/elsewhere"
    with pytest.raises(NotSentError, match=str(status)):
        out.send(letters.made())
    assert len(receiver.posts) == 1


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_what_is_refused_for_good(out, receiver, status):
    receiver.answers = [(status, b"no such field")]
    with pytest.raises(RefusedError, match=f"{status} no such field"):
        out.send(letters.made())


@pytest.mark.parametrize("answer", [(None, b""), (0, b"")])
def test_a_lost_answer_is_tried_again_under_the_same_key(out, receiver, answer):
    receiver.answers = [answer]
    with pytest.raises(NotSentError):
        out.send(letters.made())
    out.send(letters.made(attempts=2))
    first, second = receiver.posts
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body
    assert second.headers["X-Toxwatch-Attempt"] == "2"


def test_no_more_than_the_beginning_of_an_answer_is_kept(out, receiver):
    receiver.answers = [(500, b"x" * 1_000_000)]
    with pytest.raises(NotSentError) as raised:
        out.send(letters.made())
    assert raised.value.reply == "500 " + "x" * 296


def test_nobody_there(secret):
    out = WebhookChannel(Webhook(f"http://127.0.0.1:{free_port()}/token-in-it", secret), 0.2, None)
    with pytest.raises(NotSentError) as raised:
        out.send(letters.made())
    assert raised.value.reply == "ConnectError"
    out.close()


def test_without_its_secret_nothing_is_posted(receiver, tmp_path):
    out = WebhookChannel(Webhook(receiver.url, tmp_path / "gone"), 0.2, None)
    with pytest.raises(NotSentError, match="FileNotFoundError"):
        out.send(letters.made())
    assert receiver.posts == []
    out.close()


def test_a_server_that_speaks_byte_by_byte_is_left(secret, monkeypatch):
    monkeypatch.setattr(deadline, "WHOLE", 0.1)
    with dripping(b"HTTP/1.1 200 OK\r\nX: ") as drip:
        out = WebhookChannel(Webhook(f"http://127.0.0.1:{drip.port}/", secret), 2, None)
        with pytest.raises(NotSentError) as raised:
            out.send(letters.made())
        assert (raised.value.counts, drip.heard_out) == (True, False)
        out.close()


def test_no_step_begins_when_the_time_is_over(out, receiver, monkeypatch):
    out.send(letters.made())
    monkeypatch.setattr(deadline, "WHOLE", 0.0)
    with pytest.raises(NotSentError) as raised:
        out.send(letters.made())
    assert (raised.value.reply, raised.value.counts) == ("TimeoutError", True)
    monkeypatch.setattr(deadline, "WHOLE", 5.0)
    out.send(letters.made())
    assert len(receiver.posts) == 2


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_a_fault_of_the_settings(tmp_path, secret, content):
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_text(content)
    with pytest.raises(NotSentError, match="TOXWATCH_ALERT_CA cannot be read: ") as raised:
        WebhookChannel(Webhook("https://127.0.0.1:9/", secret), 0.2, ca)
    assert raised.value.counts


def test_a_letter_that_is_no_text_is_refused(out, receiver):
    with pytest.raises(RefusedError, match="it cannot be written: UnicodeEncodeError"):
        out.send(letters.made(recipient="m", kind="\ud800"))
    assert receiver.posts == []


def test_tls_is_verified(tmp_path, secret):
    authority = Authority(tmp_path)
    with receiving(Receiver(), authority.server) as receiver:
        for ca, posts in ((None, 0), (authority.file, 1)):
            out = WebhookChannel(Webhook(receiver.url, secret), 2, ca)
            if ca is None:
                with pytest.raises(NotSentError, match="ConnectError"):
                    out.send(letters.made())
            else:
                assert out.send(letters.made()) == "200 taken"
            out.close()
            assert len(receiver.posts) == posts
