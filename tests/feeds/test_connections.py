"""Secrets: where they are looked for, and that they are repeated nowhere."""

from __future__ import annotations

import json

import pytest

from safety.errors import WrongUseError
from safety.feeds.connections import Secret, secret


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://jo:pa%2Fss%40@ehr.example.org/fhir", ("jo", "pa/ss@", "ehr.example.org")),
        ("https://:t0ken@", ("", "t0ken", "")),
        ('{"login": "jo", "password": "p", "host": "https://ehr.example.org"}',
         ("jo", "p", "ehr.example.org")),
        ('{"password": "t0ken", "host": "ehr.example.org", "conn_type": "http"}',
         ("", "t0ken", "ehr.example.org")),
    ],
)  # fmt: skip
def test_both_forms_of_a_variable(text, expected):
    for variable in ("TOXWATCH_CONNECTION_EHR", "AIRFLOW_CONN_EHR"):
        found = secret("ehr", environ={variable: text})
        assert (found.login, found.password, found.host) == expected


def test_the_order_of_places():
    environ = {"TOXWATCH_CONNECTION_EHR": "x://:two@", "AIRFLOW_CONN_EHR": "x://:three@"}
    assert secret("ehr", lambda _: Secret(password="one"), environ).password == "one"
    assert secret("ehr", lambda _: None, environ).password == "two"
    assert secret("ehr", None, {"AIRFLOW_CONN_EHR": "x://:three@"}).password == "three"


def test_a_connection_that_is_nowhere():
    with pytest.raises(WrongUseError, match="there is no connection ehr"):
        secret("ehr", environ={})


@pytest.mark.parametrize(
    "text", ["s3cr3t", "{s3cr3t", '["s3cr3t"]', "http://s3cr3t@[", "{}", "{1}"]
)
def test_an_unreadable_variable_is_not_repeated(text):
    with pytest.raises(WrongUseError, match="TOXWATCH_CONNECTION_EHR cannot be read") as caught:
        secret("ehr", environ={"TOXWATCH_CONNECTION_EHR": text})
    assert "s3cr3t" not in str(caught.value)


def test_spaces_around_a_secret_are_no_part_of_it():
    for text in ('{"password": " t0ken\\n", "login": "jo "}', "x://jo%20:t0ken%0A@"):
        found = secret("ehr", environ={"TOXWATCH_CONNECTION_EHR": text})
        assert (found.login, found.password) == ("jo", "t0ken")


@pytest.mark.parametrize("word", ["s3cr\n3t", "s3cr\x003t", "s3crét", "s3cr\u20283t"])
def test_a_secret_that_cannot_be_sent_is_refused_and_not_repeated(word):
    given = json.dumps({"password": word})
    with pytest.raises(WrongUseError) as caught:
        secret("ehr", environ={"TOXWATCH_CONNECTION_EHR": given})
    assert str(caught.value) == (
        "TOXWATCH_CONNECTION_EHR: login or password holds a character that cannot be sent, as a "
        "line break or one that is not ASCII. Enter it again."
    )
    with pytest.raises(WrongUseError, match="connection ehr: login or password holds"):
        secret("ehr", lambda _: Secret(word, "t0ken"))


def test_a_password_of_spaces_is_none():
    with pytest.raises(WrongUseError, match="cannot be read"):
        secret("ehr", environ={"TOXWATCH_CONNECTION_EHR": '{"password": " "}'})


def test_a_secret_is_not_shown():
    found = Secret("jo", "s3cr3t")
    assert "s3cr3t" not in repr(found)
    assert found.hidden("x s3cr3t y") == "x *** y"
