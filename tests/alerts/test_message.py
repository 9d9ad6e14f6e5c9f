"""What a letter looks like, and that nothing in it can become a header."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.alerts.message import mail, payload, short
from tests.alerts.channels import letters


def written(**changes):
    told = letters.made(**changes)
    content = mail(told, "toxwatch@example.org").as_bytes()
    return message_from_bytes(content, policy=policy.default), content


def test_headers():
    made, _ = written(thread="c" * 40, attempts=3)
    assert made["From"] == "toxwatch@example.org"
    assert made["To"] == "m@example.org"
    assert made["Message-ID"] == f"<{'a' * 40}@toxwatch>"
    assert made["References"] == f"<{'c' * 40}@toxwatch>"
    assert made["X-Toxwatch-Attempt"] == "3"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Date"] == "Tue, 02 Apr 2024 08:00:00 +0000"


def test_the_first_of_a_thread_refers_to_none():
    made, _ = written()
    assert made["References"] is None


def test_the_link_names_the_alert_and_no_subject():
    made, _ = written()
    assert made.get_content().splitlines()[-1] == "https://tox.example.org/alerts?alert=" + "b" * 32
    digest, _ = written(alert_id=None)
    assert digest.get_content().splitlines()[-1] == "https://tox.example.org/alerts"


def test_no_subject_of_a_mail_begins_another_header():
    for subject in ("P1\r\nBcc: x@example.org", "P1\nBcc: x", "P1\x0b\x85\u2028Bcc: x", "P1\x00"):
        made, content = written(subject=subject)
        assert "Bcc" not in made
        assert content.count(b"\r\nSubject: ") == 1
        assert made["Subject"].startswith("P1")


HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Toxwatch-Attempt",
           "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]  # fmt: skip
ANY = st.text(st.characters(), max_size=300)


@pytest.mark.property
@given(ANY, ANY, ANY)
def test_any_text_makes_a_mail_with_these_headers(subject, body, recipient):
    made, _ = written(subject=subject, body=body, recipient=recipient)
    assert sorted(made.keys()) == sorted(HEADERS)


def test_what_cannot_be_ascii_arrives_all_the_same():
    made, content = written(subject="P1 ≥ 4 µmol/L 血小板", body="≥ 4 µmol/L\x00\ud800 血小板")
    assert made["Subject"] == "P1 ≥ 4 µmol/L 血小板"
    assert made.get_content().startswith("≥ 4 µmol/L   血小板")
    assert content.isascii()


def test_what_a_webhook_gets_does_not_change_with_the_attempt():
    assert payload(letters.made()) == payload(letters.made(attempts=7))


def test_a_chat_gets_the_title_once():
    title, text = short(letters.made(body="P1 T1 S1: platelet count decreased: grade 4\nfew"))
    assert title not in text
    assert text.startswith("few\n")
