"""Forms with a column a test become a row a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from safety.errors import HeldDeliveryError
from safety.feeds import kinds
from safety.intake.current import Part
from safety.intake.records import Intake, canonical, combined
from safety.study.feeds import Feed
from tests.feeds.test_odm_xml import group, item, odm

VITALS: dict[str, Any] = {
    "record": "measurement",
    "key": ["SubjectKey", "ItemGroupRepeatKey", "TESTCD"],
    "groups": ["AE_LOG"],
    "updated": "DateTimeStamp",
    "deleted": {"column": "TransactionType", "values": ["Remove"]},
    "columns": {"ADTC": "VS.DATE"},
    "constants": {"SPEC": ""},
    "values": {"STUDYID": {"T1(Prod)": "T1"}},
    "wide": {
        "blank": "not_done",
        "tests": {
            "SYSBP": {"result": "VS.SYS", "unit": "mmHg"},
            "TEMP": {"result": "VS.TEMP", "unit_column": "VS.TEMPU"},
        },
    },
}
FIELDS = ["PARAMCD", "AVALC", "AVALU", "STAT"]


def feed(**changes: Any) -> Feed:
    return Feed.model_validate(
        {"id": "edc", "kind": "odm_xml", "path": "f/{day}", "delivers": "changes",
         "domains": {"VS": VITALS | changes}}
    )  # fmt: skip


def visit(systolic: str, temperature: str, unit: str = "Cel", **how: Any) -> str:
    items = item("VS.DATE", "2024-03-05") + item("VS.SYS", systolic) + item("VS.TEMP", temperature)
    return group(items + item("VS.TEMPU", unit), **how)


def intake(tmp_path: Path, *texts: str, given: Feed | None = None) -> Intake:
    used = given or feed()
    parts = []
    for n, text in enumerate(texts, start=1):
        path = tmp_path / f"{n}.xml"
        path.write_text(text, "utf-8")
        frame = kinds.load(path, path.name, used, "VS").frame
        parts.append(Part(path.name, frame, f"2024-03-{n:02}T23:59:59"))
    return combined(parts, used, "VS", "Asia/Shanghai")


def values(tmp_path: Path, *texts: str, given: Feed | None = None) -> list[list[str]]:
    found = intake(tmp_path, *texts, given=given)
    return found.records[FIELDS].fillna("").to_numpy().tolist()


def test_a_row_of_several_tests_is_a_row_a_test(tmp_path: Path) -> None:
    found = intake(tmp_path, odm(visit("162", "38.1")))
    assert found.records[FIELDS].fillna("").to_numpy().tolist() == [
        ["SYSBP", "162", "mmHg", ""],
        ["TEMP", "38.1", "Cel", ""],
    ]
    assert list(found.records["KEY"]) == ["VS|S1|1|SYSBP", "VS|S1|1|TEMP"]
    assert (found.received, found.accounts[0].received) == (2, 2)


def test_an_empty_result_is_what_the_study_says_it_is(tmp_path: Path) -> None:
    text = odm(visit("162", ""))
    assert values(tmp_path, text)[1] == ["TEMP", "", "Cel", "NOT DONE"]
    missing = feed(wide=VITALS["wide"] | {"blank": "missing"})
    assert values(tmp_path, text, given=missing)[1] == ["TEMP", "", "Cel", ""]


def test_a_change_of_one_test_leaves_the_others(tmp_path: Path) -> None:
    later = {"kind": "Update", "at": "2024-03-07T10:00:00"}
    first = odm(visit("162", ""))
    temperature = odm(group(item("VS.TEMP", "39.2"), **later))
    assert values(tmp_path, first, temperature) == [
        ["SYSBP", "162", "mmHg", ""],
        ["TEMP", "39.2", "Cel", ""],
    ]
    emptied = odm(group(item("VS.SYS", ""), **later))
    assert values(tmp_path, first, emptied) == [
        ["SYSBP", "", "mmHg", "NOT DONE"],
        ["TEMP", "", "Cel", "NOT DONE"],
    ]


def test_a_removed_row_takes_all_its_tests_away(tmp_path: Path) -> None:
    removed = odm(group("", kind="Remove", at="2024-03-07T10:00:00"))
    found = intake(tmp_path, odm(visit("162", "38.1")), removed)
    assert found.records.empty
    assert sum(a.deleted for a in found.accounts) == 2


def test_a_file_without_a_column_of_a_test_is_held(tmp_path: Path) -> None:
    path = tmp_path / "vs.csv"
    path.write_text("STUDYID,USUBJID,VISIT,VSDTC,SYS\nT1,S1,C1D1,2024-03-05,162\n", "utf-8")
    tests = {"SYSBP": {"result": "SYS", "unit": "mmHg"}, "TEMP": {"result": "T", "unit": "Cel"}}
    domain = {"record": "measurement", "key": ["USUBJID", "VISIT", "TESTCD"]}
    given = Feed.model_validate(
        {"id": "edc", "kind": "sdtm_folder", "path": "f",
         "domains": {"VS": domain | {"wide": {"tests": tests}}}}
    )  # fmt: skip
    frame = kinds.load(path, path.name, given, "VS").frame
    with pytest.raises(HeldDeliveryError, match="column T is missing"):
        canonical(frame, given, "VS", path.name)


LAB: dict[str, Any] = {
    "record": "measurement",
    "key": ["PID", "DAY", "TESTCD"],
    "columns": {"USUBJID": "PID", "ADTC": "DAY"},
    "constants": {"STUDYID": "T1", "SPEC": "BLOOD"},
    "wide": {
        "tests": {
            "PLAT": {"result": "PLT", "unit": "/uL", "low": "PLT_LO", "high": "PLT_HI"},
            "NEUT": {"result": "ANC", "unit": "/uL"},
        }
    },
}
CELLS = {"date": "DD/MM/YYYY", "time": "", "timezone": "Asia/Shanghai", "decimal": ",",
         "thousands": "."}  # fmt: skip


def laboratory(tmp_path: Path, text: str) -> pd.DataFrame:
    given = Feed.model_validate(
        {"id": "lab", "kind": "central_lab", "path": "f", "delimiter": ";", "cells": CELLS,
         "domains": {"LB": LAB}}
    )  # fmt: skip
    path = tmp_path / "lb.csv"
    path.write_text(text, "utf-8")
    data = kinds.load(path, path.name, given, "LB")
    return canonical(data.frame, given, "LB", path.name, "Asia/Shanghai").records


def test_numbers_of_a_laboratory_are_told_by_its_form(tmp_path: Path) -> None:
    head = "PID;DAY;PLT;PLT_LO;PLT_HI;ANC\n"
    found = laboratory(tmp_path, head + "S1;03/04/2024;20.000;150.000;400.000;1.200,5\n")
    assert found[["PARAMCD", "ADTC", "AVAL"]].to_numpy().tolist() == [
        ["PLAT", "2024-04-03", 20000.0], ["NEUT", "2024-04-03", 1200.5],
    ]  # fmt: skip
    assert found[["ANRLO", "ANRHI"]].iloc[0].tolist() == [150000.0, 400000.0]
    assert found["FORM"].fillna("").tolist() == ["", ""]


def test_a_test_of_another_form_is_named_and_the_tests_beside_it_are_not(tmp_path: Path) -> None:
    head = "PID;DAY;PLT;PLT_LO;PLT_HI;ANC\n"
    found = laboratory(
        tmp_path,
        head + "S1;03/04/2024;20.000;150.000;400.000;0.300\n"
        "S2;2024-04-03;20.000;150,000.0;400.000;300\n",
    )
    day = "DAY is not of the form DD/MM/YYYY in Asia/Shanghai: 2024-04-03."
    low = "PLT_LO is not of the form 1.234,5: 150,000.0."
    assert found["FORM"].fillna("").tolist() == [
        "", "ANC is not of the form 1.234,5: 0.300.", f"{day} {low}", day,
    ]  # fmt: skip
    assert found["AVALC"].tolist() == ["20000", "0.300", "20000", "300"]


def test_a_laboratory_without_a_column_of_a_test_is_held(tmp_path: Path) -> None:
    with pytest.raises(HeldDeliveryError, match="column PLT_HI is missing"):
        laboratory(tmp_path, "PID;DAY;PLT;PLT_LO;ANC\nS1;03/04/2024;20.000;150.000;300\n")


def test_a_column_of_the_same_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(odm(group(item("RESULT", "1"))), "utf-8")
    with pytest.raises(HeldDeliveryError, match="column RESULT has a name of our own"):
        kinds.load(path, path.name, feed(), "VS")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": ["SubjectKey"]}, "name TESTCD in the key"),
        ({"columns": {"AVALC": "X", "AVALU": "", "ANRLOC": "", "ANRHIC": ""}}, "told by wide"),
        ({"record": "dose"}, "belongs to a domain of measurements"),
        (
            {"wide": {"tests": {"TEMP": {"result": "T", "unit": "Cel", "unit_column": "U"}}}},
            "write one of them",
        ),
    ],
)
def test_what_contradicts_itself_is_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        feed(**changes)
