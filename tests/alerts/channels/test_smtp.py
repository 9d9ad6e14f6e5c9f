"""Mail against a real server: what it took, what may be tried again, what is refused for good."""

from __future__ import annotations

import pytest

from safety.alerts.channels import deadline
from safety.alerts.channels.channel import NotSentError, RefusedError
from safety.alerts.channels.smtp import SmtpChannel
from safety.settings import Mail
from tests.alerts.channels import letters
from tests.alerts.channels.drip import dripping
from tests.alerts.mail_server import PASSWORD, Authority, Inbox, free_port, login, running

SENDER = "toxwatch@example.org"


def channel(port, tls="none", *, user="", password=None, ca=None, timeout=2.0) -> SmtpChannel:
    used = Mail("127.0.0.1", port, tls, user, password, SENDER)
    return SmtpChannel(used, timeout, ca)


@pytest.fixture
def inbox():
    with running(Inbox()) as taken:
        yield taken


@pytest.fixture
def out(inbox):
    made = channel(inbox.port)
    yield made
    made.close()


def test_the_reply_of_the_server_is_kept(out, inbox):
    assert out.send(letters.made()) == "250 taken as 1"
    assert inbox.mails[0]["X-Toxwatch-Attempt"] == "1"


def test_several_letters_go_by_one_connection(out, inbox):
    for key in ("1", "2", "3"):
        out.send(letters.made(key=key * 40))
    assert (len(inbox.mails), inbox.connections) == (3, 1)


@pytest.mark.parametrize(
    ("answer", "waits", "counts"),
    [
        ("450 mailbox busy", True, False),  # of one recipient: the channel works
        ("421 closing", False, True),
    ],
)
def test_a_recipient_who_cannot_take_it_now(out, inbox, answer, waits, counts):
    inbox.recipients["m@example.org"] = answer
    with pytest.raises(NotSentError) as raised:
        out.send(letters.made())
    assert (raised.value.reply, raised.value.waits, raised.value.counts) == (answer, waits, counts)


def test_a_recipient_who_is_not_there_is_refused_and_the_next_is_not(out, inbox):
    inbox.recipients["m@example.org"] = "550 no such mailbox"
    with pytest.raises(RefusedError, match="550 no such mailbox"):
        out.send(letters.made())
    out.send(letters.made(recipient="n@example.org"))
    assert (len(inbox.mails), inbox.connections) == (1, 1)


def test_content_that_the_server_never_takes_is_refused(out, inbox):
    inbox.data = "554 rejected"
    with pytest.raises(RefusedError, match="554 rejected"):
        out.send(letters.made())


def test_content_that_the_server_cannot_take_now_waits_and_counts(out, inbox):
    inbox.data = "451 no space"
    with pytest.raises(NotSentError) as raised:
        out.send(letters.made())
    assert (raised.value.reply, raised.value.waits, raised.value.counts) == (
        "451 no space", True, True,
    )  # fmt: skip


def test_a_sender_who_is_refused_costs_no_message(out, inbox):
    inbox.sender = "550 we do not relay for you"
    with pytest.raises(NotSentError) as raised:
        out.send(letters.made())
    assert (raised.value.waits, raised.value.counts) == (False, True)


def test_a_server_that_hangs_is_left(inbox):
    inbox.hangs = True
    with pytest.raises(NotSentError, match="timed out"):
        channel(inbox.port, timeout=0.2).send(letters.made())


def test_a_server_that_is_not_there_is_a_failure():
    with pytest.raises(NotSentError, match="ConnectionRefusedError"):
        channel(free_port()).send(letters.made())


def test_a_line_cut_before_the_answer_is_a_failure_though_the_mail_was_taken(inbox):
    inbox.drops = "before"
    with pytest.raises(NotSentError):
        channel(inbox.port).send(letters.made())
    assert len(inbox.mails) == 1


def test_a_line_cut_after_the_answer_is_no_failure(out, inbox):
    inbox.drops = "after"
    assert out.send(letters.made()) == "250 taken as 1"
    assert out.send(letters.made(key="2" * 40)) == "250 taken as 2"
    assert inbox.connections == 2


def test_a_server_that_speaks_byte_by_byte_is_left(monkeypatch):
    monkeypatch.setattr(deadline, "WHOLE", 0.1)
    with dripping(b"220 ") as drip:
        with pytest.raises(NotSentError) as raised:
            channel(drip.port).send(letters.made())
        assert (raised.value.counts, drip.heard_out) == (True, False)


def test_time_is_counted_from_the_beginning_of_each_letter(out, inbox, monkeypatch):
    out.send(letters.made())
    monkeypatch.setattr(deadline, "WHOLE", 0.0)
    with pytest.raises(NotSentError) as raised:
        out.send(letters.made(key="2" * 40))
    assert (raised.value.counts, len(inbox.mails)) == (True, 1)
    monkeypatch.setattr(deadline, "WHOLE", 5.0)
    out.send(letters.made(key="2" * 40))
    assert len(inbox.mails) == 2


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("p\xe4sswort".encode(), "a password that is not ASCII"),
        (b"p\xe4sswort", "cannot be read: UnicodeDecodeError"),
    ],
)
def test_a_password_that_cannot_be_sent_is_a_fault_of_the_settings(
    tmp_path, inbox, password, fault
):
    path = tmp_path / "password"
    path.write_bytes(password)
    with pytest.raises(NotSentError, match=fault) as raised:
        channel(inbox.port, user="toxwatch", password=path).send(letters.made())
    assert "\xe4" not in raised.value.reply


def test_a_host_that_is_no_name_is_a_fault_of_the_settings():
    used = SmtpChannel(Mail("x" * 70, 25, "none", "", None, SENDER), 2.0, None)
    with pytest.raises(NotSentError, match="its settings cannot be used: UnicodeError"):
        used.send(letters.made())


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_authorities_that_cannot_be_read_are_a_fault_of_the_settings(tmp_path, authority, tls):
    ca = tmp_path / "ca.pem"
    ca.write_text("no certificate")
    with running(Inbox(), tls_context=authority.server) as inbox:
        with pytest.raises(NotSentError, match="TOXWATCH_ALERT_CA cannot be read: SSLError"):
            channel(inbox.port, tls, ca=ca).send(letters.made())
        assert inbox.mails == []


def test_who_has_no_address_is_refused(out, inbox):
    for recipient in ("", "nobody", "a@", "ö@example.org", "a@b\r\nDATA"):
        with pytest.raises(RefusedError, match="no mail address"):
            out.send(letters.made(recipient=recipient))
    assert inbox.connections == 0


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


def test_starttls_with_login(tmp_path, authority):
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    how = {"tls_context": authority.server, "require_starttls": True, "auth_required": True,
           "authenticator": login}  # fmt: skip
    with running(Inbox(), **how) as inbox:
        used = channel(inbox.port, "starttls", user="toxwatch", password=password,
                       ca=authority.file)  # fmt: skip
        assert used.send(letters.made()) == "250 taken as 1"
        used.close()


def test_a_wrong_password_is_a_failure_that_does_not_tell_it(tmp_path, authority):
    password = tmp_path / "password"
    password.write_text("wrong-one")
    how = {"tls_context": authority.server, "require_starttls": True, "auth_required": True,
           "authenticator": login}  # fmt: skip
    with running(Inbox(), **how) as inbox, pytest.raises(NotSentError) as raised:
        channel(inbox.port, "starttls", user="toxwatch", password=password,
                ca=authority.file).send(letters.made())  # fmt: skip
    assert raised.value.reply.startswith("535 ")
    assert "wrong-one" not in raised.value.reply


def test_a_server_without_starttls_gets_nothing(inbox):
    with pytest.raises(NotSentError, match="STARTTLS extension not supported"):
        channel(inbox.port, "starttls").send(letters.made())
    assert inbox.mails == []


def test_implicit_tls(authority):
    with running(Inbox(), implicit=authority.server) as inbox:
        used = channel(inbox.port, "implicit", ca=authority.file)
        assert used.send(letters.made()) == "250 taken as 1"
        used.close()


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_that_nobody_vouches_for_gets_nothing(authority, tls):
    how = {"tls_context": authority.server} if tls == "starttls" else {"implicit": authority.server}
    with running(Inbox(), **how) as inbox:
        with pytest.raises(NotSentError, match="CERTIFICATE_VERIFY_FAILED"):
            channel(inbox.port, tls).send(letters.made())
        assert inbox.mails == []


def test_a_server_of_another_name_gets_nothing(tmp_path):
    other = Authority(tmp_path, "mail.example.org")
    with running(Inbox(), tls_context=other.server) as inbox:
        with pytest.raises(NotSentError, match="CERTIFICATE_VERIFY_FAILED"):
            channel(inbox.port, "starttls", ca=other.file).send(letters.made())
        assert inbox.mails == []
