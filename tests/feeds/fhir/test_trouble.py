"""What a FHIR server may do wrong: the pull says so in words, and nothing is written."""

from __future__ import annotations

import json

import pytest

from safety.errors import PullError
from safety.feeds.connections import Secret
from safety.feeds.fhir import sample
from safety.feeds.http import Client
from tests.feeds import served
from tests.feeds.fhir.server import FhirServer
from tests.feeds.served import TOKEN

NOTHING = "Nothing was written; pull again later."


@pytest.fixture(scope="module")
def running():
    with served.serving(FhirServer(), "/fhir") as server:
        yield server


@pytest.fixture
def server(running):
    running.trouble.clear()
    running.next_link, running.outcomes, running.extra = "", [], 0
    return running


@pytest.fixture
def used(server, tmp_path):
    pull = sample.pull_settings(server.url, page_size=2)
    return served.settings(tmp_path, "fhir", sample.domains("T1"), pull)


def answer(status, content=b"{}", **headers):
    names = {n.replace("_", "-"): v for n, v in headers.items()}
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return status, names, body


def test_passing_faults_are_tried_again_as_long_after_as_the_server_says(server, used):
    server.trouble = [answer(429, Retry_After="60"), answer(503), answer(502),
                      answer(504, Retry_After="Mon, 25 Mar 2024 06:00:50 GMT")]  # fmt: skip
    waited = []
    assert served.pull(used, sleep=waited.append).lines == 9
    assert len(waited) == 4
    assert waited[0] == 60
    assert 0 <= waited[1] <= 30
    assert waited[3] >= 50


def test_a_server_that_stays_away_is_given_up(server, used):
    server.trouble = [answer(503)] * 5
    assert served.pull(used).error == f"feed ehr: the server answered 503, 5 times. {NOTHING}"
    assert not (used.home / "feeds").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(403), "the server refused the connection ehr (403)."),
        (answer(200, b"<html>"), "the server answered 200 with what is no JSON"),
        (answer(200, b"[" * 100_000), "with what is no JSON, or nested too deeply."),
        (answer(200, b"[" * 50 + b"]" * 50), "with what is no JSON, or nested too deeply."),
        (answer(200, b'{"x": 1e999999999}'), "with what is no JSON"),
        (answer(200, b'{"x": NaN}'), "with what is no JSON"),
        (answer(200, b"\xff\xfe"), "with what is no JSON"),
        (answer(200, {"resourceType": "Patient"}), "the answer is no Bundle of a search."),
        (answer(200, b"[]"), "the answer is no Bundle of a search."),
        (answer(200, b"{}", Content_Encoding="gzip"), "the server packs its answers unasked."),
        (answer(302, Location="https://other.example.org/"), "the server leads to another host."),
        (answer(302, Location="//other.example.org/x"), "the server leads to another host."),
        (answer(302, Location="http://[bad"), "the server leads to another host."),
        (
            answer(400, {"resourceType": "OperationOutcome", "issue": [
                {"severity": "error", "code": "invalid", "diagnostics": f"no {TOKEN} here"}]}),
            "the server answered 400: invalid no *** here.",
        ),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used(server, used, given, told):
    server.trouble = [given]
    error = served.pull(used).error
    assert told in error
    assert TOKEN not in error
    assert not (used.home / "feeds").exists()


@pytest.mark.parametrize(
    "link",
    ["https://evil.example.org/fhir?page=2", "http://127.0.0.1:1/fhir", "file:///etc/passwd",
     "//evil.example.org/", "http://127.0.0.1@evil.example.org/"],
)  # fmt: skip
def test_a_next_link_to_another_host_is_not_followed(server, used, link):
    server.next_link = link
    assert "the server leads to another host." in served.pull(used).error


def test_pages_in_a_circle_end(server, used):
    server.next_link = f"{server.url}/Observation?_count=1&subject=Patient/p1&category=laboratory"
    assert "its pages lead round in a circle." in served.pull(used).error


def test_a_search_that_failed_within_a_bundle_is_no_answer(server, used):
    server.outcomes = [
        {"resourceType": "OperationOutcome", "issue": [
            {"severity": "error", "code": "timeout", "details": {"text": "index down"}}]},
    ]  # fmt: skip
    assert "the search failed: timeout index down." in served.pull(used).error


def test_fewer_resources_than_the_server_says_it_has(server, used):
    server.extra = 3
    assert "it has 5 of Patient and gave 2." in served.pull(used).error


def test_a_page_that_repeats_one_of_the_page_before_is_searched_again_and_then_given_up(
    server, used
):
    server.next_link = f"{server.url}/Observation?_count=2&_offset=1&subject=Patient/p1,Patient/p2"
    server.next_link += "&category=laboratory"  # once more from the second of three
    server.asked.clear()
    assert served.pull(used).error == (
        "feed ehr: its pages gave one Observation twice, in each of 3 searches. Pull again, with "
        "a larger page_size; else ask who runs it."
    )
    assert sum("_offset" in asked for asked in server.asked) == 3
    assert not (used.home / "feeds").exists()


def test_a_resource_asked_for_by_its_id_is_that_one(server, used):
    served.pull(used)
    event = server.resources["AdverseEvent/a1"]
    server.unsearched = {"AdverseEvent/a1"}
    server.resources["AdverseEvent/a1"] = event | {"id": "other"}
    try:
        error = served.pull(used).error
    finally:
        server.resources["AdverseEvent/a1"], server.unsearched = event, set()
    assert error == (
        "feed ehr: asked for a AdverseEvent by its id, it answered 200 with something else. Ask "
        "who runs it."
    )


def test_an_answer_that_redirects_nowhere(server, used):
    server.trouble = [answer(302, b"")]
    assert "the server answered 302 with what is no JSON" in served.pull(used).error


@pytest.mark.parametrize(
    "error",
    [UnicodeEncodeError("ascii", TOKEN, 0, 1, TOKEN), KeyError(TOKEN),
     OSError(28, "No space left on device")],
)  # fmt: skip
def test_what_nobody_foresaw_stops_no_other_feed_and_repeats_nothing(server, tmp_path, error):
    pull, domains = sample.pull_settings(server.url), sample.domains("T1")
    used = served.settings_of(
        tmp_path,
        served.feed("broken", "fhir", {"DM": domains.pop("DM")},
                    pull.model_copy(update={"connection": "broken"})),
        served.feed("ehr", "fhir", domains, pull),
    )  # fmt: skip

    def resolver(name):
        if name == "broken":
            raise error
        return served.secret(name)

    first, second = served.pull_all(used, resolver=resolver)
    told = "OSError: No space left on device" if isinstance(error, OSError) else (
        type(error).__name__)  # fmt: skip
    assert first.error == f"feed broken: {told}. Nothing was written; tell who runs toxwatch."
    assert (second.error, second.lines) == ("", 9)


def test_a_secret_that_cannot_be_sent_is_told_without_it(server):
    with (
        Client("ehr", sample.pull_settings(server.url), Secret(password="s3crét")) as client,
        pytest.raises(PullError) as caught,
    ):
        client.get(server.url)
    assert str(caught.value) == (
        "feed ehr: the question cannot be written. Correct its address, login or token."
    )


def test_a_fault_of_the_protocol_does_not_quote_what_was_sent(server):
    secret = Secret(password="s3cr3t\n")  # not as `connections.secret` gives it
    pull = sample.pull_settings(server.url)
    with (
        Client("ehr", pull, secret, sleep=lambda _: None) as client,
        pytest.raises(PullError) as caught,
    ):
        client.get(server.url)
    assert str(caught.value) == f"feed ehr: no answer (LocalProtocolError), 5 times. {NOTHING}"


def test_a_pull_has_bounds(server, tmp_path):
    for change, told in (
        ({"max_pages": 2}, "more than 2 answers in one pull. Raise max_pages."),
        ({"max_mb": 1}, "more than 1 MB in one pull. Raise max_mb."),
    ):
        pull = sample.pull_settings(server.url, **change)
        used = served.settings(tmp_path, "fhir", sample.domains("T1"), pull)
        server.trouble = [answer(200, b" " * 1_000_001)] if "max_mb" in change else []
        assert served.pull(used).error == f"feed ehr: {told}"


def test_a_redirect_on_the_same_host_is_followed(server, used):
    server.trouble = [answer(307, Location=f"/fhir/Patient?_count=9&identifier={sample.SYSTEM}|")]
    assert served.pull(used).lines == 9


def test_a_login_is_sent_as_such_and_only_to_its_host(server, used):
    from base64 import b64encode

    seen = []
    whole = FhirServer.answer

    def answer(request):
        seen.append(request.headers["authorization"])
        request.headers.replace_header("authorization", f"Bearer {TOKEN}")
        return whole(server, request)

    server.answer = answer
    try:
        secret = Secret("jo", "pa:ss", "127.0.0.1")
        assert served.pull(used, resolver=lambda _: secret).lines == 9
    finally:
        del server.answer
    assert set(seen) == {"Basic " + b64encode(b"jo:pa:ss").decode()}
