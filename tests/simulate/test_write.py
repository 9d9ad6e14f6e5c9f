"""The whole folder of a simulated trial, and what its files hold."""

import csv
import hashlib
from pathlib import Path

import pytest

from safety.errors import WrongUseError
from safety.feeds.sdtm_folder.reader import load as read
from safety.simulate import write as writer
from safety.study.load import load
from tests.simulate.made import made, name

pytestmark = pytest.mark.xdist_group("write")  # what they share is made once

ORIGINAL = Path("studies/nct06038461.yaml")
STUDY = load(ORIGINAL)


@pytest.fixture(scope="module", name="whole")
def whole_(tmp_path_factory):
    out = tmp_path_factory.mktemp("clean") / "out"
    return out, writer.write(ORIGINAL, STUDY, made(), out)


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def frame(out, day, file):
    path = out / day / file
    encoding = "gb18030" if path.suffix == ".csv" else "utf-8"
    return read(path, path.name, encoding).frame.fillna("")


def digests(out):
    return {
        str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(out.rglob("*")) if p.is_file()
    }  # fmt: skip


def test_what_was_made_is_counted(whole):
    _, written = whole
    assert (written.studyid, written.subjects, written.cohorts) == ("SIM-NCT06038461", 3, 2)
    assert (written.deliveries, written.files, written.rows, written.faults) == (45, 348, 287, 0)


def test_everything_says_that_it_is_simulated(whole):
    out, _ = whole
    label = (out / "SIMULATED.txt").read_text(encoding="utf-8")
    assert label.startswith("SIMULATED DATA: no real patients (seed 1, scenario at_target).\n")
    assert load(out / "study.yaml").title.startswith("SIMULATED: ")
    files = list(out.glob("2024-*/*/*"))
    assert len(files) == 348
    for file in files:
        said = b"\r\nSIM-" if file.suffix == ".csv" else b"SIMULATED"
        assert said in file.read_bytes(), file


def test_a_folder_a_delivery_and_a_folder_a_feed(whole):
    out, _ = whole
    assert sorted(p.name for p in out.iterdir() if p.name.startswith("20"))[::44] == [
        "2024-03-04", "2024-04-17"
    ]  # fmt: skip
    files = sorted(str(p.relative_to(out / "2024-04-02")) for p in out.glob("2024-04-02/*/*"))
    assert files == [
        "central_lab/lb_20240402.csv", "diary/ec.json", "edc/ae.xpt", "edc/cm.xpt", "edc/dm.xpt",
        "edc/mh.xpt", "edc/pr.xpt", "edc/suppae.xpt", "edc/sv.xpt", "edc/vs.xpt",
    ]  # fmt: skip


def test_files_hold_what_was_known_on_their_day(whole):
    out, _ = whole
    lab = frame(out, "2024-04-02", "central_lab/lb_20240402.csv")
    assert lab["LBTEST"].tolist()[:2] == ["中性粒细胞", "血小板"]
    assert set(lab["LBRESSTA"]) == {"C"}
    events = frame(out, "2024-03-23", "edc/ae.xpt")
    assert events[["AESEQ", "AETOXGR", "AEENDTC"]].to_numpy().tolist() == [
        ["1", "3", ""], ["1", "3", "2024-03-21"], ["2", "3", "2024-03-18"]
    ]  # fmt: skip
    doses = frame(out, "2024-03-13", "diary/ec.json")
    half = doses[doses["ECSPID"].str.startswith("S1-2024-03-13")]
    mine = half[half["USUBJID"] == name("002")]
    assert mine["ECOCCUR"].tolist() == ["Y", "N"]


def test_the_extract_says_when_it_was_made(whole):
    out, _ = whole
    path = out / "2024-03-23" / "edc" / "ae.xpt"
    assert read(path, "ae.xpt").extracted == "2024-03-23T22:00:00"
    path = out / "2024-03-23" / "diary" / "ec.json"
    assert read(path, "ec.json").extracted == "2024-03-23T22:00:00+08:00"


def test_the_truth_tells_deliveries_and_rows(whole):
    out, _ = whole
    deliveries = table(out / "truth" / "deliveries.csv")
    assert deliveries[0] == {
        "DAY": "2024-03-04", "FEED": "edc", "FILE": "dm.xpt", "DOMAIN": "DM",
        "CONTENT": "2024-03-04", "ROWS": "1", "DAMAGE": "", "USABLE": "Y",
    }  # fmt: skip
    assert len(deliveries) == 348
    rows = table(out / "truth" / "rows.csv")
    assert len(rows) == 287
    told = [r for r in rows if r["ROW"] in {f"DM|{name('003')}", f"AE|{name('002')}|2"}]
    assert [(r["ROW"][:2], r["KNOWN"], r["CAME"], r["DELETED"]) for r in told] == [
        ("AE", "2024-03-20", "2024-03-20", ""), ("AE", "2024-03-25", "2024-03-25", "Y"),
        ("DM", "2024-03-22", "2024-03-22", ""), ("DM", "2024-03-24", "2024-03-24", ""),
        ("DM", "2024-04-13", "2024-04-13", ""),
    ]  # fmt: skip
    assert table(out / "truth" / "faults.csv") == []


def test_the_same_trial_has_the_same_bytes(whole, tmp_path):
    out, _ = whole
    writer.write(ORIGINAL, STUDY, made(), tmp_path / "again")
    assert digests(tmp_path / "again") == digests(out)


def test_planted_faults_are_told(tmp_path):
    written = writer.write(ORIGINAL, STUDY, made(), tmp_path / "out", "hostile")
    faults = table(tmp_path / "out" / "truth" / "faults.csv")
    assert len(faults) == written.faults > 0
    assert list(faults[0]) == [
        "FAULT", "DAY", "FEED", "FILE", "DOMAIN", "ROW", "USUBJID", "WHAT", "RIGHT", "CORRECTED",
        "VALUE",
    ]  # fmt: skip
    assert all(f["DAY"] >= "2024-03-04" and set(f["RIGHT"].split(";")) for f in faults)
    deliveries = table(tmp_path / "out" / "truth" / "deliveries.csv")
    unusable = [d for d in deliveries if d["USABLE"] == "N"]
    assert unusable
    assert all(d["DAMAGE"] for d in unusable)


def test_only_the_last_days_are_delivered(tmp_path):
    out = tmp_path / "out"
    written = writer.write(ORIGINAL, STUDY, made(), out, deliveries=3)
    assert written.deliveries == 3
    assert sorted(p.name for p in out.glob("20*")) == ["2024-04-15", "2024-04-16", "2024-04-17"]
    assert len(frame(out, "2024-04-15", "central_lab/lb_20240415.csv")) == 42


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(WrongUseError, match="is not empty; name a new folder"):
        writer.write(ORIGINAL, STUDY, made(), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(WrongUseError, match="is not empty"):
        writer.require_empty(tmp_path / "mine.txt")
    writer.require_empty(tmp_path / "new")
