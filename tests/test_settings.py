"""Settings by the environment: nothing leaves in plain text without having been asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from safety.errors import WrongUseError
from safety.settings import Oidc, Webhook, from_environment

HOST = {"TOXWATCH_SMTP_HOST": "mail.example.org"}


def test_mail_to_this_machine_needs_no_tls():
    mail = from_environment({}).mail
    assert (mail.host, mail.port, mail.tls) == ("127.0.0.1", 25, "none")


@pytest.mark.parametrize(
    ("given", "tls", "port"),
    [({}, "starttls", 587), ({"TOXWATCH_SMTP_TLS": "implicit"}, "implicit", 465)],
)
def test_mail_to_another_is_encrypted(given, tls, port):
    mail = from_environment(HOST | given).mail
    assert (mail.tls, mail.port) == (tls, port)


def test_plain_text_has_to_be_allowed():
    plain = HOST | {"TOXWATCH_SMTP_TLS": "none"}
    with pytest.raises(WrongUseError, match="in plain text"):
        from_environment(plain)
    assert from_environment(plain | {"TOXWATCH_SMTP_PLAIN": "allowed"}).mail.tls == "none"


def test_a_password_never_goes_in_plain_text():
    login = {"TOXWATCH_SMTP_USER": "u", "TOXWATCH_SMTP_PASSWORD_FILE": "/run/secrets/p"}
    plain = {"TOXWATCH_SMTP_TLS": "none", "TOXWATCH_SMTP_PLAIN": "allowed"}
    assert from_environment(HOST | login).mail.password_file == Path("/run/secrets/p")
    with pytest.raises(WrongUseError, match="a password would go in plain text"):
        from_environment(HOST | login | plain)
    with pytest.raises(WrongUseError, match="Give both"):
        from_environment(HOST | {"TOXWATCH_SMTP_USER": "u"})


def test_webhooks_and_chats_are_known_by_name():
    used = from_environment(
        {
            "TOXWATCH_WEBHOOK_OPS_URL": "https://ops.example.org/in",
            "TOXWATCH_WEBHOOK_OPS_SECRET_FILE": "/run/secrets/ops",
            "TOXWATCH_CHAT_SAFETY_URL_FILE": "/run/secrets/chat",
        }
    )
    assert used.webhooks == {"OPS": Webhook("https://ops.example.org/in", Path("/run/secrets/ops"))}
    assert used.chats == {"SAFETY": Path("/run/secrets/chat")}


@pytest.mark.parametrize(
    ("url", "secret", "fault"),
    [
        ("http://ops.example.org/in", "/s", "not encrypted"),
        ("ops.example.org", "/s", "no web address"),
        ("https://ops.example.org/in", "", "needs TOXWATCH_WEBHOOK_OPS_SECRET_FILE"),
    ],
)
def test_a_webhook_that_cannot_be_used(url, secret, fault):
    given = {"TOXWATCH_WEBHOOK_OPS_URL": url, "TOXWATCH_WEBHOOK_OPS_SECRET_FILE": secret}
    with pytest.raises(WrongUseError, match=fault):
        from_environment(given)


@pytest.mark.parametrize("seconds", ["0", "31", "soon", "-1", ""])
def test_a_timeout_stays_below_the_lease(seconds):
    with pytest.raises(WrongUseError, match="TOXWATCH_ALERT_TIMEOUT"):
        from_environment({"TOXWATCH_ALERT_TIMEOUT": seconds})


@pytest.mark.parametrize(
    ("channel", "fault"),
    [
        ("pigeon", "give file, none"),
        ("chat:", "give file, none"),
        ("chat:SAFETY", "set TOXWATCH_CHAT_SAFETY_URL_FILE too"),
        ("webhook:OPS", "set TOXWATCH_WEBHOOK_OPS_URL too"),
    ],
)
def test_another_way_must_be_one(channel, fault):
    with pytest.raises(WrongUseError, match=fault):
        from_environment({"TOXWATCH_ALERT_FALLBACK": channel})


PROVIDER = {
    "TOXWATCH_OIDC_ISSUER": "https://id.example.org",
    "TOXWATCH_OIDC_CLIENT_ID": "toxwatch",
    "TOXWATCH_OIDC_CLIENT_SECRET_FILE": "/run/secrets/oidc",
}


def test_a_provider_of_sign_in_is_named_whole_or_not_at_all():
    secret = Path("/run/secrets/oidc")
    assert from_environment({}).oidc is None
    assert from_environment(PROVIDER).oidc == Oidc(
        "https://id.example.org", "toxwatch", secret, "your organisation"
    )
    assert from_environment(PROVIDER | {"TOXWATCH_OIDC_NAME": "Clinic"}).oidc.name == "Clinic"
    for name in PROVIDER:
        with pytest.raises(WrongUseError, match="or none of them"):
            from_environment(PROVIDER | {name: ""})


@pytest.mark.parametrize("issuer", ["http://id.example.org", "id.example.org"])
def test_a_provider_is_asked_over_an_encrypted_line(issuer):
    with pytest.raises(WrongUseError, match="begins with https://"):
        from_environment(PROVIDER | {"TOXWATCH_OIDC_ISSUER": issuer})
    local = PROVIDER | {"TOXWATCH_OIDC_ISSUER": "http://127.0.0.1:9000"}
    assert from_environment(local).oidc.issuer == "http://127.0.0.1:9000"


def test_the_key_of_sessions_lies_in_the_home_unless_it_is_named(tmp_path):
    home = {"TOXWATCH_HOME": str(tmp_path)}
    assert from_environment(home).session_key == tmp_path / "keys" / "session.key"
    named = home | {"TOXWATCH_SESSION_KEY": "/run/secrets/session.key"}
    assert from_environment(named).session_key == Path("/run/secrets/session.key")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TOXWATCH_IDLE_MINUTES", "0", "give 1 to 60"),
        ("TOXWATCH_IDLE_MINUTES", "61", "give 1 to 60"),
        ("TOXWATCH_IDLE_MINUTES", "soon", "give a whole number"),
        ("TOXWATCH_SESSION_HOURS", "25", "give 1 to 24"),
    ],
)
def test_a_session_that_never_ends_is_no_setting(name, value, told):
    assert from_environment({}).idle_minutes == 30
    assert from_environment({}).session_hours == 12
    with pytest.raises(WrongUseError, match=told):
        from_environment({name: value})
