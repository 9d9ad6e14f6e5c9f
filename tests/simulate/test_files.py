"""Bytes of files: the same for the same table, readable, and labelled as simulated."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pyreadstat
import pytest

from safety.feeds.sdtm_folder.reader import load
from safety.simulate.files import csv_lab, dataset_json, xpt
from safety.simulate.files.numbers import numbers

MADE = datetime(2024, 3, 5, 22, tzinfo=timezone(timedelta(hours=8)))
EVENTS = pd.DataFrame(
    {
        "USUBJID": ["SIM-X-001", "SIM-X-002"],
        "AESEQ": ["1", "12"],
        "AETERM": ["中性粒细胞减少", "nausea"],
        "AELIFE": ["", ""],
        "AETOXGR": ["3", ""],
    },
    dtype="str",
)


def read(tmp_path, name, data, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(data)
    return load(path, name, encoding)


def test_a_transport_file_reads_as_it_was_written(tmp_path):
    found = read(tmp_path, "ae.xpt", xpt.content("AE", EVENTS, MADE))
    assert found.frame.fillna("").to_dict("list") == EVENTS.to_dict("list")
    assert found.extracted == "2024-03-05T22:00:00"


def test_a_transport_file_has_labels_types_and_says_that_it_is_simulated(tmp_path):
    path = tmp_path / "ae.xpt"
    path.write_bytes(xpt.content("AE", EVENTS, MADE))
    frame, meta = pyreadstat.read_xport(str(path))
    assert meta.file_label == "SIMULATED Adverse Events"
    assert meta.column_names_to_labels["AESEQ"] == "Sequence Number"
    assert meta.column_names_to_labels["AELIFE"] == "AELIFE"
    assert frame["AESEQ"].tolist() == [1.0, 12.0]
    assert frame["AETOXGR"].tolist() == ["3", ""]


def test_the_head_holds_the_time_of_the_extract_and_no_other():
    data = xpt.content("AE", EVENTS, MADE)
    assert xpt.WRITTEN_AT.findall(data) == [b"05MAR24:22:00:00"] * 4
    assert hashlib.sha256(data).hexdigest()[:16] == "688d1019ecccd314"


@pytest.mark.parametrize(
    ("month", "expected"), [(1, b"05JAN24:22:00:00"), (12, b"05DEC24:22:00:00")]
)
def test_months_are_those_of_the_format_in_any_locale(month, expected):
    assert xpt.stamp(MADE.replace(month=month)) == expected


def test_a_number_that_is_none_makes_its_column_text(tmp_path):
    wrong = EVENTS.assign(AESEQ=["1", "twelve"])
    found = read(tmp_path, "ae.xpt", xpt.content("AE", wrong, MADE))
    assert found.frame["AESEQ"].tolist() == ["1", "twelve"]


def test_which_columns_are_numbers():
    frame = pd.DataFrame(
        {"AGE": ["54", ""], "ECDOSE": ["", ""], "AESEQ": ["1", "x"], "LBORRES": ["1", "2"]},
        dtype="str",
    )
    found = numbers(frame)
    assert list(found) == ["AGE"]
    assert found["AGE"].iloc[0] == 54.0
    assert pd.isna(found["AGE"].iloc[1])


def test_csv_is_gb18030_with_crlf_and_without_a_mark(tmp_path):
    lab = pd.DataFrame({"LBTEST": ["血小板", 'a, "b"'], "LBORRES": ["<25", ""]}, dtype="str")
    data = csv_lab.content(lab)
    assert data == 'LBTEST,LBORRES\r\n血小板,<25\r\n"a, ""b""",\r\n'.encode("gb18030")
    found = read(tmp_path, "lb_20240305.csv", data, "gb18030")
    assert found.frame.fillna("").to_dict("list") == lab.to_dict("list")


DOSES = pd.DataFrame(
    {"USUBJID": ["SIM-X-001", "SIM-X-001"], "ECDOSE": ["250", "62.5"], "ECREASOC": ["", "甲"]},
    dtype="str",
)


def test_a_json_data_set_says_what_it_holds():
    data = json.loads(dataset_json.content("EC", DOSES, MADE, "SIM-X"))
    assert {k: v for k, v in data.items() if k != "columns"} == {
        "datasetJSONCreationDateTime": "2024-03-05T22:00:00+08:00",
        "datasetJSONVersion": "1.1.0",
        "fileOID": "SIM-X.EC.20240305",
        "dbLastModifiedDateTime": "2024-03-05T22:00:00+08:00",
        "originator": "toxwatch simulate: SIMULATED DATA",
        "sourceSystem": {"name": "toxwatch simulate: SIMULATED DATA", "version": "1"},
        "studyOID": "SIM-X",
        "itemGroupOID": "IG.EC",
        "name": "EC",
        "label": "SIMULATED Exposure as Collected",
        "records": 2,
        "rows": [["SIM-X-001", 250, ""], ["SIM-X-001", 62.5, "甲"]],
    }
    assert data["columns"][1] == {
        "itemOID": "IT.EC.ECDOSE", "name": "ECDOSE", "label": "Dose per Administration",
        "dataType": "float",
    }  # fmt: skip
    assert [c["dataType"] for c in data["columns"]] == ["string", "float", "string"]


def test_a_json_data_set_reads_as_it_was_written(tmp_path):
    found = read(tmp_path, "ec.json", dataset_json.content("EC", DOSES, MADE, "SIM-X"))
    assert found.frame.fillna("").to_dict("list") == DOSES.to_dict("list")


def test_a_json_data_set_may_be_empty():
    data = json.loads(dataset_json.content("EC", DOSES[:0], MADE.astimezone(UTC), "SIM-X"))
    assert (data["records"], data["rows"]) == (0, [])
