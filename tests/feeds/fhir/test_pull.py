"""Pulling from a FHIR server that speaks the real protocol."""

from __future__ import annotations

from datetime import timedelta

import pytest

from safety.feeds.fhir import sample
from tests.feeds import served
from tests.feeds.fhir.server import FhirServer
from tests.feeds.served import NOW, TODAY, TOKEN

LATER = "2024-03-25T07:00:00.500Z"


@pytest.fixture
def server():
    with served.serving(FhirServer(), "/fhir") as running:
        yield running


@pytest.fixture
def used(server, tmp_path):
    pull = sample.pull_settings(server.url, page_size=2)
    return served.settings(tmp_path, "fhir", sample.domains("T1"), pull)


def counts(found):
    return found.error, found.lines, found.removed, found.full, found.file


def test_the_first_pull_brings_everything_page_by_page(server, used):
    found = served.pull(used)
    assert counts(found) == ("", 9, 0, True, f"{TODAY}/pull_001.ndjson")
    assert found.left_out == {}
    head, *lines = served.lines(used, found.file)
    assert head["records"] == 9
    assert head["cursor"] == {
        "AdverseEvent": "2024-03-11T01:00:00Z",
        "MedicationAdministration": "2024-03-11T01:00:00Z",
        "Observation:laboratory": "2024-03-11T01:00:00Z",
        "Observation:vital-signs": "2024-03-11T01:00:00Z",
    }
    assert {(n["group"], n["id"], n["subject"]) for n in lines} == {
        ("Patient", "p1", "S1"), ("Patient", "p2", "S2"),
        ("MedicationAdministration", "m1", "S1"), ("MedicationAdministration", "m2", "S2"),
        ("Observation:laboratory", "o1", "S1"), ("Observation:laboratory", "o2", "S1"),
        ("Observation:laboratory", "o3", "S2"), ("Observation:vital-signs", "b1", "S1"),
        ("AdverseEvent", "a1", "S1"),
    }  # fmt: skip
    assert sum("_offset" in a for a in server.asked) == 1  # three laboratory results, two a page


def test_a_later_pull_brings_only_what_is_new(server, used):
    served.pull(used)
    server.asked.clear()
    assert counts(served.pull(used)) == ("", 0, 0, False, "")
    asked = {a["path"]: a.get("_lastUpdated", "all") for a in server.asked}
    assert asked == {
        "/fhir/Patient": "all", "/fhir/AdverseEvent": "all",
        "/fhir/Observation": "ge2024-03-11T00:00:00Z",
        "/fhir/MedicationAdministration": "ge2024-03-11T00:00:00Z",
    }  # fmt: skip
    server.put(
        sample.laboratory("o4", "p2", "751-8", "0.9", "2024-03-17T09:00:00+08:00")
        | {"meta": {"lastUpdated": LATER}}
    )
    found = served.pull(used)
    assert counts(found) == ("", 1, 0, False, f"{TODAY}/pull_002.ndjson")
    assert [n["id"] for n in served.lines(used, found.file)[1:]] == ["o4"]


def test_a_day_on_which_nothing_is_new_still_has_a_file(server, used):
    served.pull(used)
    found = served.pull(used, NOW + timedelta(days=1))
    assert counts(found) == ("", 0, 0, False, "2024-03-26/pull_001.ndjson")
    head, *lines = served.lines(used, found.file)
    assert lines == []
    assert head["cursor"]["Observation:laboratory"] == "2024-03-11T01:00:00Z"
    assert head["full"] == "2024-03-25T06:00:00Z"


def test_everything_is_asked_for_again_after_a_week(server, used):
    served.pull(used)
    del server.resources["Observation/o1"]  # deleted without a trace
    assert counts(served.pull(used, NOW + timedelta(days=6)))[1:4] == (0, 0, False)
    found = served.pull(used, NOW + timedelta(days=7))
    assert counts(found)[1:4] == (0, 1, True)
    (line,) = served.lines(used, found.file)[1:]
    assert (line["id"], line["content"], line["subject"]) == ("o1", None, "S1")


def test_what_is_entered_in_error_takes_its_parts_with_it(server, used):
    served.pull(used)
    gone = sample.blood_pressure("b1", "p1", "1", "1") | {
        "status": "entered-in-error", "meta": {"lastUpdated": LATER},
    }  # fmt: skip
    del gone["component"]  # as servers do
    server.put(gone)
    found = served.pull(used)
    assert counts(found)[1:4] == (1, 2, False)
    told = [(n["part"], n["updated"]) for n in served.lines(used, found.file)[1:]]
    when = "2024-03-25T07:00:00Z"
    assert told == [("", when), ("#8462-4", when), ("#8480-6", when)]
    assert counts(served.pull(used))[1:3] == (0, 0)  # known by now, though asked for again


def test_a_deleted_event_is_seen_at_the_next_pull_and_believed_when_it_comes_back(server, used):
    served.pull(used)
    event = server.resources.pop("AdverseEvent/a1")
    found = served.pull(used)
    assert counts(found)[1:4] == (0, 1, False)
    assert served.lines(used, found.file)[1]["updated"] == "2024-03-25T06:00:00Z"
    server.resources["AdverseEvent/a1"] = event
    found = served.pull(used)
    assert counts(found)[1:3] == (1, 0)
    # later than its removal, though the server says the old time of change
    assert served.lines(used, found.file)[1]["updated"] == "2024-03-25T06:00:01Z"


def test_a_new_subject_makes_it_ask_for_all_that_was_said_of_them_before(server, used):
    served.pull(used)
    server.put(sample.laboratory("o9", "p3", "751-8", "0.3", "2024-03-09T09:00:00+08:00"))
    assert counts(served.pull(used))[1] == 0  # of nobody in the trial
    server.put(sample.patient("p3", "S3") | {"meta": {"lastUpdated": LATER}})
    found = served.pull(used)
    assert counts(found)[1:4] == (2, 0, True)
    assert {(n["id"], n["subject"]) for n in served.lines(used, found.file)[1:]} == {
        ("p3", "S3"), ("o9", "S3"),
    }  # fmt: skip


def test_a_corrected_identifier_moves_every_row(server, used):
    served.pull(used)
    server.put(sample.patient("p2", "S22") | {"meta": {"lastUpdated": LATER}})
    found = served.pull(used)
    assert counts(found)[1:3] == (3, 0)
    assert {(n["id"], n["subject"]) for n in served.lines(used, found.file)[1:]} == {
        ("p2", "S22"), ("m2", "S22"), ("o3", "S22"),
    }  # fmt: skip


def test_two_identifiers_of_the_system_are_no_subject_id(server, used):
    two = [{"system": sample.SYSTEM, "value": v} for v in ("S1", "S7")]
    server.put(sample.patient("p1", "", identifier=two))
    found = served.pull(used)
    subjects = {n["id"]: n["subject"] for n in served.lines(used, found.file)[1:]}
    assert (subjects["p1"], subjects["o2"], subjects["o3"]) == ("", "", "S2")


def test_a_subject_who_vanishes_is_not_believed_until_somebody_says_so(server, used):
    served.pull(used)
    del server.resources["Patient/p1"]
    found = served.pull(used)
    assert found.error == (
        "feed ehr: of 1 subjects nothing is left (S1) at the source; nothing was written, what "
        'came before stays in use. If it is right, pull with --accept-removals "who: why".'
    )
    found = served.pull(used, full=True, accepted="DM: withdrew consent")
    assert counts(found)[:4] == ("", 0, 7, True)
    assert served.lines(used, found.file)[0]["accepted"] == "DM: withdrew consent"


def test_many_rows_that_vanish_are_not_believed(server, used):
    for n in range(10):
        server.put(sample.laboratory(f"n{n}", "p2", "1742-6", "20", "2024-03-09T09:00:00Z"))
    served.pull(used)
    for n in range(4):
        del server.resources[f"Observation/n{n}"]
    assert counts(served.pull(used, full=True))[:3] == ("", 0, 4)
    for n in range(4, 9):
        del server.resources[f"Observation/n{n}"]
    error = served.pull(used, full=True).error
    assert error.startswith("feed ehr: 5 of 9 of Observation:laboratory are gone at the source;")


def test_near_misses_and_results_that_are_not_there_yet_are_counted(server, used):
    server.put(sample.event("a2", "p1", "4", actuality="potential"))
    waiting = sample.laboratory("o5", "p1", "751-8", "1", "2024-03-10", status="registered")
    del waiting["valueQuantity"]
    server.put(waiting)
    found = served.pull(used)
    assert found.lines == 9
    assert found.left_out == {
        "AdverseEvent that did not happen (actuality potential)": 1,
        "Observation registered, without a result yet": 1,
    }


def test_no_name_birth_date_or_foreign_identifier_reaches_the_disk(server, used):
    server.outcomes = [
        {"resourceType": "OperationOutcome", "issue": [
            {"severity": "warning", "code": "informational", "diagnostics": "index is being built"},
        ]},
    ]  # fmt: skip
    found = served.pull(used)
    assert found.notes[0] == "informational index is being built"
    files = [p for p in used.home.rglob("*") if p.is_file()]
    names = sorted(path.name for path in files if path.name != "toxwatch.db")
    assert names == ["pull_001.ndjson", "pull_T1_ehr", "t1.yaml"]
    for path in files:
        content = path.read_bytes()
        assert not [
            w for w in (b"Exampleson", b"1964", b"555-0100", b"MRN", TOKEN.encode()) if w in content
        ]
