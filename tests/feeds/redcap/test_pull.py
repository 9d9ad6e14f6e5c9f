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
    server.delete("S1", "dosing", "2024-03-25 13:30:00")
    found = served.pull(used)
    assert counts(found)[:3] == ("", 0, 1)
    gone = [(n["group"], n["id"], n["content"]) for n in served.lines(used, found.file)[1:]]
    assert gone == [("dosing", "S1//1", None)]


def test_all_rows_that_changed_records_had_of_an_instrument_do_not_go_unasked(server, used):
    # S2 has an event that is not asked about: of all events these are no more than two
    server.put(sample.event("S2", 1, "Rash", "1"))
    served.pull(used)
    server.delete("S1", "adverse_events", "2024-03-25 13:30:00")
    assert served.pull(used).error == (
        "feed ehr: 2 of 2 of adverse_events of the records asked for are gone at the source; "
        "nothing was written, what came before stays in use. "
        'If it is right, pull with --accept-removals "who: why".'
    )
    found = served.pull(used, accepted="DM: both were entered twice")
    assert counts(found)[:3] == ("", 0, 2)
    gone = [(n["group"], n["id"], n["content"]) for n in served.lines(used, found.file)[1:]]
    assert gone == [("adverse_events", "S1//1", None), ("adverse_events", "S1//2", None)]


@pytest.mark.parametrize(("deleted", "is_asked"), [(4, False), (5, True)])
def test_deletions_are_judged_beside_the_records_that_changed(server, used, deleted, is_asked):
    # of 42 events in all five are few; of the 8 of the record that changed they are not
    for n in range(1, 9):
        server.put(sample.event("S1", n, "Nausea", "1"))
    for n in range(1, 35):
        server.put(sample.event("S2", n, "Rash", "1"))
    served.pull(used)
    for n in range(1, deleted + 1):
        row = sample.repeated("S1", "adverse_events", n)
        server.put(row | {"adverse_events_complete": "0"}, "2024-03-25 13:30:00")
    found = served.pull(used)
    said = "feed ehr: 5 of 8 of adverse_events of the records asked for are gone at the source"
    assert found.error.startswith(said) == is_asked
    assert found.removed == (0 if is_asked else 4)


@pytest.mark.parametrize("full", [True, False])
def test_a_token_that_may_no_longer_export_an_instrument_deletes_nothing(server, used, full):
    served.pull(used)
    server.denied = {*sample.FIELDS["adverse_events"], "adverse_events_complete"}
    server.put(sample.count("S1", 3, "0.9", "2024-03-17"), "2024-03-25 13:30:00")
    assert served.pull(used, full=full).error == (
        "feed ehr: REDCap's answer lacks fields that were asked for: adverse_events (aeterm, "
        "aedecod, aetoxgr, aerel, aeser); nothing was written. Give the user of the token the "
        "right to export the whole instrument."
    )
    server.denied = set()
    assert counts(served.pull(used))[:3] == ("", 1, 0)


def test_a_project_without_records_lacks_no_fields(server, used):
    server.rows = []
    server.denied = {"aeterm"}
    assert counts(served.pull(used))[:3] == ("", 0, 0)


def test_a_checkbox_is_there_if_one_of_its_choices_is():
    form = source.Form("ae", ("aeterm", "why___1", "why____99"))
    source._require_fields(None, [{"aeterm": "", "why___1": "0"}], [form])


@pytest.mark.parametrize(
    ("validation", "text", "told"),
    [
        ("datetime_ymd", "2024-03-17 08:30", "2024-03-17T08:30"),
        ("datetime_seconds_dmy", "2024-03-17 08:30:15", "2024-03-17T08:30:15"),
        ("datetime_mdy", "2024-03-17", "2024-03-17"),
        ("datetime_ymd", "about 2024-03-17 08:30", "about 2024-03-17 08:30"),
        ("date_ymd", "2024-03-17", "2024-03-17"),
        ("", "2024-03-17 08:30", "2024-03-17 08:30"),  # a text that the project does not check
    ],
)
def test_a_date_with_its_time_is_told_as_iso_8601(server, used, validation, text, told):
    server.validations["lbdtc"] = validation
    server.put(sample.count("S1", 1, "3.6", text))
    found = served.pull(used)
    (line,) = [n for n in served.lines(used, found.file)[1:]
               if (n["group"], n["id"]) == ("laboratory", "S1//1")]  # fmt: skip
    assert line["content"]["fields"]["lbdtc"] == told


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
