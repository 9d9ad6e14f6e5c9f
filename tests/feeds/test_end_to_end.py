"""An EDC's ODM-XML and a central laboratory's CSV through every step, to grades and verdicts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from safety import pipeline
from safety.feeds.central_lab import sample as laboratory
from safety.feeds.odm_xml import sample as edc
from safety.settings import Settings, from_environment
from safety.store.read import Store
from tests import databases

pytestmark = pytest.mark.xdist_group("feeds")  # what they share is made once

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "nct06038461"
PREFIX = "NCT06038461-001-"
SUBJECTS = [PREFIX + n for n in ("101", "102", "103")]
# On the second day: one count corrected, one cancelled, one with a decimal point, and one code
# that nobody declared.
LATER = [
    ("101", "900", "ANC", "0,45", "12/03/2024", "正式"),
    ("101", "900", "ANC", "0,55", "12/03/2024", "正式"),
    ("101", "901", "ANC", "0,2", "13/03/2024", "作废"),
    ("102", "902", "ANC", "0.3", "12/03/2024", "正式"),
    ("102", "903", "ANC#", "3,1", "13/03/2024", "正式"),
]


def _study() -> dict[str, Any]:
    content = yaml.safe_load((ROOT / "studies" / "nct06038461.yaml").read_text("utf-8"))
    exported = edc.declaration(EXAMPLE, "rave", PREFIX)
    del exported["domains"]["LB"]  # the laboratory sends it
    return content | {"feeds": [exported | {"ignore": ["LB_LOG"]}, laboratory.FEED]}


def _later(path: Path) -> None:
    """Write what the laboratory sends on the second day, the corrected count twice."""
    rows = []
    for number, (subject, seq, test, result, day, status) in enumerate(LATER):
        cells = dict.fromkeys(laboratory.HEADER, "") | {
            "STUDYID": "NCT06038461", "USUBJID": PREFIX + subject, "LBSEQ": seq, "LBTESTCD": test,
            "LBTEST": "Neutrophils", "LBSPEC": "全血", "LBORRES": result, "LBORRESU": "10^9/升",
            "LBORNRLO": "1,8", "LBORNRHI": "6,3", "LBDTC": day, "TIME": "06:15",
            "STATUS": status, "REPORTED": f"05/06/2024 1{number}:00",
        }  # fmt: skip
        rows.append(";".join(cells.values()))
    path.parent.mkdir(parents=True)
    text = "\r\n".join([";".join(laboratory.HEADER.values()), *rows, ""])
    path.write_text(text, encoding="gb18030", newline="")


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> Settings:
    home = tmp_path_factory.mktemp("feeds")
    (home / "studies").mkdir()
    (home / "studies" / "nct.yaml").write_text(json.dumps(_study(), default=str), "utf-8")
    path = home / "feeds" / "rave" / "export.xml"
    assert edc.write_sample(EXAMPLE, path, "rave", SUBJECTS, PREFIX) == 551
    assert laboratory.write_sample(EXAMPLE, home / "feeds/lab/2024-06-04", SUBJECTS) == 396
    _later(home / "feeds" / "lab" / "2024-06-05" / "lb.csv")
    return from_environment(
        databases.environment(home) | {"TOXWATCH_STUDIES": str(home / "studies")}
    )


@pytest.fixture(scope="module")
def summary(used) -> dict[str, Any]:
    now = datetime(2024, 6, 6, tzinfo=UTC)
    return pipeline.run(used, "nct", date(2024, 6, 5), now=lambda: now)


def frame(used: Settings, name: str, **where: str) -> pd.DataFrame:
    store = Store(used.db_url)
    shot = store.latest("NCT06038461")
    assert shot is not None
    return store.frame(name, shot.cut, **where)


def test_every_row_of_both_feeds_is_accounted_for(summary) -> None:
    by_domain = {name: rows["accepted"] for name, rows in summary["by_domain"].items()}
    assert by_domain == {"DM": 3, "EC": 22, "LB": 398, "VS": 85, "SV": 36, "AE": 2, "SUPPAE": 6,
                         "CM": 1}  # fmt: skip
    assert {k: v for k, v in summary["by_domain"]["LB"].items() if v} == {
        "received": 401, "accepted": 398, "quarantined": 1, "superseded": 1, "deleted": 1,
    }  # fmt: skip


def test_the_grades_are_those_of_the_same_data_as_sdtm_files(used, summary) -> None:
    """Without the second day's count of 0.55 the grades were counted from SDTM files."""
    assert summary["grades"] == {"0": 691, "1": 2, "2": 6, "3": 2, "4": 4}
    assert summary["event_grades"] == {"3": 1, "4": 1}
    assert summary["verdicts"] == {"DLT": 1, "INDETERMINATE": 1, "NO_DLT": 1}


def test_a_corrected_count_is_the_newest_and_a_cancelled_one_is_gone(used, summary) -> None:
    counts = frame(used, "measurement", paramcd="NEUT")
    later = counts[counts["ADTC"].isin(["2024-03-12T06:15:00", "2024-03-13T06:15:00"])]
    assert later[["USUBJID", "AVAL"]].to_numpy().tolist() == [[SUBJECTS[0], 0.55]]


def test_a_row_of_another_form_is_held_and_alarms(used, summary) -> None:
    held = frame(used, "quarantine")
    assert held["CHECKS"].tolist() == ["ME-F01"]
    assert "0.3" in held["RAW"].iloc[0]
    found = frame(used, "finding")
    said = found.loc[found["CHECKID"].eq("ME-F01") & found["STATUS"].eq("fail"), "NOTE"]
    assert said.tolist() == ["结果 is not of the form 1.234,5: 0.3. (1 row)"]


def test_codes_that_nobody_declared_are_asked_about_and_conversions_logged(used, summary) -> None:
    found = frame(used, "finding").set_index(["CHECKID", "DOMAIN"])
    assert (
        found.loc[("IN-011", "LB"), "NOTE"] == "no map has: PARAMCD 'ANC#' (1); kept as received."
    )
    assert found.loc[("IN-012", "LB"), "CHECKED"] > 1_000
    assert found.loc[("IN-001", "edc"), "STATUS"] == "pass"
