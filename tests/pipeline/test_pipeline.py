"""The steps on a small delivery: accounting, re-running, new deliveries, alarms of held rows."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from safety import pipeline
from safety.alerts import ledger
from safety.errors import HeldDeliveryError, WrongUseError
from safety.workspace import Workspace
from tests import build, databases, delivery, prepared

pytestmark = pytest.mark.xdist_group("pipeline")  # what they share is made once


@pytest.fixture
def used(tmp_path):
    return delivery.settings(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home after the first run of an uneventful delivery, and its summary. Only to be read."""
    home = tmp_path_factory.mktemp("first")
    delivery.write(home, delivery.rows())
    yield home, delivery.run(delivery.settings(home))
    databases.forget(home)


@pytest.fixture
def begun(first, tmp_path):
    """Settings of a copy of that home."""
    return delivery.settings(prepared.copied(first[0], tmp_path))


def counts(used) -> dict[str, int]:
    """Rows of every table, straight from the database."""
    return databases.sizes(used.db_url)


def test_an_uneventful_delivery_is_published(first):
    summary = first[1]
    assert summary["rows"] == {
        "received": 6, "accepted": 6, "quarantined": 0, "duplicates": 0, "superseded": 0,
        "deleted": 0,
    }  # fmt: skip
    assert summary["subjects"] == 1
    assert summary["treated"] == 1
    assert summary["grades"] == {"0": 4}  # ALT twice, fever and hypothermia once
    assert summary["not_gradable"] == {}
    assert summary["candidates"] == {}
    assert summary["new_alerts"] == 0


def test_running_again_changes_nothing(first, begun):
    before = counts(begun)
    second = delivery.run(begun)
    assert second["snapshot_id"] == first[1]["snapshot_id"]
    assert second["result_hash"] == first[1]["result_hash"]
    assert second["changed"] is False
    assert counts(begun) == before


LOW = {"LBORNRLO": "125", "LBORNRHI": "350"}
# Laboratory rows of one delivery; all but the last subject are in DM.
ODD_ROWS = {
    "COPIES": [build.measurement()] * 3,
    "TWOVALUES": [build.measurement(value="30"), build.measurement(value="300")],
    "LOWUNIT": [build.measurement(), build.measurement("PLAT", "20", "zorkmids", **LOW)],
    "NORMALUNIT": [
        build.measurement("K", "4.1", "zorkmids", LBORNRLO="3.5", LBORNRHI="5.3"),
    ],
    "STRANGER": [build.measurement()],
}  # fmt: skip


def odd_rows(*in_dm: str):
    cases = {who: delivery.rows(lb=lb) for who, lb in ODD_ROWS.items() if who in in_dm}
    others = {who: {"lb": lb} for who, lb in ODD_ROWS.items() if who not in in_dm}
    return prepared.together(cases | others)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A home after a run of odd rows and a file too many, and its summary. Only to be read."""
    home = tmp_path_factory.mktemp("odd")
    folder = delivery.write(home, odd_rows("COPIES", "TWOVALUES", "LOWUNIT", "NORMALUNIT"))
    (folder / "lb2.csv").write_text("read me", encoding="utf-8")
    yield home, delivery.run(delivery.settings(home))
    databases.forget(home)


@pytest.fixture
def of_subject(odd):
    """How to read the frame of a subject."""
    store, shot = delivery.snapshot(delivery.settings(odd[0]))

    def read(name: str, subject: str):
        frame = store.frame(name, shot.cut)
        return frame[frame["USUBJID"].eq(subject)]

    return read


def test_every_odd_row_is_accounted_for(odd):
    assert odd[1]["by_domain"]["LB"] == {
        "received": 9,
        "accepted": 2,
        "quarantined": 5,
        "duplicates": 2,
        "superseded": 0,
        "deleted": 0,
    }


def test_exact_copies_are_kept_once(of_subject):
    lab = of_subject("measurement", "COPIES")
    assert lab["PARAMCD"].tolist().count("ALT") == 1
    assert of_subject("quarantine", "COPIES").empty


def test_one_key_with_two_values_holds_both_rows(of_subject):
    assert len(of_subject("quarantine", "TWOVALUES")) == 2
    assert "ALT" not in set(of_subject("measurement", "TWOVALUES")["PARAMCD"])


def test_a_subject_not_in_dm_is_held_and_released_when_it_arrives(odd, of_subject, tmp_path):
    held = of_subject("quarantine", "STRANGER")
    assert held[["CHECKS", "SRCFILE", "SRCROW"]].values.tolist() == [["ME-002", "lb.csv", 9]]
    assert '"LBORRES": "30"' in held["RAW"].item()
    used = delivery.settings(prepared.copied(odd[0], tmp_path))
    delivery.write(tmp_path, odd_rows(*ODD_ROWS))
    assert delivery.run(used)["by_domain"]["LB"]["quarantined"] == 4
    store, shot = delivery.snapshot(used)
    assert "STRANGER" not in set(store.frame("quarantine", shot.cut)["USUBJID"])


def test_a_unit_nobody_knows_is_held_but_alarms(odd, of_subject):
    assert of_subject("quarantine", "LOWUNIT")["SRCROW"].tolist() == [7]
    alerts = delivery.snapshot(delivery.settings(odd[0]))[0].alerts("T1").set_index("USUBJID")
    alert = alerts.loc["LOWUNIT"]
    assert (alert["RULE"], alert["TIER"], alert["VERIFIED"], alert["SENT"]) == ("HELD4", "P2", 0, 1)
    assert "20 zorkmids" in alert["BODY"]


def test_a_normal_value_in_an_unknown_unit_stays_silent(odd, of_subject):
    assert of_subject("quarantine", "NORMALUNIT")["SRCROW"].tolist() == [8]
    alerts = delivery.snapshot(delivery.settings(odd[0]))[0].alerts("T1")
    told = alerts[["USUBJID", "RULE", "EPISODE"]].values.tolist()
    assert [(who, rule) for who, rule, _ in told] == [
        ("LOWUNIT", "HELD4"), ("TWOVALUES", "HELD4"), ("", "DATA"),
    ]  # fmt: skip
    assert told[2][2].startswith("ME-003")  # that one key has two values


def test_a_new_grade_4_makes_one_alert_and_one_message(db_url, used, tmp_path):
    assert used.db_url == db_url  # on each kind of database
    low = build.measurement("PLAT", "20", "10^9/L", LBORNRLO="125", LBORNRHI="350")
    later = low | {"LBDTC": "2024-03-12", "VISITNUM": "2", "LBORRES": "18"}
    delivery.write(tmp_path, delivery.rows(lb=[low, later]))
    summary = delivery.run(used)
    assert summary["grades"]["4"] == 2
    alerts = delivery.snapshot(used)[0].alerts("T1")
    assert sorted(alerts["RULE"]) == ["DLT", "GRADE4"]  # one episode, and a candidate in the window
    assert counts(used)["outbox"] == 2
    assert len(list((tmp_path / "alerts").glob("*.eml"))) == 2


def test_a_correction_writes_only_the_difference(begun, tmp_path):
    delivery.write(
        tmp_path,
        delivery.rows(
            lb=[
                build.measurement(day="2024-02-28", VISITNUM="0", VISIT="SCREENING"),
                build.measurement(day="2024-03-10", value="500"),
            ]
        ),
    )
    summary = delivery.run(begun)
    # the value and its grade are replaced, an episode is new, the worst grade is replaced, and the
    # verdict asks why no event was reported, for which a query is drafted
    assert summary["written"] == {
        "measurement": 1, "grade": 1, "episode": 1, "worst_grade": 1, "verdict": 1, "query": 1,
    }  # fmt: skip
    assert summary["grades"] == {"0": 3, "3": 1}  # 500 is 12.5 x ULN
    store, newest = delivery.snapshot(begun)
    oldest = store.snapshots("T1")[-1]
    then = store.frame("grade", oldest.cut)
    now = store.frame("grade", newest.cut)
    assert then["ATOXGR"].max() == 0
    assert now["ATOXGR"].max() == 3


def test_a_later_as_of_is_another_snapshot_with_the_same_rows(first, begun):
    second = delivery.run(begun, date(2024, 5, 1))
    assert second["snapshot_id"] != first[1]["snapshot_id"]
    assert second["result_hash"] == first[1]["result_hash"]
    assert second["written"] == {}


def test_the_same_data_give_the_same_result_whatever_the_row_order(first, begun, tmp_path):
    delivery.write(tmp_path, delivery.rows(lb=delivery.rows()["lb"][::-1]))
    second = delivery.run(begun)
    assert second["snapshot_id"] != first[1]["snapshot_id"]  # other bytes, another delivery
    assert second["result_hash"] == first[1]["result_hash"]
    assert second["written"] == {}


def test_a_step_needs_the_one_before(used, tmp_path):
    delivery.write(tmp_path, delivery.rows())
    snapshot_id = pipeline.land(used, "t1", delivery.AS_OF, now=delivery.NOW)
    with pytest.raises(Exception, match="no subject: the step that makes it has not run"):
        pipeline.grade(used, snapshot_id)
    with pytest.raises(WrongUseError, match="no run abc: land the delivery first"):
        pipeline.grade(used, "abc")


def test_a_delivery_that_cannot_be_read_is_held_and_the_old_snapshot_stays(first, begun, tmp_path):
    folder = delivery.write(tmp_path, delivery.rows())
    (folder / "lb.csv").write_bytes(b"")
    for _ in range(2):  # a second try is recorded once
        with pytest.raises(HeldDeliveryError, match=r"lb\.csv: the file is empty"):
            delivery.run(begun)
    store, shot = delivery.snapshot(begun)
    assert shot.snapshot_id == first[1]["snapshot_id"]
    deliveries = store.deliveries("T1").drop_duplicates("SEQ")
    assert list(deliveries["STATUS"]) == ["held", "published"]
    assert "the file is empty" in deliveries["REASON"].iloc[0]


def test_unused_files_are_kept_and_said(odd):
    store, shot = delivery.snapshot(delivery.settings(odd[0]))
    table = store.deliveries("T1").set_index("NAME")
    assert table.loc["lb2.csv", "DOMAIN"] == ""
    assert table.loc["lb.csv", "DOMAIN"] == "LB"
    finding = store.frame("finding", shot.cut, checkid="IN-001").iloc[0]
    assert (finding["STATUS"], finding["NOTE"]) == ("fail", "kept, not used: lb2.csv")


def test_what_cannot_be_landed_is_recorded_as_held(begun, tmp_path):
    folder = delivery.write(tmp_path, delivery.rows())
    (folder / "sub").mkdir()
    with pytest.raises(HeldDeliveryError, match="sub: it is not a regular file"):
        delivery.run(begun)
    newest = delivery.snapshot(begun)[0].deliveries("T1").iloc[0]
    assert (newest["STATUS"], newest["REASON"][:4]) == ("held", "sub:")
    (folder / "sub").rmdir()
    delivery.run(begun)  # the good delivery came again: the feed is no longer held
    assert delivery.snapshot(begun)[0].deliveries("T1").iloc[0]["STATUS"] == "published"


def test_a_held_delivery_that_comes_again_too_late_does_not_rewrite_history(begun, tmp_path):
    second = build.measurement(value="31")
    folder = delivery.write(tmp_path, delivery.rows(lb=[second]))
    (folder / "ex.csv").unlink()
    with pytest.raises(HeldDeliveryError, match="no file for EX"):
        delivery.run(begun)
    delivery.write(tmp_path, delivery.rows(lb=[build.measurement(value="32")]))
    delivery.run(begun)
    folder = delivery.write(tmp_path, delivery.rows(lb=[second]))
    (folder / "ex.csv").unlink()
    with pytest.raises(HeldDeliveryError, match="delivery 3 has replaced them"):
        delivery.run(begun)


def test_the_same_bytes_read_by_another_mapping_are_another_snapshot(first, begun):
    study = begun.studies / "t1.yaml"
    content = yaml.safe_load(study.read_text(encoding="utf-8"))
    content["feeds"][0]["domains"]["LB"]["columns"] = {
        "AVALC": "LBORNRHI", "AVALU": "LBORRESU", "ANRLOC": "", "ANRHIC": "",
    }  # fmt: skip
    study.write_text(yaml.safe_dump(content), encoding="utf-8")
    second = delivery.run(begun)
    assert second["snapshot_id"] != first[1]["snapshot_id"]
    store, newest = delivery.snapshot(begun)
    oldest = store.snapshots("T1")[-1]
    values = [store.frame("measurement", s.cut, paramcd="ALT")["AVAL"].tolist()
              for s in (oldest, newest)]  # fmt: skip
    assert values == [[30.0, 30.0], [40.0, 40.0]]


def test_an_as_of_before_the_newest_snapshot_is_refused(begun):
    with pytest.raises(WrongUseError, match="lies before the newest snapshot"):
        delivery.run(begun, date(2024, 3, 5))


@pytest.mark.parametrize(
    "changes",
    [
        {"lb": [build.measurement("NEUT", "0.2", None)], "vs": [build.sign("HEIGHT", "170", "cm")]},
        {"lb": [build.measurement("NOSUCH")], "vs": [build.sign("HEIGHT", "170", "cm")]},
    ],
)
def test_a_delivery_without_a_single_grade_is_published(used, tmp_path, changes):
    delivery.write(tmp_path, delivery.rows(**changes))
    assert delivery.run(used)["grades"] == {}


def test_yesterdays_file_after_todays_is_refused(begun, tmp_path):
    delivery.write(tmp_path, delivery.rows(lb=[build.measurement(value="31")]))
    newest = delivery.run(begun)
    delivery.write(tmp_path, delivery.rows())
    before = counts(begun)
    for as_of in (delivery.AS_OF, date(2024, 5, 1)):
        with pytest.raises(HeldDeliveryError, match="delivery 2 has replaced them since"):
            delivery.run(begun, as_of)
    assert counts(begun) == before
    assert delivery.snapshot(begun)[1].snapshot_id == newest["snapshot_id"]


def test_a_kill_right_after_publishing_leaves_nothing_to_mend(used, tmp_path, monkeypatch):
    delivery.write(tmp_path, delivery.rows())
    monkeypatch.setattr(Workspace, "remove", lambda _: None)  # as if killed before tidying up
    first = delivery.run(used)
    assert list(used.work.iterdir()) != []
    monkeypatch.undo()
    again = delivery.run(used)
    assert again["snapshot_id"] == first["snapshot_id"]
    assert again["changed"] is False
    assert list(used.work.iterdir()) == []


def test_a_failed_publication_leaves_the_database_as_it_was(begun, tmp_path, monkeypatch):
    before = counts(begun)
    low = build.measurement("PLAT", "20", "10^9/L", LBORNRLO="125", LBORNRHI="350")
    delivery.write(tmp_path, delivery.rows(lb=[low]))

    def fail(*_args, **_options):
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "add", fail)  # the last write of the transaction
        with pytest.raises(OSError, match="disk full"):
            delivery.run(begun)
    assert counts(begun) == before
    assert delivery.run(begun)["new_alerts"] == 2
