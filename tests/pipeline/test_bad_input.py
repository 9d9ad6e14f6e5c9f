"""Bad input from the first day: a clear error or a held row, and nothing half-written."""

from __future__ import annotations

import re

import pytest

from safety.errors import HeldDeliveryError, WrongUseError
from tests import build, delivery


@pytest.fixture
def used(tmp_path):
    return delivery.settings(tmp_path)


def without(rows, column):
    return [{k: v for k, v in row.items() if k != column} for row in rows]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("lb.csv", b"", "lb.csv: the file is empty"),
        ("lb.csv", b"STUDYID,USUBJID\n", "column LBTESTCD"),
        ("lb.csv", b"A,B\n1,2,3\n", "line 2 has 3 fields, the header has 2"),
        ("lb.csv", "STUDYID\n\xe4".encode("latin-1"), "not UTF-8"),
        ("lb.xpt", b"this is no transport file", "lb.xpt: this is not a SAS XPT v5 file"),
        ("lb.parquet", b"PAR1 but then nothing", "lb.parquet: the Parquet file cannot be read"),
        ("lb.parquet", b"nothing", "lb.parquet: this is not a Parquet file"),
    ],
)
def test_an_unreadable_file_is_held(used, tmp_path, name, content, message):
    folder = delivery.write(tmp_path, delivery.rows())
    (folder / "lb.csv").unlink()
    (folder / name).write_bytes(content)
    with pytest.raises(HeldDeliveryError, match=re.escape(message)):
        delivery.run(used)
    assert list(used.work.iterdir()) == []  # no half-made run stays behind


def test_a_missing_column_is_named(used, tmp_path):
    labs = without(delivery.rows()["lb"], "LBORRESU")
    delivery.write(tmp_path, delivery.rows(lb=labs))
    with pytest.raises(HeldDeliveryError, match=r"lb\.csv: column LBORRESU is missing"):
        delivery.run(used)


def test_a_domain_without_a_file_is_named(used, tmp_path):
    folder = delivery.write(tmp_path, delivery.rows())
    (folder / "ex.csv").unlink()
    with pytest.raises(HeldDeliveryError, match="the delivery has no file for EX"):
        delivery.run(used)


def test_a_domain_in_two_files_is_not_chosen_from(used, tmp_path):
    folder = delivery.write(tmp_path, delivery.rows())
    (folder / "lb.parquet").write_bytes(b"PAR1")
    with pytest.raises(HeldDeliveryError, match=r"LB also stands in lb\.csv"):
        delivery.run(used)


def test_a_missing_folder_writes_nothing(used, tmp_path):
    with pytest.raises(WrongUseError, match="feed sdtm: no folder"):
        delivery.run(used)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["studies"]


def test_a_link_is_not_followed(used, tmp_path):
    folder = delivery.write(tmp_path, delivery.rows())
    (folder / "lb.csv").unlink()
    (folder / "lb.csv").symlink_to("/etc/hostname")
    with pytest.raises(HeldDeliveryError, match="not a regular file"):
        delivery.run(used)


def test_a_file_over_the_limit_is_refused(tmp_path):
    used = delivery.settings(tmp_path, TOXWATCH_MAX_FILE_MB="0")
    delivery.write(tmp_path, delivery.rows())
    with pytest.raises(HeldDeliveryError, match="larger than 0 MB"):
        delivery.run(used)


def test_a_feed_may_not_leave_the_home(tmp_path):
    used = delivery.settings(tmp_path)
    study = used.studies / "t1.yaml"
    study.write_text(
        study.read_text(encoding="utf-8").replace("feeds/t1", "../../etc"), encoding="utf-8"
    )
    with pytest.raises(WrongUseError, match="leads out of"):
        delivery.run(used)


@pytest.mark.parametrize(
    "bad",
    [
        {"LBDTC": "2024-02-30"},
        {"LBDTC": "2031-01-01"},
        {"LBDTC": None},
        {"LBORRES": None},
        {"LBORRES": "haemolysed"},
        {"LBORRES": "1,5"},
        {"LBTESTCD": None},
        {"USUBJID": None},
        {"LBSPEC": None},
    ],
)
def test_a_bad_row_is_held_and_the_others_go_on(used, tmp_path, bad):
    row = build.measurement(VISITNUM="2") | bad
    delivery.write(tmp_path, delivery.rows(lb=[build.measurement(), row]))
    assert delivery.run(used)["by_domain"]["LB"] == {
        "received": 2,
        "accepted": 1,
        "quarantined": 1,
        "duplicates": 0,
        "superseded": 0,
        "deleted": 0,
    }
