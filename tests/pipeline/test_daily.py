"""Daily deliveries of several feeds: what is held, used and said, and the same end by any way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from safety.errors import HeldDeliveryError
from tests import build, daily, databases, delivery, prepared
from tests.daily import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, count, deliver, findings, run, values

pytestmark = pytest.mark.xdist_group("daily")  # what they share is made once
FIRST = count("3.1", "2024-03-10T09:00", day="2024-03-10T20:30:00")
SECOND = count("3.0", "2024-03-16T09:00", "R2", "2024-03-16")


@pytest.fixture
def used(tmp_path):
    return daily.settings(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home after the run of Monday, and its summary. Only to be read."""
    home = tmp_path_factory.mktemp("monday")
    deliver(home, MONDAY, [FIRST])
    yield home, run(daily.settings(home), MONDAY)
    databases.forget(home)


@pytest.fixture
def begun(first, tmp_path):
    """Settings of a copy of that home."""
    return daily.settings(prepared.copied(first[0], tmp_path))


def test_corrections_and_deletions_of_changes(db_url, used, tmp_path) -> None:
    assert used.db_url == db_url  # on each kind of database
    deliver(tmp_path, MONDAY, [FIRST, SECOND])
    summary = run(used, MONDAY)
    assert values(used) == {"R1": 3.1, "R2": 3.0}
    assert findings(used) == {}
    assert summary["feeds"] == [
        {"feed": name, "newest": MONDAY, "held": []} for name in ("edc", "lab", "diary")
    ]
    deliver(tmp_path, TUESDAY, [
        count("0.4", "2024-04-02T09:00", status="C"),
        count("3.0", "2024-04-02T10:00", "R2", "2024-03-16", "X"),
        SECOND,
    ])  # fmt: skip
    summary = run(used, TUESDAY)
    assert values(used) == {"R1": 0.4}
    assert summary["by_domain"]["LB"] == {
        "received": 5, "accepted": 1, "quarantined": 0, "duplicates": 0, "superseded": 3,
        "deleted": 1,
    }  # fmt: skip
    files = daily.files(used)
    assert files[f"{MONDAY}/lb.csv"] == ("used", 2, 0, 0, 0, 2, 0)
    assert files[f"{TUESDAY}/lb.csv"] == ("used", 3, 1, 0, 0, 1, 1)
    assert files[f"{MONDAY}/dm.csv"] == ("superseded", 1, 0, 0, 0, 1, 0)
    store, shot = delivery.snapshot(used)
    row = store.frame("measurement", shot.cut, paramcd="NEUT").iloc[0]
    assert (row["SRCFILE"], row["SRCROW"]) == (f"{TUESDAY}/lb.csv", 1)


def test_a_held_file_does_not_stop_the_others(begun, tmp_path) -> None:
    folder = deliver(tmp_path, TUESDAY, [SECOND])
    (folder / "edc" / "ae.csv").write_bytes(b"STUDYID,USUBJID\nT1")
    summary = run(begun, TUESDAY)
    assert values(begun) == {"R1": 3.1, "R2": 3.0}
    assert summary["by_domain"]["AE"]["accepted"] == 1
    reason = "line 2 has 1 fields, the header has 2"
    assert findings(begun) == {
        f"IN-002 {TUESDAY}/ae.csv": (
            "fault 51",
            f"{TUESDAY}/ae.csv is held: {reason}. {MONDAY}/ae.csv stays in use.",
        ),
    }
    assert summary["feeds"][0]["held"] == [
        {"file": f"{TUESDAY}/ae.csv", "domain": "AE", "since": TUESDAY,
         "reason": f"{reason} (fault 51)"}
    ]  # fmt: skip
    table = delivery.snapshot(begun)[0].deliveries("T1").drop_duplicates("SEQ")
    newest = table.drop_duplicates("FEED").set_index("FEED")
    assert newest["STATUS"].to_dict() == {"edc": "held", "lab": "published", "diary": "published"}
    assert newest.loc["edc", "REASON"] == f"{TUESDAY}/ae.csv: {reason} (fault 51)"
    assert daily.files(begun)[f"{TUESDAY}/ae.csv"] == ("held", 0, 0, 0, 0, 0, 0)
    deliver(tmp_path, WEDNESDAY)
    summary = run(begun, WEDNESDAY)
    assert findings(begun) == {}
    assert summary["feeds"][0]["held"] == []


def test_no_usable_file_of_a_domain_that_is_needed_holds_the_run(used, tmp_path) -> None:
    folder = deliver(tmp_path, MONDAY, [FIRST])
    (folder / "edc" / "vs.csv").write_bytes(b"")
    with pytest.raises(HeldDeliveryError, match="no file for VS that can be used"):
        run(used, MONDAY)
    assert list(used.work.iterdir()) == []
    rows = databases.rows(used.db_url, "SELECT feed, day, status FROM delivery")
    assert rows == [("edc", MONDAY, "held")]
    deliver(tmp_path, TUESDAY)
    assert run(used, TUESDAY)["rows"]["accepted"] == 9


def test_a_late_feed_and_a_day_that_is_skipped(used, tmp_path) -> None:
    deliver(tmp_path, MONDAY, [FIRST])
    deliver(tmp_path, WEDNESDAY)
    run(used, WEDNESDAY)
    assert findings(used) == {
        f"IN-004 {MONDAY}": ("fault 53", f"lab: the newest delivery is of {MONDAY}.")
    }
    run(used, THURSDAY)
    assert len(findings(used)) == 1  # the others delivered yesterday


def test_two_values_of_one_time_are_rejected_and_told(used, tmp_path) -> None:
    deliver(tmp_path, MONDAY, [FIRST, SECOND])
    deliver(tmp_path, TUESDAY, [count("0.2", "2024-03-10T09:00")])
    summary = run(used, TUESDAY)
    assert values(used) == {"R2": 3.0}
    assert summary["by_domain"]["LB"]["quarantined"] == 2
    store, shot = delivery.snapshot(used)
    held = store.frame("quarantine", shot.cut)
    assert sorted(held["SRCFILE"]) == [f"{MONDAY}/lb.csv", f"{TUESDAY}/lb.csv"]
    assert daily.files(used)[f"{TUESDAY}/lb.csv"] == ("used", 1, 0, 1, 0, 0, 0)


def test_two_versions_in_a_whole_extract(tmp_path) -> None:
    used = daily.settings(tmp_path, daily.feeds(AE={"updated": "AEUPD"}))
    event = build.event("1", "1", AEDECOD="Fatigue", AEUPD="2024-03-10T09:00")
    worse = event | {"AETOXGR": "2", "AEUPD": "2024-03-11T09:00"}
    deliver(tmp_path, MONDAY, [FIRST], ae=[worse, event])
    summary = run(used, MONDAY)
    assert summary["by_domain"]["AE"]["superseded"] == 1
    store, shot = delivery.snapshot(used)
    assert store.frame("adverse_event", shot.cut)["AETOXGR"].tolist() == ["2"]
    rows = store.frame("finding_row", shot.cut, checkid="IN-007")
    assert rows[["RECORD", "FILE", "SRCROW"]].values.tolist() == [
        ["AE|S1|1", f"{MONDAY}/ae.csv", 1]
    ]
    assert findings(used, "IN-007")[f"IN-007 {MONDAY}/ae.csv"][0] == "fault 3"


def test_a_laboratory_file_that_is_only_a_header(used, tmp_path) -> None:
    file = deliver(tmp_path, MONDAY, [FIRST]) / "lab" / "lb.csv"
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    summary = run(used, MONDAY)
    assert summary["by_domain"]["LB"] == {
        "received": 0, "accepted": 0, "quarantined": 0, "duplicates": 0, "superseded": 0,
        "deleted": 0,
    }  # fmt: skip
    deliver(tmp_path, TUESDAY, [FIRST])
    run(used, TUESDAY)
    assert values(used) == {"R1": 3.1}


def test_a_laboratory_file_of_which_every_row_is_taken_back(used, tmp_path) -> None:
    deliver(tmp_path, MONDAY, [count("0.3", "2024-03-11T08:00", status="X")])
    summary = run(used, MONDAY)
    assert summary["by_domain"]["LB"] == {
        "received": 1, "accepted": 0, "quarantined": 0, "duplicates": 0, "superseded": 0,
        "deleted": 1,
    }  # fmt: skip
    assert values(used) == {}


def test_times_with_an_offset_are_those_of_the_site(used, tmp_path) -> None:
    deliver(tmp_path, MONDAY, [FIRST | {"LBDTC": "2024-03-10T20:30:00Z"}])
    run(used, MONDAY)
    store, shot = delivery.snapshot(used)
    row = store.frame("measurement", shot.cut, paramcd="NEUT").iloc[0]
    assert (row["ADTC"], row["ADTMIN"], row["ADTMAX"]) == (
        "2024-03-11T04:30:00", "2024-03-11", "2024-03-11",
    )  # fmt: skip
    finding = store.frame("finding", shot.cut, checkid="IN-009").iloc[0]
    assert (finding["STATUS"], finding["CITATION"], finding["NOTE"]) == (
        "pass", "fault 16", "1 times have an offset; they were told in the study's time zone",
    )  # fmt: skip


def test_times_of_the_site_are_left_as_they_are(first) -> None:
    store, shot = delivery.snapshot(daily.settings(first[0]))
    row = store.frame("measurement", shot.cut, paramcd="NEUT").iloc[0]
    assert (row["ADTC"], row["ADTMIN"]) == ("2024-03-10T20:30:00", "2024-03-10")
    assert store.frame("finding", shot.cut, checkid="IN-009").empty


def test_new_columns_strange_names_and_unused_files_are_told(begun, tmp_path) -> None:
    folder = deliver(tmp_path, TUESDAY, [], dm=[build.subject(ARMCD="L1", RACE="X")])
    (folder.parent / "old").mkdir()
    (folder / "edc" / "notes.txt").write_text("read me", "utf-8")
    run(begun, TUESDAY)
    found = findings(begun)
    assert found["IN-006 " + f"{TUESDAY}/dm.csv"] == (
        "fault 51", f"{TUESDAY}/dm.csv has RACE besides; no field is read from a new column.",
    )  # fmt: skip
    assert found["IN-008 old"] == ("fault 51", "not used: old")
    assert found[f"IN-001 {TUESDAY}/notes.txt"][1] == f"kept, not used: {TUESDAY}/notes.txt"


def test_running_again_changes_nothing(first, begun) -> None:
    again = run(begun, MONDAY)
    assert (again["snapshot_id"], again["changed"]) == (first[1]["snapshot_id"], False)
    assert len(delivery.snapshot(begun)[0].snapshots("T1")) == 1


def test_a_delivery_that_vanishes_is_not_forgotten(begun, tmp_path) -> None:
    deliver(tmp_path, TUESDAY, [SECOND])
    shutil.rmtree(tmp_path / "feeds" / "t1" / MONDAY / "lab")
    with pytest.raises(HeldDeliveryError, match=f"{MONDAY}/lb.csv came before and is gone"):
        run(begun, TUESDAY)


def test_days_after_as_of_do_not_count(first, begun, tmp_path) -> None:
    deliver(tmp_path, TUESDAY, [SECOND])
    assert run(begun, MONDAY)["snapshot_id"] == first[1]["snapshot_id"]


def _four_days(home: Path) -> None:
    """Corrections, a deletion, a held file, an old file again and a skipped feed."""
    deliver(home, MONDAY, [FIRST, SECOND])
    folder = deliver(home, TUESDAY, [count("0.4", "2024-04-02T09:00", status="C")])
    (folder / "edc" / "ae.csv").write_bytes(b"")
    deliver(home, WEDNESDAY, None, ae=[build.event("1", "3", AEDECOD="Nausea")])
    last = deliver(home, THURSDAY, [count("3.0", "2024-04-04T10:00", "R2", "2024-03-16", "X")])
    shutil.copy(home / "feeds" / "t1" / MONDAY / "edc" / "ae.csv", last / "edc" / "ae.csv")


def test_a_split_of_runs_ends_the_same(tmp_path_factory) -> None:
    ends = []
    for days in ([], [MONDAY, WEDNESDAY]):
        home = tmp_path_factory.mktemp("split")
        used = daily.settings(home)
        _four_days(home)
        for day in days:
            run(used, day)
        end = run(used, THURSDAY)
        ends.append((end["result_hash"], end["snapshot_id"], end["rows"], daily.files(used)))
    assert ends[0] == ends[1]
    assert values(used) == {"R1": 0.4}
    for status, received, *parts in ends[0][3].values():
        assert received == sum(parts)
        assert (status == "held") <= (received == 0)


def test_changes_that_are_overwritten_stop_the_run(begun, tmp_path) -> None:
    folder = deliver(tmp_path, MONDAY, [SECOND])
    told = f"{MONDAY}/lb.csv was used before and was overwritten by other bytes"
    with pytest.raises(HeldDeliveryError, match=told):
        run(begun, MONDAY)
    assert values(begun) == {"R1": 3.1}
    (folder / "lab" / "lb.csv").rename(folder / "lab" / "lb_2.csv")
    deliver(tmp_path, MONDAY, [FIRST])
    run(begun, MONDAY)
    assert values(begun) == {"R1": 3.1, "R2": 3.0}
    assert findings(begun) == {}


def test_a_whole_extract_may_be_exported_again_on_its_day_only(begun, tmp_path) -> None:
    deliver(tmp_path, MONDAY, [FIRST], ae=[build.event("1", "3", AEDECOD="Nausea")])
    first = run(begun, MONDAY)
    told = (
        "section 2, out of order",
        f"{MONDAY}/ae.csv was used with other bytes before it was overwritten.",
    )
    assert findings(begun) == {f"IN-010 {MONDAY}/ae.csv": told}
    assert run(begun, MONDAY)["snapshot_id"] == first["snapshot_id"]
    deliver(tmp_path, TUESDAY, [SECOND])
    run(begun, TUESDAY)
    assert findings(begun) == {}
    deliver(tmp_path, MONDAY, [FIRST], ae=[build.event("1", "4", AEDECOD="Nausea")])
    with pytest.raises(HeldDeliveryError, match=f"{MONDAY}/ae.csv was used before and was"):
        run(begun, TUESDAY)


def test_a_held_file_of_changes_may_be_replaced(used, tmp_path) -> None:
    folder = deliver(tmp_path, MONDAY, [FIRST])
    (folder / "lab" / "lb.csv").write_bytes(b"")
    run(used, MONDAY)
    deliver(tmp_path, MONDAY, [FIRST])
    run(used, MONDAY)
    assert values(used) == {"R1": 3.1}
    assert findings(used) == {}
