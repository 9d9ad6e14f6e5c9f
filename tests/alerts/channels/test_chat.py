"""A chat by apprise, against a server on this machine that takes its JSON."""

from __future__ import annotations

import json

import pytest

from safety.alerts.channels.channel import NotSentError
from safety.alerts.channels.chat import ChatChannel
from tests.alerts.channels import letters
from tests.alerts.web_server import Receiver, receiving

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # one of its services


@pytest.fixture
def receiver():
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture
def address(tmp_path, receiver):
    path = tmp_path / "chat"
    path.write_text(receiver.url.replace("http", "json") + "\n")
    return path


def test_title_and_first_lines_are_posted(receiver, address):
    assert ChatChannel(address, 2).send(letters.made()) == "taken by the chat"
    told = json.loads(receiver.posts[0].body)
    assert told["title"] == "P1 T1 S1: platelet count decreased: grade 4"
    assert told["message"].splitlines() == [
        "Platelet count decreased: grade 4",
        "Value 20 10^9/L",
        "Baseline 210",
        "https://tox.example.org/alerts?alert=" + "b" * 32,
        "Message aaaaaaaa",
    ]
    assert not told.get("attachments")


@pytest.mark.parametrize("answer", [(500, b""), (0, b""), (None, b""), (302, b"")])
def test_what_it_did_not_take_is_tried_again(receiver, address, answer):
    receiver.answers, receiver.location = [answer], receiver.url
    out = ChatChannel(address, 0.2)
    with pytest.raises(NotSentError, match="did not take it"):
        out.send(letters.made())
    assert len(receiver.posts) == 1
    out.send(letters.made(attempts=2))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("json://chat.example.org/x", "not encrypted"),
        ("nonsense", "does not know the address"),
        ("", "does not know the address"),
    ],
)
def test_an_address_that_cannot_be_used(tmp_path, url, fault):
    path = tmp_path / "chat"
    path.write_text(url)
    with pytest.raises(NotSentError, match=fault):
        ChatChannel(path, 0.2).send(letters.made())


def test_an_address_that_is_no_text(tmp_path):
    path = tmp_path / "chat"
    path.write_bytes(b"json://\xe4")
    with pytest.raises(NotSentError, match="UnicodeDecodeError"):
        ChatChannel(path, 0.2).send(letters.made())


def test_an_address_that_is_not_there(tmp_path):
    with pytest.raises(NotSentError, match="FileNotFoundError"):
        ChatChannel(tmp_path / "none", 0.2).send(letters.made())
