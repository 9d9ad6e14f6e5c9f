"""Files that hold several domains: each domain has a life of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from safety.intake import deliveries
from safety.intake.current import Part
from safety.intake.history import Standing, of_feed
from safety.intake.records import combined
from safety.settings import from_environment
from safety.study.feeds import Feed
from tests.build import text_frame
from tests.feeds.test_odm_xml import AE, feed, group, item, odm

DM = {
    "record": "subject", "key": ["SubjectKey"], "groups": ["DM"],
    "columns": {"RFSTDTC": "DM.START"},
}  # fmt: skip


def both(delivers: str = "snapshot") -> Feed:
    return Feed.model_validate(feed(delivers).model_dump() | {"domains": {"DM": DM, "AE": AE}})


def subject() -> str:
    return group(item("DM.START", "2024-03-01")).replace("AE_LOG", "DM")


def stand(home: Path, given: Feed, days: dict[int, str]) -> dict[str, list[Standing]]:
    """Deliver a file a day of March 2024 and return what became of its domains."""
    for day, text in days.items():
        folder = home / "f" / f"2024-03-{day:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "export.xml").write_text(text, "utf-8")
    settings = from_environment({"TOXWATCH_HOME": str(home)})
    place = deliveries.folder(given, settings)
    received = deliveries.receive(given, place, settings, date(2024, 3, 31))
    found = of_feed(received, given, settings.evidence, "Asia/Shanghai")
    return {name: list(s) for name, s in found.items()}


def told(standings: list[Standing]) -> list[tuple[str, str, int]]:
    return [(s.name, s.status, s.receipt.facts.rows) for s in standings]


def extract(*groups: str, at: str = "2024-03-10T08:00:00") -> str:
    return odm(*groups, FileType="Snapshot", CreationDateTime=at)


def test_a_file_has_a_receipt_a_domain(tmp_path) -> None:
    found = stand(tmp_path, both(), {11: extract(subject(), group(), group(n=2))})
    assert told(found["DM"]) == [("2024-03-11/export.xml", "used", 1)]
    assert told(found["AE"]) == [("2024-03-11/export.xml", "used", 2)]


def test_one_domain_of_a_file_may_be_held_and_the_other_used(tmp_path) -> None:
    broken = group(item("AE.NAME", "Nausea") + item("AE.START", "2024-03-05"))
    days = {11: extract(subject(), group()),
            12: extract(subject(), broken, at="2024-03-12T08:00:00")}  # fmt: skip
    found = stand(tmp_path, both(), days)
    assert [status for _, status, _ in told(found["DM"])] == ["superseded", "used"]
    assert [status for _, status, _ in told(found["AE"])] == ["used", "held"]
    assert found["AE"][1].reason == "column AE.TERM is missing (fault 51)"


def test_a_file_that_cannot_be_read_holds_every_domain(tmp_path) -> None:
    days = {11: extract(subject(), group()), 12: extract(subject(), group())[:-20]}
    found = stand(tmp_path, both(), days)
    for name in ("DM", "AE"):
        assert [status for _, status, _ in told(found[name])] == ["used", "held"]
        assert "it is damaged or cut off" in found[name][1].reason


def test_changes_of_one_domain_alone_leave_the_other_as_it_is(tmp_path) -> None:
    days = {11: odm(subject(), group()), 12: odm(group(n=2))}
    found = stand(tmp_path, both("changes"), days)
    assert told(found["DM"]) == [
        ("2024-03-11/export.xml", "used", 1), ("2024-03-12/export.xml", "used", 0),
    ]  # fmt: skip
    assert [rows for _, _, rows in told(found["AE"])] == [1, 1]


@pytest.mark.parametrize(("kind", "revised"), [("sdtm_folder", (2,)), ("odm_xml", ())])
def test_two_versions_in_a_file_are_a_fault_but_in_a_log_of_changes(kind, revised) -> None:
    domain = {"record": "measurement", "key": ["LBREFID"], "updated": "UPD",
              "groups": ["LB"] if kind == "odm_xml" else []}  # fmt: skip
    columns = {"PARAMCD": "T", "AVALC": "R", "AVALU": "U", "ANRLOC": "", "ANRHIC": "", "ADTC": "D"}
    feed = Feed.model_validate(
        {"id": "lab", "kind": kind, "path": "f/{day}", "delivers": "changes",
         "domains": {"LB": domain | {"columns": columns}}}
    )  # fmt: skip
    row = {"STUDYID": "T1", "StudyOID": "T1", "USUBJID": "S1", "SubjectKey": "S1", "T": "ALT",
           "U": "U/L", "D": "2024-03-10", "LBREFID": "R1"}  # fmt: skip
    both = text_frame([row | {"R": "30", "UPD": "2024-03-10T09:00"},
                       row | {"R": "31", "UPD": "2024-03-10T10:00"}])  # fmt: skip
    found = combined([Part("lb.csv", both)], feed, "LB")
    assert (list(found.records["AVALC"]), found.revised) == (["31"], revised)
