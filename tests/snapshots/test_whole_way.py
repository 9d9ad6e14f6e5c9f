"""The whole way: three deliveries with a correction, a decision between them, all made again.

One module, because runs cost time; what differs between databases is in the other modules.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pandas as pd
import pytest
from typer.testing import CliRunner

from safety.cli import app
from safety.decisions import record
from safety.intake import evidence
from safety.snapshots import rebuild
from safety.store.read import Store
from tests import build, daily, databases, delivery
from tests.daily import MONDAY, TUESDAY, WEDNESDAY, deliver, run

DECIDED = datetime(2024, 4, 1, 12, tzinfo=UTC)


def sick(grade: str, soc: str = "General disorders") -> list[dict[str, str | None]]:
    return [build.event("1", grade, AEDECOD="Fatigue", AEENDTC="2024-03-19", AEBODSYS=soc)]


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A DLT on Monday, adjudicated; corrected away on Tuesday; back on Wednesday."""
    home = tmp_path_factory.mktemp("way")
    made = daily.settings(home)
    deliver(home, MONDAY, ae=sick("3"))
    run(made, MONDAY)
    said = record.Statement("adjudication", "DLT confirmed", "S1")
    record.add(made, "T1", said, "Dr A", "grade 3 fatigue", now=DECIDED)
    deliver(home, TUESDAY, ae=sick("2"))
    run(made, TUESDAY)
    # not the bytes of Monday: they would be held as an old delivery that came again
    deliver(home, WEDNESDAY, ae=sick("3", "Other disorders"))
    run(made, WEDNESDAY)
    yield made
    databases.forget(home)


@pytest.fixture
def call(used, monkeypatch):
    environment = databases.environment(used.home) | {"TOXWATCH_STUDIES": str(used.studies)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_a_decision_is_called_in_question_and_cleared(used, call) -> None:
    alerts = Store(used.db_url).alerts("T1").set_index("RULE")
    question = alerts.loc["QUESTION"]
    assert (question["TIER"], question["USUBJID"], question["CONDITION"]) == ("P1", "S1", "cleared")
    assert question["REVISION"] == 2  # raised on Tuesday, cleared on Wednesday
    [listed] = json.loads(call("decisions", "list", "t1", "--json").stdout)
    assert listed["STATE"] == "stands: as it was when decided"
    shown = json.loads(call("decisions", "show", "t1", listed["DECISION"], "--json").stdout)
    first, second = shown["questions"]
    cells = {(c["table"], c["column"]): (c["before"], c["after"]) for c in first["cells"]}
    assert cells["verdict", "VERDICT"] == ("DLT", "INDETERMINATE")
    assert cells["adverse_event", "AETOXGR"] == ("3", "2")
    assert second["cells"] == []
    told = call("decisions", "show", "t1", listed["DECISION"]).stdout
    assert "verdict S1: VERDICT DLT -> INDETERMINATE" in told
    assert "as it was when decided" in told


def test_a_difference_names_cells_and_deliveries(used, call, tmp_path) -> None:
    found = json.loads(call("snapshots", "diff", MONDAY, TUESDAY, "t1", "--json").stdout)
    changes = {(c["table"], c["key"]): c for c in found["changes"]}
    [cause] = changes["verdict", "S1"]["causes"]
    assert (cause["what"], cause["record"]) == ("delivery", "AE|S1|1")
    assert (cause["delivery"]["feed"], cause["delivery"]["day"]) == ("edc", TUESDAY)
    assert (cause["file"], cause["row"]) == (f"{TUESDAY}/ae.csv", 1)
    assert found["changes"][0]["table"] == "verdict"
    text = call("snapshots", "diff", MONDAY, TUESDAY).stdout
    assert "changed verdict S1: VERDICT DLT -> INDETERMINATE" in text
    assert f"{TUESDAY}/ae.csv row 1" in text
    only = call("snapshots", "diff", TUESDAY, MONDAY, "--table", "records", "--json").stdout
    assert [c["cells"] for c in json.loads(only)["changes"]] == [
        [{"column": "AETOXGR", "before": "2", "after": "3"}]
    ]
    out = tmp_path / "diff.csv"
    assert call("snapshots", "diff", MONDAY, TUESDAY, "--out", str(out)).exit_code == 0
    table = pd.read_csv(out)
    row = table[table["TABLE"].eq("verdict") & table["COLUMN"].eq("VERDICT")].iloc[0]
    assert (row["BEFORE"], row["AFTER"]) == ("DLT", "INDETERMINATE")


def test_no_study_or_table_of_that_name(call) -> None:
    assert "no table 'x'" in str(
        call("snapshots", "diff", MONDAY, TUESDAY, "--table", "x").exception
    )
    assert "no snapshot begins" in str(call("snapshots", "diff", "zz", TUESDAY).exception)
    assert "or --all STUDY" in str(call("snapshots", "rebuild").exception)


def test_every_past_snapshot_is_made_again_to_the_byte(call) -> None:
    done = call("snapshots", "rebuild", "--all", "t1", "--json")
    assert [each["outcome"] for each in json.loads(done.stdout)] == ["byte-identical"] * 3
    assert done.exit_code == 0


def test_missing_evidence_is_said(used) -> None:
    store, newest = delivery.snapshot(used)
    manifest = store.manifest(newest.snapshot_id)
    assert manifest is not None
    files = [file for delivered in manifest.deliveries for file in delivered.files]
    file = next(each for each in files if each.name == f"{WEDNESDAY}/ae.csv")
    place = evidence.path(used.evidence, file.sha256)
    kept = place.read_bytes()
    place.unlink()
    try:
        found = rebuild.rebuild(used, newest)
    finally:
        place.write_bytes(kept)
    assert not found.is_identical
    assert f"evidence {file.sha256} of {file.name} is missing" in found.cannot
