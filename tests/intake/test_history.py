"""What becomes of the files of a daily feed: each rule fires and stays silent."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from safety.intake import deliveries, findings, fitness
from safety.intake.history import Standing, of_feed, open_, used
from safety.settings import from_environment
from safety.study.feeds import Domain, Feed

ZONE = "Asia/Shanghai"
DM = {"record": "subject", "key": ["USUBJID"]}
AE = {"record": "adverse_event", "key": ["USUBJID", "AESEQ"], "declares": {"AECTCV": "5.0"}}
LB = {"record": "measurement", "key": ["USUBJID", "LBREFID"], "updated": "LBUPDTC"}


def feed(delivers: str = "snapshot", **changes: Any) -> Feed:
    return Feed.model_validate(
        {"id": "edc", "kind": "sdtm_folder", "path": "in/{day}", "delivers": delivers,
         "domains": {"DM": DM, "AE": AE, "LB": LB}} | changes
    )  # fmt: skip


def table(columns: str, *rows: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([columns.split(), *(r.split() for r in rows)])
    return out.getvalue().encode()


def dm(n: int = 2, columns: str = "STUDYID USUBJID SEX") -> bytes:
    width = len(columns.split()) - 2
    return table(columns, *(f"T1 S{i}" + " F" * width for i in range(1, n + 1)))


def ae(n: int = 1, start: str = "2024-03-05", version: str = "5.0") -> bytes:
    return table(
        "STUDYID USUBJID AESEQ AETERM AESTDTC AECTCV",
        *(f"T1 S1 {i} Nausea {start} {version}" for i in range(1, n + 1)),
    )


def extract(made: str, n: int = 2) -> bytes:
    """A DM of Dataset-JSON that says when it was made."""
    columns = [{"name": c} for c in ("STUDYID", "USUBJID", "SEX")]
    head = {"datasetJSONVersion": "1.1.0", "datasetJSONCreationDateTime": made, "name": "DM",
            "records": n, "columns": columns}  # fmt: skip
    return json.dumps(head | {"rows": [["T1", f"S{i}", "F"] for i in range(n)]}).encode()


def stand(home: Path, given: Feed, days: dict[int, dict[str, bytes]]) -> dict[str, list[Standing]]:
    """Deliver files by day of March 2024 and return what became of them."""
    for day, files in days.items():
        folder = home / "in" / f"2024-03-{day:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    settings = from_environment({"TOXWATCH_HOME": str(home)})
    place = deliveries.folder(given, settings)
    received = deliveries.receive(given, place, settings, date(2024, 3, 31))
    found = of_feed(received, given, settings.evidence, ZONE)
    return {name: list(s) for name, s in found.items()}


def told(standings: list[Standing]) -> list[tuple[str, str]]:
    return [(s.name.removeprefix("2024-03-"), s.status) for s in standings]


def test_the_newest_file_of_a_domain_is_current(tmp_path) -> None:
    found = stand(tmp_path, feed(), {1: {"dm.csv": dm()}, 2: {"dm.csv": dm(3)}})["DM"]
    assert told(found) == [("01/dm.csv", "superseded"), ("02/dm.csv", "used")]
    assert found[0].reason == "replaced by 2024-03-02/dm.csv"
    assert [s.name for s in used(found)] == ["2024-03-02/dm.csv"]


def test_a_column_that_the_study_does_not_use_may_come_and_go(tmp_path) -> None:
    more = dm(2, "STUDYID USUBJID XNOTE")
    found = stand(tmp_path, feed(), {1: {"dm.csv": more}, 2: {"dm.csv": dm(2)}})["DM"]
    assert told(found) == [("01/dm.csv", "superseded"), ("02/dm.csv", "used")]


BAD = {
    "empty": (b"", "the file is empty (fault 51)"),
    "truncated": (dm(2)[:-4], "line 3 has 2 fields, the header has 3 (fault 51)"),
    "no end": (dm(2).rstrip(), "the file is truncated: its last line has no end (fault 51)"),
    "encoding": (dm(2).replace(b"F", "男".encode("gb18030")), "the file is not UTF-8 (byte "),
    "garbled": (dm(2).replace(b"F", "µmol".encode().decode("gb18030").encode()),
                "its text was garbled by a wrong encoding (fault 51)"),
    "required": (dm(2, "STUDYID SUBJ SEX"), "column USUBJID is missing (fault 51)"),
    "renamed": (dm(2, "STUDYID USUBJID GENDER"),
                "column SEX was there before and is gone (fault 51)"),
    "subjects": (dm(1), "1 subjects instead of 2 (fault 52)"),
    "no rows": (dm(0), "0 rows instead of 2 (fault 52)"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_used_is_held_and_the_last_one_stays(
    tmp_path, content, reason
) -> None:
    days = {1: {"dm.csv": dm()}, 2: {"dm.csv": content}}
    found = stand(tmp_path, feed(), days)["DM"]
    assert told(found) == [("01/dm.csv", "used"), ("02/dm.csv", "held")]
    assert found[1].reason.startswith(reason)
    assert open_(found, feed(), "held") == [found[1]]


def test_a_held_file_no_longer_matters_when_a_good_one_has_come(tmp_path) -> None:
    days = {1: {"dm.csv": dm()}, 2: {"dm.csv": b""}, 3: {"dm.csv": dm(3)}}
    found = stand(tmp_path, feed(), days)["DM"]
    assert told(found) == [
        ("01/dm.csv", "superseded"),
        ("02/dm.csv", "held"),
        ("03/dm.csv", "used"),
    ]
    assert open_(found, feed(), "held") == []


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [(25, 20, "used"), (25, 19, "held"), (19, 1, "used"), (19, 0, "held"), (0, 0, "used"),
     (20, 15, "held"), (20, 16, "used")],
)  # fmt: skip
def test_a_fifth_of_the_rows_may_go(tmp_path, before, after, status) -> None:
    found = stand(tmp_path, feed(), {1: {"ae.csv": ae(before)}, 2: {"ae.csv": ae(after)}})["AE"]
    assert found[1].status == status
    if status == "held":
        assert found[1].reason == f"{after} rows instead of {before} (fault 52)"


def test_a_released_file_is_used(tmp_path) -> None:
    released = feed(released=["2024-03-02/ae.csv"])
    found = stand(tmp_path, released, {1: {"ae.csv": ae(25)}, 2: {"ae.csv": ae(2)}})["AE"]
    assert told(found) == [("01/ae.csv", "superseded"), ("02/ae.csv", "used")]


def test_what_cannot_be_read_cannot_be_released(tmp_path) -> None:
    released = feed(released=["2024-03-02/ae.csv"])
    found = stand(tmp_path, released, {1: {"ae.csv": ae()}, 2: {"ae.csv": b""}})["AE"]
    assert found[1].status == "held"


@pytest.mark.parametrize(
    ("version", "status"), [("5.0", "used"), ("4.03", "held"), ("", "held"), ("5", "held")]
)
def test_what_a_domain_declares_must_stand_in_every_row(tmp_path, version, status) -> None:
    content = ae(1) + ae(1, version=version).split(b"\r\n", 1)[1].replace(b"Nausea", b"Pain")
    if not version:
        content = content.replace(b"2024-03-05\r\n", b"2024-03-05,\r\n")
    (found,) = stand(tmp_path, feed(), {1: {"ae.csv": content}})["AE"]
    assert found.status == status
    if status == "held":
        assert found.reason == f"AECTCV says {version!r}, the study says '5.0' (fault 37)"


@pytest.mark.parametrize(
    ("start", "status"), [("2024-03-05", "used"), ("03/04/2024", "held"), ("05.03.2024", "held"),
                          ("2024-03", "used")]
)  # fmt: skip
def test_a_format_that_two_readers_read_differently_is_held(tmp_path, start, status) -> None:
    (found,) = stand(tmp_path, feed(), {1: {"ae.csv": ae(3, start)}})["AE"]
    assert found.status == status
    if status == "held":
        assert found.reason == "most dates of AESTDTC are of a format as 03/04/2024 (fault 9)"


def test_a_few_such_dates_are_left_to_the_checks_of_rows(tmp_path) -> None:
    content = ae(3).replace(b"2024-03-05", b"03/04/2024", 1)
    (found,) = stand(tmp_path, feed(), {1: {"ae.csv": content}})["AE"]
    assert found.status == "used"


def test_a_new_column_is_used_and_told(tmp_path) -> None:
    days = {1: {"dm.csv": dm()}, 2: {"dm.csv": dm(2, "STUDYID USUBJID SEX RACE")}}
    found = stand(tmp_path, feed(), days)["DM"]
    assert (found[1].status, found[1].added) == ("used", ("RACE",))
    assert found[0].added == ()


def test_an_old_extract_that_comes_late_is_kept_and_not_current(tmp_path) -> None:
    days = {1: {"dm.json": extract("2024-03-01T20:00:00")},
            2: {"dm.json": extract("2024-03-02T20:00:00", 3)},
            3: {"dm.json": extract("2024-03-01T22:00:00")}}  # fmt: skip
    found = stand(tmp_path, feed(), days)["DM"]
    assert told(found) == [
        ("01/dm.json", "superseded"), ("02/dm.json", "used"), ("03/dm.json", "late"),
    ]  # fmt: skip
    assert open_(found, feed(), "late") == [found[2]]
    days = {4: {"dm.json": extract("2024-03-04T20:00:00", 3)}}
    assert open_(stand(tmp_path, feed(), days)["DM"], feed(), "late") == []


def test_an_offset_in_the_stamp_counts(tmp_path) -> None:
    days = {2: {"dm.json": extract("2024-03-02T20:00:00", 3)},
            3: {"dm.json": extract("2024-03-02T13:00:00+00:00", 4)}}  # fmt: skip
    assert stand(tmp_path, feed(), days)["DM"][1].status == "used"  # 21:00 at the site


def test_a_stamp_of_the_future_is_not_believed(tmp_path) -> None:
    days = {
        1: {"dm.json": extract("2099-01-01T00:00:00")},
        2: {"dm.json": extract("2024-03-02", 3)},
    }
    found = stand(tmp_path, feed(), days)["DM"]
    assert [s.status for s in found] == ["superseded", "used"]


def test_bytes_that_came_before_are_no_news(tmp_path) -> None:
    days = {1: {"dm.csv": dm()}, 2: {"dm.csv": dm(3)}, 3: {"dm.csv": dm()}}
    found = stand(tmp_path, feed(), days)["DM"]
    assert found[2].status == "late"
    assert found[2].known


def test_the_same_file_again_stays_current(tmp_path) -> None:
    found = stand(tmp_path, feed(), {1: {"dm.csv": dm()}, 2: {"dm.csv": dm()}})["DM"]
    assert [s.status for s in found] == ["superseded", "used"]


def test_a_name_ends_at_its_first_underscore(tmp_path) -> None:
    days = {1: {"dm_20240301.csv": dm(), "notes_dm.csv": dm(), "dm.txt": dm()}}
    assert told(stand(tmp_path, feed(), days)["DM"]) == [("01/dm_20240301.csv", "used")]


CHANGES = table("STUDYID USUBJID LBREFID LBTESTCD LBORRES LBORRESU LBDTC LBUPDTC",
                "T1 S1 R1 NEUT 2.0 10^9/L 2024-03-01 2024-03-01T10:00")  # fmt: skip


def test_every_file_of_changes_counts_however_short(tmp_path) -> None:
    days = {n: {f"lb_{n}.csv": CHANGES.replace(b"R1", f"R{n}".encode())} for n in (1, 2)}
    days[3] = {"lb_3.csv": CHANGES.split(b"\n", maxsplit=1)[0] + b"\n"}
    found = stand(tmp_path, feed("changes"), days)["LB"]
    assert [s.status for s in found] == ["used"] * 3


def test_held_changes_stay_open_until_they_come_again(tmp_path) -> None:
    days = {1: {"lb_1.csv": b""}, 2: {"lb_2.csv": CHANGES}}
    found = stand(tmp_path, feed("changes"), days)["LB"]
    assert open_(found, feed("changes"), "held") == [found[0]]
    again = stand(tmp_path, feed("changes"), {3: {"lb_1.csv": CHANGES}})["LB"]
    assert open_(again, feed("changes"), "held") == []
    assert again[0].reason == "the file is empty (fault 51); delivered again as 2024-03-03/lb_1.csv"


def test_a_name_of_every_day_makes_nothing_good(tmp_path) -> None:
    days = {1: {"lb.csv": b""}, 2: {"lb.csv": CHANGES}}
    found = stand(tmp_path, feed("changes"), days)["LB"]
    assert open_(found, feed("changes"), "held") == [found[0]]


def test_a_day_costs_only_its_new_files(tmp_path, monkeypatch) -> None:
    stand(tmp_path, feed(), {1: {"dm.csv": dm()}, 2: {"dm.csv": dm(3)}})
    read: list[str] = []
    load = fitness.reader.load
    monkeypatch.setattr(
        fitness.reader, "load", lambda *args: (read.append(args[1]), load(*args))[1]
    )
    stand(tmp_path, feed(), {3: {"dm.csv": dm(4)}})
    assert read == ["2024-03-03/dm.csv"]


def test_names_that_are_no_day_and_files_that_are_none(tmp_path) -> None:
    given = feed()
    stand(tmp_path, given, {1: {"dm.csv": dm()}})
    place = tmp_path / "in"
    for name in ("2024-02-30", "20240302", "old"):
        (place / name).mkdir()
    (place / "2024-03-05").write_text("a file", "utf-8")
    (place / "2024-04-30").mkdir()  # after as_of: not looked at
    (place / "2024-03-01" / "sub").mkdir()
    (place / "2024-03-01" / "ae.csv").symlink_to("/etc/hostname")
    settings = from_environment({"TOXWATCH_HOME": str(tmp_path)})
    (found,) = deliveries.receive(given, place, settings, date(2024, 3, 31))
    assert [f.name for f in found.files] == ["2024-03-01/dm.csv"]
    assert sorted(found.strange) == [
        "2024-02-30", "2024-03-01/ae.csv: it is not a regular file",
        "2024-03-01/sub: it is not a regular file", "2024-03-05", "20240302", "old",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("late_after", "as_of", "fails"),
    [("1d", 1, False), ("1d", 2, False), ("1d", 3, True), ("1d", 9, True),
     ("0d", 1, False), ("0d", 2, True), ("3d", 4, False), ("3d", 5, True)],
)  # fmt: skip
def test_a_feed_that_is_silent_for_longer_than_it_may_is_late(
    tmp_path, late_after, as_of, fails
) -> None:
    given = feed(late_after=late_after)
    found = stand(tmp_path, given, {1: {"dm.csv": dm()}})
    told_ = findings.of_files(given, found, ["2024-03-01"], [], date(2024, 3, as_of))
    (late,) = [f for f in told_ if f.citation == "fault 53"]
    assert (late.status == "fail") is fails


def test_a_domain_that_is_left_out_is_late(tmp_path) -> None:
    days = {1: {"dm.csv": dm(), "ae.csv": ae()}, 2: {"dm.csv": dm()}, 3: {"dm.csv": dm()}}
    found = stand(tmp_path, feed(), days)
    told_ = findings.of_files(feed(), found, ["2024-03-01", "2024-03-03"], [], date(2024, 3, 3))
    (late,) = [f for f in told_ if f.citation == "fault 53"]
    assert (late.domain, late.file) == ("AE", "2024-03-01/ae.csv")


def test_domain_names_what_it_needs() -> None:
    domain = Domain.model_validate(LB | {"deleted": {"column": "LBRESSTA", "values": ["x"]}})
    assert domain.deleted is not None
    assert domain.deleted.values == ["X"]
