"""What a study file may say of a feed that is pulled."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from safety.feeds.fhir import sample as fhir
from safety.feeds.redcap import sample as redcap
from safety.study.feeds import Feed
from safety.study.pull import Pull
from tests.feeds.served import feed

URL = "https://host.example.org/fhir"


def told(content):
    with pytest.raises(ValidationError) as caught:
        Feed.model_validate(content)
    return str(caught.value)


def clinic(**pull):
    settings = fhir.pull_settings(URL).model_dump(mode="json") | pull
    return feed("ehr", "fhir", fhir.domains("T1"), Pull.model_construct()) | {"pull": settings}


@pytest.mark.parametrize("sample", [fhir, redcap])
def test_a_feed_is_the_same_after_it_was_written(sample):
    kind = "fhir" if sample is fhir else "redcap"
    given = Feed.model_validate(feed("x", kind, sample.domains("T1"), sample.pull_settings(URL)))
    assert Feed.model_validate(given.model_dump(mode="json")) == given


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/fhir", "http://localhost/", URL])
def test_an_address_that_may_be_asked(url):
    assert fhir.pull_settings(url).url == url


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"url": "http://host.example.org/fhir"}, "travel by https only"),
        ({"url": "http://127.0.0.1.example.org/"}, "travel by https only"),
        ({"url": "file:///etc/passwd"}, "write host and path alone"),
        ({"url": "ftp://host.example.org/"}, "travel by https only"),
        ({"url": "https://jo:secret@host.example.org/"}, "put it into the connection"),
        ({"url": "https://host.example.org/?x=1"}, "write host and path alone"),
        ({"url": "https://[bad/"}, "is no address"),
        ({"connection": "a b"}, "should match pattern"),
        ({"full_every": "36h"}, "write whole days"),
        ({"timeout": 0}, "greater than or equal to 1"),
        ({"server_timezone": "Mars/Olympus"}, "is not a time zone"),
        ({"server_timezone": "Asia/Shanghai"}, "server_timezone does not belong to kind fhir"),
        ({"subject_system": None}, "a Patient.id is no subject id"),
        ({"password": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_a_setting_that_cannot_be(change, says):
    assert says in told(clinic(**change))


def test_what_a_pulled_feed_has_to_be():
    assert "only fhir and redcap are" in told(
        {"id": "x", "kind": "sdtm_folder", "path": "f/{day}", "delivers": "changes",
         "domains": {"DM": {"record": "subject", "key": ["USUBJID"]}}, "pull": clinic()["pull"]}
    )  # fmt: skip
    assert "delivers changes, into a path" in told(clinic() | {"delivers": "snapshot"})
    centre = feed("edc", "redcap", redcap.domains("T1"), redcap.pull_settings(URL))
    centre["pull"]["server_timezone"] = None
    assert "say the server_timezone" in told(centre)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"key": ["USUBJID"]}, "write key: [ID]"),
        ({"updated": None}, "write key: [ID]"),
        ({"deleted": None}, "write key: [ID]"),
        ({"groups": []}, "name its groups"),
        ({"groups": ["Condition"]}, "Condition is not pulled; only AdverseEvent"),
    ],
)
def test_a_domain_of_a_pulled_feed(change, says):
    content = clinic()
    content["domains"]["AE"] = content["domains"]["AE"] | change
    assert says in told(content)
