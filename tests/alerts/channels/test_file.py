"""Messages as files."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from safety.alerts.channels.channel import NotSentError, RefusedError
from safety.alerts.channels.file import FileChannel
from tests.alerts.channels import letters


def test_the_same_message_is_the_same_file(tmp_path):
    out = FileChannel(tmp_path / "alerts", "toxwatch@example.org")
    assert out.send(letters.made()) == f"written {'a' * 40}.eml"
    out.send(letters.made(attempts=2))
    (path,) = (tmp_path / "alerts").iterdir()
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["X-Toxwatch-Attempt"] == "2"


def test_an_address_of_another_channel_is_a_name(tmp_path):
    out = FileChannel(tmp_path, "toxwatch@example.org")
    out.send(letters.made(recipient="webhook:OPS"))
    (path,) = tmp_path.iterdir()
    assert b'To: "webhook:OPS":;' in path.read_bytes()


def test_a_sender_that_cannot_be_written_is_a_failure(tmp_path):
    with pytest.raises(NotSentError, match="TOXWATCH_ALERT_SENDER"):
        FileChannel(tmp_path, "toxwatch\n@example.org").send(letters.made())


def test_a_letter_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(RefusedError, match="it cannot be written: ValueError"):
        FileChannel(tmp_path, "toxwatch@example.org").send(letters.made(created_at="yesterday"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path):
    (tmp_path / "alerts").write_text("a file")
    with pytest.raises(NotSentError, match="FileExistsError"):
        FileChannel(tmp_path / "alerts", "toxwatch@example.org").send(letters.made())
