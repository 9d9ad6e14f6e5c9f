"""Pulling from a REDCap project that speaks the real protocol."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from safety.feeds.connections import Secret
from safety.feeds.pulled import Head, Known
from safety.feeds.redcap import sample, source
from tests.feeds import served
from tests.feeds.redcap.server import RedcapServer
from tests.feeds.served import NOW, TODAY, TOKEN


@pytest.fixture
def server():
    with served.serving(RedcapServer(), "/api/") as running:
        yield running


@pytest.fixture
def used(server, tmp_path):
    pull = sample.pull_settings(server.url, page_size=1)
    return served.settings(tmp_path, "redcap", sample.domains("T1"), pull)


def counts(found):
    return found.error, found.lines, found.removed, found.full, found.file


def test_the_first_pull_brings_flat_and_repeating_instruments(server, used):
    found = served.pull(used)
    assert counts(found) == ("", 8, 0, True, f"{TODAY}/pull_001.ndjson")
    assert found.left_out == {"fields that identify a person": 1}
    head, *lines = served.lines(used, found.file)
    assert head["cursor"] == {"record": "2024-03-25T06:00:00Z"}
    assert head["columns"]["demographics"] == ["sex", "age", "demographics_complete"]
    assert [(n["group"], n["id"]) for n in lines] == [
        ("demographics", "S1//"), ("dosing", "S1//1"), ("laboratory", "S1//1"),
        ("laboratory", "S1//2"), ("adverse_events", "S1//1"), ("adverse_events", "S1//2"),
        ("demographics", "S2//"), ("dosing", "S2//1"),
    ]  # fmt: skip
    assert lines[3]["content"]["fields"]["lborres"] == "0.40"
    # dictionary, names, all ids, and a page a record
    assert len(server.asked) == 5


def test_a_later_pull_asks_for_changed_records_by_the_servers_clocks(server, used):
    served.pull(used)
    server.asked.clear()
    assert counts(served.pull(used)) == ("", 0, 0, False, "")
    since = [a["dateRangeBegin"] for a in server.asked if "dateRangeBegin" in a]
    assert since == ["2024-03-25 13:00:00"]  # 06:00Z in Shanghai, an hour of overlap
    server.put(sample.count("S2", 1, "0.9", "2024-03-17"), "2024-03-25 13:30:00")
    found = served.pull(used)
    assert counts(found)[:3] == ("", 1, 0)
    assert served.lines(used, found.file)[1]["id"] == "S2//1"


def test_an_instance_that_was_deleted_is_seen_in_its_record(server, used):
    served.pull(used)
    server.delete("S1", "adverse_events", "2024-03-25 13:30:00")
    found = served.pull(used)
    assert counts(found)[:3] == ("", 0, 2)
    gone = [(n["group"], n["id"], n["content"]) for n in served.lines(used, found.file)[1:]]
    assert gone == [("adverse_events", "S1//1", None), ("adverse_events", "S1//2", None)]


def test_a_record_that_was_deleted_whole_is_asked_about(server, used):
    served.pull(used)
    server.delete("S2")
    assert served.pull(used).error.startswith("feed ehr: of 1 subjects nothing is left (S2)")
    found = served.pull(used, accepted="DM: record was a test")
    assert counts(found)[:3] == ("", 0, 2)


def test_an_instrument_that_was_emptied_is_gone(server, used):
    served.pull(used)
    row = sample.repeated("S1", "laboratory", 2)
    server.put(row | {"laboratory_complete": "0"}, "2024-03-25 13:30:00")
    found = served.pull(used)
    assert counts(found)[:3] == ("", 0, 1)


def test_what_identifies_a_person_is_neither_asked_for_nor_kept(server, used):
    served.pull(used)
    asked = {v for a in server.asked for k, v in a.items() if k.startswith("fields[")}
    assert "contact" not in asked
    assert "sex" in asked
    for path in (p for p in used.home.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert not [w for w in (b"Exampleson", b"555-0100", TOKEN.encode()) if w in content]


def test_a_record_id_that_identifies_a_person_is_refused(server, used):
    server.identifiers.add("record_id")
    assert "marks its record id as an identifier of a person" in served.pull(used).error


def test_an_instrument_that_the_project_lacks(server, tmp_path):
    domains = sample.domains("T1")
    domains["LB"]["groups"] = ["labs"]
    used = served.settings(tmp_path, "redcap", domains, sample.pull_settings(server.url))
    error = served.pull(used).error
    assert error == (
        "feed ehr: the project has no instrument labs. Correct `groups` in the study file."
    )


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (400, b'{"error": "bad filter"}', "REDCap answered 400 to metadata: bad filter."),
        (200, b'{"error": "odd"}', "REDCap answered 200 to metadata: odd."),
        (200, b"[1]", "REDCap's answer to metadata is no list of rows."),
        (200, b"[]", "the project has no fields."),
        (307, b"[]", "REDCap answered 307 to metadata: without a reason."),
    ],
)
def test_an_answer_that_cannot_be_used(server, used, status, content, told):
    server.trouble = [(status, {"Location": "https://other.example.org/"}, content)]
    assert told in served.pull(used).error
    assert [a["content"] for a in server.asked][1:] in ([], ["exportFieldNames"])


def test_a_wrong_token(server, used):
    error = served.pull(used, resolver=lambda _: Secret(password="wr0ng-token")).error
    assert error == (
        "feed ehr: the server refused the connection edc (403). Renew its password or token."
    )


def test_the_hour_that_comes_twice_is_asked_for_from_its_first_time():
    pull = sample.pull_settings("https://r.example.org/", server_timezone="America/New_York")
    known = Known(Head("e", "redcap", "", {"record": "2024-11-03T07:30:00Z"}))
    assert source._since(known, pull) == "2024-11-03 00:30:00"  # 01:30, for the second time
    known = Known(Head("e", "redcap", "", {"record": "2024-11-04T07:30:00Z"}))
    assert source._since(known, pull) == "2024-11-04 01:30:00"


def test_events_and_checkboxes_and_instruments_of_no_interest():
    form = source.Form("ae", ("aeterm", "why___1", "why___2", "ae_complete"))
    row = {"id": "S1", "redcap_event_name": "week_1_arm_1", "redcap_repeat_instrument": "",
           "redcap_repeat_instance": 3, "aeterm": " rash ", "why___1": "1", "why___2": "0",
           "other": "x"}  # fmt: skip
    (line,) = source._of_row(row, "id", [form])
    assert (line.id, line.content) == (
        "S1/week_1_arm_1/3", {"fields": {"aeterm": "rash", "why___1": "1", "why___2": "0"}},
    )  # fmt: skip
    assert list(source._of_row(row | {"redcap_repeat_instrument": "labs"}, "id", [form])) == []
    assert source.place(source.identity("S/1", "a b", "")) == ("S/1", "a b", "")


def test_a_connection_for_another_host_is_not_used(server, used):
    secret = Secret(password=TOKEN, host="redcap.example.org")
    assert "connection edc is for redcap.example.org" in (
        served.pull(used, resolver=lambda _: secret).error
    )
    assert server.asked == []


def test_a_first_pull_at_a_later_day_is_dated_by_the_server(server, used):
    server.clock = datetime(2024, 3, 25, 5, 59, tzinfo=UTC)
    found = served.pull(used, NOW + timedelta(minutes=3))
    assert served.lines(used, found.file)[1]["updated"] == "2024-03-25T05:59:00Z"
