"""What becomes of the files of a daily feed: each rule fires and stays silent."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from safety.intake import deliveries, findings, fitness
from safety.intake.history import Standing, of_feed, open_, since, used
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
    settings = from_environment({"TOXWATCH_HOME": str(home), "TOXWATCH_MAX_FILE_MB": "1"})
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
    [(25, 20, "used"), (25, 19, "held"), (19, 1, "held"), (19, 0, "held"), (0, 0, "used"),
     (20, 15, "held"), (20, 16, "used"), (6, 4, "used"), (6, 3, "held"), (1, 0, "held")],
)  # fmt: skip
def test_a_fifth_of_the_rows_may_go(tmp_path, before, after, status) -> None:
    found = stand(tmp_path, feed(), {1: {"ae.csv": ae(before)}, 2: {"ae.csv": ae(after)}})["AE"]
    assert found[1].status == status
    if status == "held":
        assert found[1].reason == f"{after} rows instead of {before} (fault 52)"


@pytest.mark.parametrize(("after", "status"), [(3, "used"), (2, "held")])
def test_subjects_may_not_go_from_events_but_one(tmp_path, after, status) -> None:
    def events(subjects: int) -> bytes:
        return (
            ae(24).replace(b"S1", b"S0")
            if not subjects
            else b"".join(
                line.replace(b"S1", f"S{number % subjects}".encode()) + b"\n"
                for number, line in enumerate(ae(24).splitlines())
            )
        )

    days = {1: {"ae.csv": events(4)}, 2: {"ae.csv": events(after)}}
    found = stand(tmp_path, feed(), days)["AE"]
    assert found[1].status == status
    if status == "held":
        assert found[1].reason == "2 subjects instead of 4 (fault 52)"


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
    days = {1: {"lb_20240301.csv": b""}, 2: {"lb_20240302.csv": CHANGES}}
    found = stand(tmp_path, feed("changes"), days)["LB"]
    assert open_(found, feed("changes"), "held") == [found[0]]
    again = stand(tmp_path, feed("changes"), {3: {"lb_20240301.csv": CHANGES}})["LB"]
    assert open_(again, feed("changes"), "held") == []
    assert again[0].reason == (
        "the file is empty (fault 51); delivered again as 2024-03-03/lb_20240301.csv"
    )


def test_a_name_of_every_day_makes_nothing_good(tmp_path) -> None:
    days = {1: {"lb.csv": b""}, 2: {"lb.csv": CHANGES}}
    found = stand(tmp_path, feed("changes"), days)["LB"]
    assert open_(found, feed("changes"), "held") == [found[0]]


def test_a_day_costs_only_its_new_files(tmp_path, monkeypatch) -> None:
    stand(tmp_path, feed(), {1: {"dm.csv": dm()}, 2: {"dm.csv": dm(3)}})
    read: list[str] = []
    load = fitness.kinds.load
    monkeypatch.setattr(fitness.kinds, "load", lambda *args: (read.append(args[1]), load(*args))[1])
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


def noted(home: Path, given: Feed, days: dict[int, dict[str, bytes]]) -> dict[str, str]:
    """Deliver files and return severity and note of every failed finding, by check."""
    found = stand(home, given, days)
    settings = from_environment({"TOXWATCH_HOME": str(home), "TOXWATCH_MAX_FILE_MB": "1"})
    place = deliveries.folder(given, settings)
    received = deliveries.receive(given, place, settings, date(2024, 3, 31))
    since_ = since(found, given)
    last = date.fromisoformat(received[-1].day)
    told_ = [
        findings.unknown_files(deliveries.unused(received, given, since_), given.id),
        *findings.of_files(
            given, found, [d.day for d in received if d.files],
            deliveries.strange(received, since_), last,
        ),
    ]  # fmt: skip
    return {f.check_id: f"{f.severity}: {f.note}" for f in told_ if f.status == "fail"}


SITES = {"ae_site1.csv": ae(5), "ae_site2.csv": ae(6, "2024-03-04")}
TWO = "2 files of AE in one delivery; say under `released` which one counts (fault 51)"


def test_two_files_of_one_domain_and_day_are_held(tmp_path) -> None:
    found = stand(tmp_path, feed(), {1: {"ae.csv": ae(4)}, 2: SITES})["AE"]
    assert told(found) == [
        ("01/ae.csv", "used"), ("02/ae_site1.csv", "held"), ("02/ae_site2.csv", "held"),
    ]  # fmt: skip
    assert [s.reason for s in found] == ["", TWO, TWO]


def test_two_files_of_which_one_came_before_are_held_too(tmp_path) -> None:
    days = {1: {"ae_site1.csv": SITES["ae_site1.csv"]}, 2: SITES}
    assert told(stand(tmp_path, feed(), days)["AE"]) == [
        ("01/ae_site1.csv", "used"), ("02/ae_site1.csv", "held"), ("02/ae_site2.csv", "held"),
    ]  # fmt: skip


def test_one_of_two_files_is_used_if_it_is_released(tmp_path) -> None:
    given = feed(released=["2024-03-02/ae_site1.csv"])
    found = stand(tmp_path, given, {1: {"ae.csv": ae(4)}, 2: SITES})["AE"]
    assert [s.name for s in used(found)] == ["2024-03-02/ae_site1.csv"]
    assert found[2].reason == "replaced by 2024-03-02/ae_site1.csv"
    assert open_(found, given, "held") == []


def test_a_released_file_that_cannot_be_read_does_not_set_the_other_aside(tmp_path) -> None:
    given = feed(released=["2024-03-01/ae_b.csv"])
    found = stand(tmp_path, given, {1: {"ae_a.csv": ae(), "ae_b.csv": b""}})["AE"]
    assert [(s.status, s.reason) for s in found] == [
        ("held", TWO), ("held", "the file is empty (fault 51)"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [{"ae_a.csv": ae(), "ae_b.csv": ae()}, {"dm.csv": dm(), "ae.csv": ae()}],
    ids=["same bytes", "other domains"],
)
def test_files_of_a_day_that_do_not_contradict_each_other_are_used(tmp_path, files) -> None:
    (current,) = used(stand(tmp_path, feed(), {1: files})["AE"])
    assert current.receipt.facts.rows == 1


@pytest.mark.parametrize(
    ("second", "statuses"),
    [("2024-03-01T21:00:00", ["superseded", "used"]), ("2024-03-01T20:00:00", ["held", "held"]),
     ("", ["held", "held"])],
)  # fmt: skip
def test_extracts_of_a_day_that_say_when_they_were_made_are_in_order(
    tmp_path, second, statuses
) -> None:
    files = {"dm_a.json": extract("2024-03-01T20:00:00"), "dm_b.json": extract(second, 3)}
    assert [s.status for s in stand(tmp_path, feed(), {1: files})["DM"]] == statuses


def test_every_file_of_changes_of_a_day_counts(tmp_path) -> None:
    files = {f"lb_{n}.csv": CHANGES.replace(b"R1", f"R{n}".encode()) for n in (1, 2)}
    found = stand(tmp_path, feed("changes"), {1: files})["LB"]
    assert [s.status for s in found] == ["used", "used"]


BACK = {4: {"ae.csv": ae(2)}, 5: {"ae.csv": ae(1)}, 6: {"ae.csv": ae(2)}}


def test_content_that_goes_back_is_critical(tmp_path) -> None:
    assert noted(tmp_path, feed(), BACK)["IN-005"] == (
        "critical: 2024-03-06/ae.csv is kept and not used: its bytes were in use before; "
        "2024-03-05/ae.csv is newer. Rows may have been restored: if so, write "
        "2024-03-06/ae.csv under `released`."
    )


def test_an_older_extract_that_was_never_in_use_is_only_told(tmp_path) -> None:
    days = {2: {"dm.json": extract("2024-03-02T20:00:00", 3)},
            3: {"dm.json": extract("2024-03-01T20:00:00")}}  # fmt: skip
    assert noted(tmp_path, feed(), days)["IN-005"].startswith("info: 2024-03-03/dm.json is kept")


def test_content_that_goes_back_is_current_if_it_is_released(tmp_path) -> None:
    given = feed(released=["2024-03-06/ae.csv"])
    days = BACK | {7: BACK[6], 8: BACK[5]}  # again the restored rows, then those without
    assert told(stand(tmp_path, given, days)["AE"]) == [
        ("04/ae.csv", "superseded"), ("05/ae.csv", "superseded"), ("06/ae.csv", "superseded"),
        ("07/ae.csv", "used"), ("08/ae.csv", "late"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "is_own"),
    [("lb_20240301.csv", True), ("lb_2024-03-01.csv", True), ("lb_site1_01MAR2024.csv", True),
     ("lb_site01.csv", False), ("lb_1.csv", False), ("lb_20241301.csv", False),
     ("lb.csv", False)],
)  # fmt: skip
def test_only_a_name_with_a_date_says_which_file_it_is(tmp_path, name, is_own) -> None:
    days = {1: {name: b""}, 2: {name: CHANGES}}
    found = stand(tmp_path, feed("changes"), days)["LB"]
    assert open_(found, feed("changes"), "held") == ([] if is_own else [found[0]])


def test_one_garbled_text_alone_holds_a_file_until_it_is_released(tmp_path) -> None:
    days = {1: {"ae.csv": ae(3).replace(b"Nausea", "38 Â°C".replace(" ", "_").encode(), 1)}}
    (held,) = stand(tmp_path, feed(), days)["AE"]
    assert held.reason == "its text was garbled by a wrong encoding (fault 51)"
    (freed,) = stand(tmp_path, feed(released=["2024-03-01/ae.csv"]), {})["AE"]
    assert freed.status == "used"


def test_a_garbled_file_with_another_version_cannot_be_released(tmp_path) -> None:
    content = ae(version="4.03").replace(b"Nausea", "Â°C".encode())
    given = feed(released=["2024-03-01/ae.csv"])
    assert stand(tmp_path, given, {1: {"ae.csv": content}})["AE"][0].status == "held"


def big(name: str) -> dict[str, bytes]:
    """A file over the limit of 1 MB."""
    return {name: b"x" * 1_000_001}


def test_what_nobody_could_use_of_any_day_of_changes_is_told(tmp_path) -> None:
    days = {4: {**big("lb.csv"), "labs_20240304.csv": CHANGES, "notes.txt": b"a"},
            5: {"lb.csv": CHANGES, "notes.txt": b"b"}}  # fmt: skip
    found = noted(tmp_path, feed("changes"), days)
    assert found == {
        "IN-001": "warning: kept, not used: 2024-03-05/notes.txt, 2024-03-04/labs_20240304.csv",
        "IN-008": "warning: not used: 2024-03-04/lb.csv: it is larger than 1 MB",
    }


def test_what_came_again_or_is_ignored_is_not(tmp_path) -> None:
    given = feed("changes", ignore=["labs.csv"])
    days = {4: {**big("lb_20240304.csv"), "labs.csv": CHANGES}, 5: {"lb_20240304.csv": CHANGES}}
    assert noted(tmp_path, given, days) == {}


def test_of_whole_extracts_what_came_before_those_in_use_is_not_told(tmp_path) -> None:
    days = {3: {"dm.csv": dm(), "events_3.csv": ae(), **big("ae_3.csv")},
            4: {"ae.csv": ae(), "dm.csv": dm(), "events_4.csv": ae(),
                **big("ae_4.csv")}}  # fmt: skip
    assert noted(tmp_path, feed(), days) == {
        "IN-001": "warning: kept, not used: 2024-03-04/events_4.csv",
        "IN-008": "warning: not used: 2024-03-04/ae_4.csv: it is larger than 1 MB",
    }


def test_strange_names_are_told_if_there_is_no_day_at_all(tmp_path) -> None:
    (tmp_path / "in" / "20240304").mkdir(parents=True)
    assert noted(tmp_path, feed("changes"), {})["IN-008"] == "warning: not used: 20240304"


@pytest.mark.parametrize("late_after", ["36h", "1h"])
def test_a_part_of_a_day_is_no_time_between_deliveries(late_after) -> None:
    with pytest.raises(ValidationError, match=f"late_after {late_after}: deliveries have a day"):
        feed(late_after=late_after)


@pytest.mark.parametrize("late_after", ["0d", "2d", "48h"])
def test_whole_days_are(late_after) -> None:
    assert str(feed(late_after=late_after).late_after) == late_after
