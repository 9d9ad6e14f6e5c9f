"""Bad input from the first day: a clear error or a held row, and nothing half-written."""

from __future__ import annotations

import re

import pytest

from safety.errors import HeldDeliveryError, WrongUseError
from tests import build, databases, delivery, prepared

pytestmark = pytest.mark.xdist_group("bad input")  # what they share is made once


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
    before = databases.sizes(used.db_url)
    with pytest.raises(WrongUseError, match="feed sdtm: no folder"):
        delivery.run(used)
    assert databases.sizes(used.db_url) == before
    assert {p.name for p in tmp_path.iterdir()} <= {"studies", "toxwatch.db"}


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


BAD = (
    {"LBDTC": "2024-02-30"},
    {"LBDTC": "2031-01-01"},
    {"LBDTC": None},
    {"LBORRES": None},
    {"LBORRES": "haemolysed"},
    {"LBORRES": "1,5"},
    {"LBTESTCD": None},
    {"USUBJID": None},
    {"LBSPEC": None},
)


@pytest.fixture(scope="module")
def bad_rows(tmp_path_factory):
    """Settings and summary of a run of good and bad rows: of each bad one the row after a good."""
    home = tmp_path_factory.mktemp("bad")
    cases = {
        f"S{n}": delivery.rows(lb=[build.measurement(), build.measurement(VISITNUM="2") | bad])
        for n, bad in enumerate(BAD, start=2)
    }
    used = delivery.settings(home)
    delivery.write(home, prepared.together(cases))
    yield used, delivery.run(used)
    databases.forget(home)


@pytest.mark.parametrize("number", range(len(BAD)), ids=str)
def test_a_bad_row_is_held_and_the_others_go_on(bad_rows, number):
    store, shot = delivery.snapshot(bad_rows[0])
    held = store.frame("quarantine", shot.cut)
    assert held.loc[held["DOMAIN"].eq("LB"), "SRCROW"].tolist().count(2 * number + 2) == 1
    accepted = store.frame("measurement", shot.cut, paramcd="ALT")
    assert accepted["USUBJID"].tolist().count(f"S{number + 2}") == 1


def test_every_bad_row_is_accounted_for(bad_rows):
    assert bad_rows[1]["by_domain"]["LB"] == {
        "received": 18,
        "accepted": 9,
        "quarantined": 9,
        "duplicates": 0,
        "superseded": 0,
        "deleted": 0,
    }
