"""Signing in at a provider of identities: who is bound comes in, whatever is forged does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests
from joserfc.jwk import RSAKey

from dashboards.access import cookies
from dashboards.app import create_app
from safety.accounts import people, sessions
from safety.settings import from_environment
from safety.signed import sign
from safety.store.engine import upgrade
from tests.dashboards import provider

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def identity():
    with provider.running() as found:
        yield found


@pytest.fixture
def used(tmp_path, monkeypatch, identity):
    secret = tmp_path / "client"
    secret.write_text(provider.SECRET + "\n", encoding="utf-8")
    for name, value in {
        "HOME": tmp_path, "OIDC_ISSUER": identity.url, "OIDC_CLIENT_ID": provider.CLIENT,
        "OIDC_CLIENT_SECRET_FILE": secret, "OIDC_NAME": "the hospital",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"TOXWATCH_{name}", str(value))
    monkeypatch.delenv("TOXWATCH_DB_URL", raising=False)
    settings = from_environment()
    upgrade(settings.db_url)
    signed = sign("Test", "monitor", NOW)
    account = people.create(settings, "a.wu", "A. Wu", signed)
    people.grant(settings, account.account_id, "T1", "monitor", signed)
    people.bind_oidc(settings, account.account_id, identity.url, "sub-1", signed)
    identity.subject, identity.claims, identity.signing = "sub-1", {}, None
    return settings


def comes_back(client, path: str = "/oidc/login?next=/decision?study=T1"):
    """Follow the way to the provider and back, as a browser does."""
    away = client.get(path)
    assert away.status_code == 302
    at_provider = requests.get(away.location, allow_redirects=False, timeout=5)
    back = at_provider.headers["Location"]
    return client.get(back.removeprefix("http://127.0.0.1:8050"))


def test_who_is_bound_comes_in(used, identity) -> None:
    client = create_app().server.test_client()
    assert "Sign in with the hospital" in client.get("/login").text
    answer = comes_back(client)
    assert answer.location == "/decision?study=T1"
    assert identity.asked["code_challenge_method"] == "S256"
    assert identity.asked["scope"] == "openid"
    token = client.get_cookie(cookies.name(used)).value
    found = sessions.find(used.db_url, token, datetime.now(UTC))
    assert (found.person.account.username, found.method) == ("a.wu", "oidc")


def test_for_a_signature_the_provider_is_to_ask_anew(used, identity) -> None:
    comes_back(create_app().server.test_client(), "/oidc/login?anew=1&next=/meeting")
    assert (identity.asked["prompt"], identity.asked["max_age"]) == ("login", "0")


def test_who_is_not_bound_does_not(used, identity) -> None:
    identity.subject = "sub-2"
    answer = comes_back(create_app().server.test_client())
    assert answer.status_code == 401
    assert "do not fit" in answer.text


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"nonce": "another"}, {"exp": 1},
     {"auth_time": "never"}],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_us_is_refused(used, identity, claims) -> None:
    identity.claims = claims
    answer = comes_back(create_app().server.test_client())
    assert (answer.status_code, answer.text) == (
        401, "The provider's answer cannot be used. Try to sign in again.\n",
    )  # fmt: skip


def test_a_token_of_another_key_is_refused(used, identity) -> None:
    identity.signing = RSAKey.generate_key(2048, {"kid": "k1"})
    assert comes_back(create_app().server.test_client()).status_code == 401


def test_an_answer_that_nobody_asked_for_is_refused(used) -> None:
    client = create_app().server.test_client()
    assert client.get("/oidc/back?code=the-code&state=forged").status_code == 401
