"""Secrets: where they are looked for, and that they are repeated nowhere."""

from __future__ import annotations

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


def test_a_secret_is_not_shown():
    found = Secret("jo", "s3cr3t")
    assert "s3cr3t" not in repr(found)
    assert found.hidden("x s3cr3t y") == "x *** y"
