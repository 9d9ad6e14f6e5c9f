"""What changes, or is dated wrongly, while a FHIR server is asked: nothing is lost by it."""

from __future__ import annotations

import pytest

from safety.feeds.fhir import sample
from tests.feeds import served
from tests.feeds.fhir.server import FhirServer
from tests.feeds.served import NOW, TODAY

FUTURE = "2062-01-01T00:00:00Z"
GROUP = "Observation:laboratory"


@pytest.fixture
def server():
    with served.serving(FhirServer(), "/fhir") as running:
        yield running


def settings(server, home, **changes):
    """Two results a page of three: o1 and o2, then o3."""
    pull = sample.pull_settings(server.url, page_size=2, **changes)
    return served.settings(home, "fhir", sample.domains("T1"), pull)


def date(server, name, updated):
    old = server.resources[name]
    server.resources[name] = old | {"meta": {"lastUpdated": updated, "versionId": "2"}}


def counts(found):
    return found.error, found.lines, found.removed, found.left_out, found.notes


def test_a_correction_between_two_pages_neither_hides_nor_removes_another_result(server, tmp_path):
    used = settings(server, tmp_path)
    server.between = [lambda: date(server, "Observation/o1", "2024-03-25T05:59:59Z")]
    first = served.pull(used)
    ids = {line["id"] for line in served.lines(used, first.file)[1:]}
    assert ids == {"p1", "p2", "m1", "m2", "o1", "o2", "o3", "b1", "a1"}
    server.asked.clear()
    server.between = [lambda: date(server, "Observation/o2", "2024-03-25T05:59:59Z")]
    assert counts(served.pull(used, full=True)) == ("", 1, 0, {}, [])  # o2 has a new date
    searches = [a for a in server.asked if a.get("category") == "laboratory"]
    assert [a.get("_offset", "0") for a in searches] == ["0", "2", "0", "2"]


def test_a_deletion_between_two_pages_hides_no_other_result(server, tmp_path):
    used = settings(server, tmp_path)
    server.between = [lambda: server.resources.pop("Observation/o1")]
    first = served.pull(used)
    ids = {line["id"] for line in served.lines(used, first.file)[1:]}
    assert ids == {"p1", "p2", "m1", "m2", "o2", "o3", "b1", "a1"}


@pytest.mark.parametrize(
    "name", ["Observation/o1", "AdverseEvent/a1", "Patient/p1", "MedicationAdministration/m2"]
)
def test_what_a_search_lacks_is_kept_if_it_is_there_by_its_id(server, tmp_path, name):
    used = settings(server, tmp_path)
    served.pull(used)
    server.unsearched = {name}
    assert counts(served.pull(used, full=True)) == ("", 0, 0, {}, [])
    assert f"/fhir/{name}" in {a["path"] for a in server.asked}
    del server.resources[name]
    found = served.pull(used, full=True, accepted="DM: deleted")
    assert found.removed == {"Patient/p1": 7}.get(name, 1)


def test_a_result_that_now_is_of_somebody_else_is_gone(server, tmp_path):
    used = settings(server, tmp_path)
    served.pull(used)
    moved = server.resources["Observation/o1"] | {"subject": sample.of("x9")}
    server.resources["Observation/o1"] = moved
    assert counts(served.pull(used, full=True)) == ("", 0, 1, {}, [])


def test_what_the_server_shows_nobody_by_its_id_is_gone_and_told(server, tmp_path):
    used = settings(server, tmp_path)
    served.pull(used)
    server.unsearched = server.refused = {"Observation/o1"}
    note = "1 of Observation that it gives no more are refused by their id: taken for gone"
    assert counts(served.pull(used, full=True)) == ("", 0, 1, {}, [note])


@pytest.mark.parametrize(("status", "removed"), [("final", 0), ("amended", 1)])
def test_what_the_study_file_no_longer_asks_for_is_gone(server, tmp_path, status, removed):
    server.resources["AdverseEvent/a1"]["status"] = "final"
    served.pull(settings(server, tmp_path))
    server.unsearched = {"AdverseEvent/a1"}
    used = settings(server, tmp_path, search={"AdverseEvent": {"status": status}})
    assert served.pull(used).removed == removed


def test_one_date_in_the_future_hides_nothing_that_comes_later(server, tmp_path):
    used = settings(server, tmp_path)
    date(server, "Observation/o1", FUTURE)
    found = served.pull(used)
    note = f"1 of {GROUP} have a meta.lastUpdated in the future, up to {FUTURE}: not used as cursor"
    assert found.notes == [note]
    head = served.lines(used, found.file)[0]
    assert head["cursor"][GROUP] == "2024-03-25T06:00:00Z"
    assert head["notes"] == [note]
    server.put(
        sample.laboratory("o4", "p2", "751-8", "0.2", "2024-03-25T09:00:00+08:00")
        | {"meta": {"lastUpdated": "2024-03-25T06:00:00Z"}}
    )
    assert counts(served.pull(used)) == ("", 1, 0, {}, [note])


def test_a_cursor_in_the_future_is_not_believed(server, tmp_path):
    used = settings(server, tmp_path)
    first = served.pull(used)
    path = used.home / "feeds" / "t1" / TODAY / "ehr" / first.file.partition("/")[2]
    text = path.read_text("utf-8")
    cursor = f'"{GROUP}":"2024-03-11T01:00:00Z"'
    assert text.count(cursor) == 1
    path.write_text(text.replace(cursor, f'"{GROUP}":"{FUTURE}"'), "utf-8")
    server.put(sample.laboratory("o4", "p2", "751-8", "0.2", "2024-03-25T09:00:00+08:00"))
    found = served.pull(used)
    assert counts(found) == ("", 1, 0, {}, [])
    assert served.lines(used, found.file)[0]["cursor"][GROUP] == "2024-03-11T01:00:00Z"


def test_a_full_pull_forgets_the_old_cursor(server, tmp_path):
    used = settings(server, tmp_path)
    date(server, "Observation/o1", "2024-03-20T00:00:00Z")
    first = served.pull(used)
    assert served.lines(used, first.file)[0]["cursor"][GROUP] == "2024-03-20T00:00:00Z"
    date(server, "Observation/o1", "2024-03-12T00:00:00Z")  # the wrong date was corrected
    second = served.pull(used, full=True)
    assert served.lines(used, second.file)[0]["cursor"][GROUP] == "2024-03-12T00:00:00Z"


def test_a_range_that_is_not_used_is_told(server, tmp_path):
    used = settings(server, tmp_path)
    narrow = [{"high": {"value": 6, "unit": "10*6/L"}}]
    server.put(server.resources["Observation/o1"] | {"referenceRange": narrow})
    assert served.pull(used, NOW).left_out == {
        f"reference range of {GROUP}: the range is in 10*6/L, the result in 10*9/L": 1,
    }
    withdrawn = {"status": "entered-in-error"}
    server.put(server.resources["Observation/o1"] | withdrawn)
    assert served.pull(used, full=True).left_out == {}


def test_more_than_can_be_asked_for_by_their_ids_need_a_person(server, tmp_path, monkeypatch):
    monkeypatch.setattr("safety.feeds.fhir.source.MOST_GONE", 1)
    monkeypatch.setattr("safety.pulling.MOST_GONE", 1)
    used = settings(server, tmp_path)
    server.put(sample.laboratory("o4", "p1", "751-8", "1", "2024-03-10"))
    served.pull(used)
    server.asked.clear()
    server.unsearched = {"Observation/o1", "Observation/o4"}
    error = served.pull(used, full=True).error
    assert error.startswith(f"feed ehr: 2 of 4 of {GROUP} are gone at the source;")
    assert not [a for a in server.asked if a["path"].count("/") > 2]
