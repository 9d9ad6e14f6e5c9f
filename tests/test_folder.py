"""A folder of SDTM files to facts, without a database; what cannot be used is named."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from safety import folder
from safety.assess.moments import on
from safety.errors import HeldDeliveryError, WrongUseError
from safety.study.model import Study
from tests import trial
from tests.build import dose, event, measurement, sign, subject
from tests.trial import given, medication, supplement, visit

STUDY = trial.study()
LAB = {"LBSEQ": "1"}


def write(place: Path, **files) -> Path:
    """Write rows as CSV files named by domain."""
    for name, rows in files.items():
        columns = list(dict.fromkeys(c for row in rows for c in row))
        with (place / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return place


def read(place: Path, **files) -> folder.FolderRecords:
    return folder.read(write(place, **files), STUDY)


def whole(**changes):
    rows = {
        "dm": [subject(ARMCD="L1")],
        "ec": [given("2024-03-01", "2024-03-21")],
        "lb": [measurement(**LAB)],
        "vs": [sign("TEMP", "38.5", "C", VSSEQ="1")],
        "ae": [event()],
        "suppae": [supplement("AERELA", "UNLIKELY"), supplement("AERELB", "POSSIBLE")],
        "cm": [medication()],
        "sv": [visit()],
    }
    return rows | changes


def test_a_folder_becomes_facts(tmp_path) -> None:
    records = read(tmp_path, **whole())
    assert records.files == (
        "dm.csv", "ec.csv", "lb.csv", "vs.csv", "ae.csv", "suppae.csv", "cm.csv", "sv.csv",
    )  # fmt: skip
    assert records.absent == ("PR", "DS", "MH", "XDLT")
    assert records.problems == ()
    found = folder.facts(records, STUDY)
    assert list(found) == ["S1"]
    facts = found["S1"]
    assert (facts.level, facts.first_dose) == ("L1", date(2024, 3, 1))
    assert facts.reports[0].related == {"alpha": False, "beta": True}
    assert [i.drug for i in facts.intakes] == ["alpha"]
    assert {o.term for o in facts.observations} == {
        "Alanine aminotransferase increased", "Fever", "Hypothermia",
    }  # fmt: skip
    assert [m.name for m in facts.medications] == ["LOPERAMIDE"]
    assert facts.delivered == {
        "subject", "dose", "measurement", "adverse_event", "supplement", "medication", "visit",
    }  # fmt: skip


def test_xpt_and_parquet_say_the_same(tmp_path) -> None:
    expected = folder.facts(read(tmp_path, **whole()), STUDY)
    other = tmp_path / "other"
    other.mkdir()
    for name, rows in whole().items():
        frame = pd.DataFrame(rows).astype("object")
        frame = frame.where(frame.notna(), "")
        if name in ("dm", "lb"):
            frame.to_parquet(other / f"{name}.parquet", index=False)
        else:
            path = other / f"{name.upper()}.XPT"
            pyreadstat.write_xport(frame, str(path), table_name=name, file_format_version=5)
    found = folder.facts(folder.read(other, STUDY), STUDY)["S1"]
    for kind in ("reports", "intakes", "observations", "medications", "visits"):
        texts = [f.source.text for f in getattr(found, kind)]
        assert texts == [f.source.text for f in getattr(expected["S1"], kind)]


@pytest.mark.parametrize("missing", ["dm", "ec", "lb", "vs", "ae", "suppae", "cm", "sv"])
def test_every_domain_may_be_missing(tmp_path, missing) -> None:
    files = {k: v for k, v in whole().items() if k != missing}
    records = read(tmp_path, **files)
    assert missing.upper() in records.absent
    facts = folder.facts(records, STUDY)["S1"]
    assert facts.usubjid == "S1"
    assert trial.KINDS[missing.upper()] not in facts.delivered - {"measurement"}


def test_a_missing_dm_leaves_the_particulars_open(tmp_path) -> None:
    facts = folder.facts(read(tmp_path, ec=[given()], ae=[event(USUBJID="S2")]), STUDY)
    assert list(facts) == ["S1", "S2"]
    assert [(f.first_dose, f.level, f.sex, f.age) for f in facts.values()] == [
        (date(2024, 3, 1), "", "", None), (None, "", "", None),
    ]  # fmt: skip


def test_a_missing_ec_is_replaced_by_ex(tmp_path) -> None:
    row = dose(EXSEQ="1", EXTRT="BETA", EXDOSFRQ="BID")
    records = read(tmp_path, dm=[subject(RFSTDTC=None)], ex=[row])
    assert ("ex.csv" in records.files, "EC" in records.absent) == (True, False)
    facts = folder.facts(records, STUDY)["S1"]
    assert [(i.drug, i.start, i.taken) for i in facts.intakes] == [
        ("beta", on(date(2024, 3, 1)), True)
    ]
    assert facts.intakes[0].source.record == "EX|S1|1"


def test_of_ec_and_ex_the_one_the_study_maps_is_read(tmp_path) -> None:
    records = read(tmp_path, **whole(ex=[dose(EXSEQ="1")]))
    assert ("ec.csv" in records.files, "ex.csv" in records.files) == (True, False)
    assert records.problems == (
        (
            "ex.csv: the study maps no domain EX; the file is not used. Map it in the study file "
            "or name it under ignore."
        ),
    )


def test_a_dose_not_taken_does_not_begin_treatment(tmp_path) -> None:
    rows = [given("2024-03-01", "2024-03-01", ECOCCUR="N"), given("2024-03-02", ECSEQ="2")]
    facts = folder.facts(read(tmp_path, dm=[subject(RFSTDTC=None)], ec=rows), STUDY)["S1"]
    assert facts.first_dose == date(2024, 3, 2)
    assert [i.taken for i in facts.intakes] == [False, True]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"ae": [event(), event("2", USUBJID=None)]},
         "ae.csv, row 2: USUBJID is missing; the row is not used. Add it."),
        ({"ae": [event(), event("2", STUDYID="T2")]},
         ("ae.csv, row 2: STUDYID is not T1; the row is not used. Give the study file of this "
          "trial.")),
    ],
)  # fmt: skip
def test_rows_of_others_are_named_and_not_used(tmp_path, files, problem) -> None:
    records = read(tmp_path, **whole(**files))
    assert records.problems == (problem,)
    assert len(records.frames["adverse_event"]) == 1


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"lb": [measurement(day="10/03/2024", **LAB)]},
         "lb.csv, row 1: LBDTC is no ISO 8601 date; it is not used. Correct it."),
        ({"ae": [event(AESTDTC=None)]}, "ae.csv, row 1: AESTDTC is missing. Add the date."),
        ({"ec": [given("2024-02-30")]},
         "ec.csv, row 1: ECSTDTC is no ISO 8601 date; it is not used. Correct it."),
        ({"lb": [measurement(value="clotted", **LAB)]},
         "lb.csv, row 1: LBORRES is no number; it cannot be graded. Ask for the number."),
        ({"lb": [measurement(value=None, **LAB)]},
         "lb.csv, row 1: LBORRES is missing; it cannot be graded. Ask for the result."),
        ({"lb": [measurement(unit="furlong", **LAB)]},
         "lb.csv, row 1: LBORRESU is not known; it cannot be graded. Correct the unit."),
        ({"lb": [measurement(unit=None, **LAB)]},
         "lb.csv, row 1: LBORRESU is missing. Add the unit."),
        ({"lb": [measurement(value="-3", **LAB)]},
         "lb.csv, row 1: LBORRES is below 0; it cannot be right. Correct it."),
        ({"ae": [event(), event(grade="3")]},
         ("ae.csv, row 1, 2: key (USUBJID, AESEQ) is that of another row that differs; both are "
          "used. Correct one.")),
        ({"ae": [event(), event()]},
         "ae.csv: 1 exact copies of other rows are not counted twice."),
        ({"dm": [subject(), subject(SEX="M")]},
         ("dm.csv, row 1, 2: USUBJID has rows that differ; the one whose values sort first is "
          "used. Keep the right one.")),
        ({"dm": [subject(DTHFL="perhaps")]},
         "dm.csv, row 1: DTHFL is neither Y nor N; it is not used. Correct it."),
        ({"lb": [measurement(LBSPEC="WB", **LAB)]},
         ("lb.csv, row 1: LBSPEC 'WB' is no specimen toxwatch knows; the result cannot be graded. "
          "Give BLOOD, SERUM, PLASMA or URINE.")),
        ({"lb": [measurement(LBSPEC=None, **LAB)]},
         ("lb.csv, row 1: LBSPEC is missing; the result cannot be graded. Give BLOOD, SERUM, "
          "PLASMA or URINE.")),
        ({"ec": [given("2024-03-01"), given("2024-03-02", ECSEQ="2", ECTRT="Alfa")]},
         ("ec.csv, row 2: ECTRT 'Alfa' is no drug of the study; it counts for none. Correct it or "
          "the study file.")),
    ],
)  # fmt: skip
def test_what_cannot_be_used_as_it_is(tmp_path, files, problem) -> None:
    records = read(tmp_path, **whole(**files))
    assert records.problems == (problem,)
    assert folder.facts(records, STUDY)["S1"].usubjid == "S1"


def test_a_specimen_that_is_known_to_be_another_is_no_problem(tmp_path) -> None:
    rows = [measurement("WBC", "3", "/HPF", LBSPEC="Urine", **LAB),
            measurement("GLUC", "60", "mg/dL", LBSPEC="Cerebrospinal fluid", LBSEQ="2"),
            measurement("XYZ", LBSPEC=None, LBSEQ="3"),
            measurement(value=None, LBSPEC=None, LBSTAT="NOT DONE", LBSEQ="4")]  # fmt: skip
    records = read(tmp_path, **whole(lb=rows))
    assert records.problems == ()
    assert {o.source.file for o in folder.facts(records, STUDY)["S1"].observations} == {"vs.csv"}


def test_who_is_not_in_dm_is_named_and_assessed(tmp_path) -> None:
    records = read(tmp_path, **whole(ae=[event(), event("2", USUBJID="S9")]))
    assert records.problems == (
        (
            "ae.csv: USUBJID S9 is not in DM; assessed without dose level, sex and age. Correct "
            "the id or DM."
        ),
    )
    found = folder.facts(records, STUDY)
    assert [(s, f.level, len(f.reports)) for s, f in found.items()] == [
        ("S1", "L1", 1),
        ("S9", "", 1),
    ]


def test_of_two_rows_of_dm_their_order_does_not_matter(tmp_path) -> None:
    rows = [subject(ARMCD="L2"), subject(ARMCD="L1", RFSTDTC="2024-02-01")]
    for dm in (rows, rows[::-1]):
        facts = folder.facts(read(tmp_path, **whole(dm=dm)), STUDY)["S1"]
        assert (facts.level, facts.first_dose) == ("L1", date(2024, 2, 1))


def test_a_domain_the_study_needs_is_missed_and_an_optional_one_is_not(tmp_path) -> None:
    records = read(tmp_path, **{k: v for k, v in whole().items() if k not in ("sv", "cm")})
    assert records.problems == (
        "there is no file of SV, which the study needs; what it would tell is open. Ask for it.",
    )


def test_an_optional_file_that_cannot_be_read_is_a_problem(tmp_path) -> None:
    write(tmp_path, **whole())
    (tmp_path / "cm.csv").write_bytes(b"")
    records = folder.read(tmp_path, STUDY)
    assert [p.endswith("Nothing of this file is used.") for p in records.problems] == [True]
    assert ("cm.csv" in records.files, "CM" in records.absent) == (False, True)
    assert "medication" not in folder.facts(records, STUDY)["S1"].delivered


def test_a_required_test_under_another_name_is_asked_for(tmp_path) -> None:
    content = trial.study().model_dump()
    blood = {
        "id": "CBC",
        "tests": ["PLAT"],
        "text": "counts",
        "windows": ["C1D1-C1D21"],
        "citation": "test",
    }
    content["dose_limiting"]["surveillance"] = [blood]
    study = trial.study(dose_limiting=content["dose_limiting"])
    rows = [measurement("PLATELET", "10", "10^9/L", **LAB), measurement("alt", LBSEQ="2")]
    write(tmp_path, **whole(lb=rows))
    assert folder.read(tmp_path, study).problems == (
        "no row of test PLAT: did PLATELET (1 rows) mean it? Correct the test code.",
    )


def test_rows_of_one_key_are_both_used(tmp_path) -> None:
    rows = [measurement(value="300", **LAB), measurement(value="30", **LAB)]
    facts = folder.facts(read(tmp_path, dm=[subject()], lb=rows), STUDY)["S1"]
    assert [(o.source.record, o.highest) for o in facts.observations] == [
        ("LB|S1|1#2", 0), ("LB|S1|1#1", 3),
    ]  # fmt: skip


def test_many_rows_of_one_problem_are_one_line(tmp_path) -> None:
    rows = [event(str(n), AESTDTC=None) for n in range(1, 14)]
    assert read(tmp_path, **whole(ae=rows)).problems == (
        "ae.csv, row 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more: AESTDTC is missing. Add the date.",
    )


def test_columns_that_only_tell_rows_apart_may_be_missing(tmp_path) -> None:
    row = {k: v for k, v in measurement().items() if k != "STUDYID"}
    records = read(tmp_path, **whole(lb=[row, row | {"LBORRES": "31"}]))
    assert records.problems == (
        "lb.csv: there is no column STUDYID; the rows are taken as T1's.",
        (
            "lb.csv: there is no column LBSEQ, which names a row of LB; rows are told apart by "
            "their place in the file. Ask for it."
        ),
    )
    assert records.frames["measurement"]["KEY"].tolist()[:2] == ["LB|S1#1", "LB|S1#2"]


def test_a_file_without_rows_is_no_rows(tmp_path) -> None:
    write(tmp_path, **whole())
    (tmp_path / "cm.csv").write_text(",".join(medication()) + "\n", encoding="utf-8")
    records = folder.read(tmp_path, STUDY)
    assert folder.facts(records, STUDY)["S1"].medications == ()
    assert "medication" in records.frames


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("lb.csv", b"", "the file is empty"),
        ("lb.csv", b"A,B\n1\n", "line 2 has 1 fields"),
        ("lb.csv", b"STUDYID,USUBJID\nT1,S1\n", "column LBTESTCD, .* is missing"),
        ("lb.xpt", b"not xpt", "this is not a SAS XPT v5 file"),
        ("lb.parquet", b"not parquet", "this is not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_held(tmp_path, name, content, fault) -> None:
    write(tmp_path, dm=[subject()])
    (tmp_path / name).write_bytes(content)
    with pytest.raises(HeldDeliveryError, match=f"{name}: {fault}"):
        folder.read(tmp_path, STUDY)


def test_a_file_over_the_limit_is_held(tmp_path) -> None:
    write(tmp_path, **whole())
    with (tmp_path / "lb.csv").open("ab") as file:
        file.truncate(1_000_001)
    with pytest.raises(HeldDeliveryError, match=r"lb.csv: it is larger than 1 MB"):
        folder.read(tmp_path, STUDY, max_file_mb=1)


def test_one_domain_in_two_files_is_held(tmp_path) -> None:
    write(tmp_path, **whole())
    (tmp_path / "AE.XPT").write_bytes(b"x")
    with pytest.raises(HeldDeliveryError, match=r"ae.csv: AE also stands in AE.XPT"):
        folder.read(tmp_path, STUDY)


def test_a_folder_named_like_a_file_is_held(tmp_path) -> None:
    (tmp_path / "dm.csv").mkdir()
    with pytest.raises(HeldDeliveryError, match=r"dm.csv: it is not a regular file"):
        folder.read(tmp_path, STUDY)


def test_there_must_be_something_to_read(tmp_path) -> None:
    with pytest.raises(WrongUseError, match="there is no folder"):
        folder.read(tmp_path / "nowhere", STUDY)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(WrongUseError, match="has no file of T1's domains"):
        folder.read(tmp_path, STUDY)


def two_feeds(**lab: object) -> Study:
    """The trial with its laboratory as a feed of changes of its own, in GB18030."""
    content = STUDY.model_dump(mode="json")
    domains = content["feeds"][0]["domains"]
    measured = domains.pop("LB") | {"updated": "LBUPD"} | lab
    central = {"id": "lab", "kind": "sdtm_folder", "path": "f/{day}/lab", "delivers": "changes",
               "encoding": "gb18030", "domains": {"LB": measured}}  # fmt: skip
    content["feeds"].append(central)
    return Study.model_validate(content)


def test_a_folder_holds_the_domains_of_all_feeds(tmp_path) -> None:
    place = write(tmp_path, **whole())
    names = ["STUDYID", "USUBJID", "LBSEQ", "LBTESTCD", "LBORRES", "LBORRESU", "LBDTC", "LBUPD"]
    rows = [["T1", "S1", "1", "ALT", value, "U/L", "2024-03-10", upd]
            for value, upd in (("30", "2024-03-10"), ("31", "2024-03-11"))]  # fmt: skip
    (place / "lb.csv").unlink()
    head = {"datasetJSONVersion": "1.1.0", "name": "LB", "records": 2,
            "columns": [{"name": n} for n in names], "rows": rows}  # fmt: skip
    (place / "lb.json").write_text(json.dumps(head), "utf-8")
    records = folder.read(place, two_feeds())
    assert sorted(records.frames["measurement"]["AVALC"]) == ["31", "38.5"]
    assert "lb.json: 1 older versions of other rows are not used." in records.problems
    assert records.absent == ("PR", "DS", "MH", "XDLT")


def test_a_file_without_the_time_of_its_rows_has_no_versions(tmp_path) -> None:
    records = folder.read(write(tmp_path, **whole()), two_feeds())
    assert len(records.frames["measurement"]) == 2


def test_a_file_in_another_encoding_than_its_feed_declares_is_named(tmp_path) -> None:
    place = write(tmp_path, **whole(lb=[measurement(**LAB, LBTEST="谷丙转氨酶")]))
    with pytest.raises(HeldDeliveryError, match="the file is UTF-8, but the feed declares GB18030"):
        folder.read(place, two_feeds(optional=False))
