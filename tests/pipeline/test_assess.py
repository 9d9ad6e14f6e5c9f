"""Verdicts through the pipeline: a small dose-finding study from files to tables and alerts."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from rich.console import Console

from safety import folder
from safety.assess.subject import assess
from safety.report import text as report
from safety.study import load
from tests import build, databases, delivery, prepared, trial

pytestmark = pytest.mark.xdist_group("assess")  # what they share is made once

# grade 4 from 03-08 to 03-16, above it again on 03-18: at least 8 days
NADIR = delivery.counts_of(
    {"2024-02-28": "3.6", "2024-03-08": "0.4", "2024-03-12": "0.3", "2024-03-16": "0.45",
     "2024-03-18": "2.1", "2024-03-22": "3.3"}
)  # fmt: skip


@pytest.fixture
def used(tmp_path):
    return delivery.trial_settings(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A home after the run of a subject with a DLT, and its summary. Only to be read."""
    home = tmp_path_factory.mktemp("dlt")
    delivery.write(home, delivery.trial_rows(lb=NADIR))
    yield home, delivery.run(delivery.trial_settings(home))
    databases.forget(home)


@pytest.fixture
def begun(first, tmp_path):
    """Settings of a copy of that home."""
    return delivery.trial_settings(prepared.copied(first[0], tmp_path))


def table(used, name: str):
    store, shot = delivery.snapshot(used)
    return store.frame(name, shot.cut)


def states(used) -> dict[str, str]:
    rules = table(used, "rule_result")
    return dict(zip(rules["RULE"], rules["STATE"], strict=True))


def test_an_uneventful_subject(used, tmp_path):
    delivery.write(tmp_path, delivery.trial_rows())
    summary = delivery.run(used)
    assert summary["escalation"] == "applies"
    assert summary["verdicts_by_level"] == {"L1": {"NO_DLT": 1}}
    assert summary["rules"] == {"not_met": 2}  # the exception E1 is no rule of its own here
    assert summary["candidates"] == {}
    assert summary["new_alerts"] == 0
    assert states(used) == {"H1": "not_met", "N1": "not_met", "E1": "not_met"}
    verdict = table(used, "verdict").iloc[0]
    assert (verdict["DOSELVL"], verdict["VERDICT"], verdict["CLOSES"]) == (
        "L1", "NO_DLT", "2024-03-22",
    )  # fmt: skip
    done = table(used, "surveillance").iloc[0]
    assert (done["ASSESSMENT"], done["STATUS"], done["DONEON"]) == ("CBC", "done", '["2024-03-10"]')
    account = table(used, "dose_account").set_index(["DRUG", "CYCLE"])
    assert account.loc[("alpha", 1), ["PLANNED", "TAKEN", "RDI"]].tolist() == [21, 21, 1]
    assert account.loc[("beta", 1), ["PLANNED", "TAKEN", "RDI"]].tolist() == [28, 28, 1]


def test_a_dlt_shows_everywhere(first):
    used, summary = delivery.trial_settings(first[0]), first[1]
    assert summary["verdicts"] == {"DLT": 1}
    assert summary["candidates"] == {"met": 1}
    assert summary["triggers"] == {"met": 1}
    assert summary["pauses"] == 1
    verdict = table(used, "verdict").iloc[0]
    assert (verdict["VERDICT"], verdict["ONSETDY"]) == ("DLT", 8)
    rule = table(used, "rule_result").set_index("RULE").loc["H1"]
    assert (rule["STATE"], rule["ONSETDY"]) == ("met", 8)
    assert json.loads(rule["TERMS"]) == ["Neutrophil count decreased"]
    said, places = json.loads(rule["EVIDENCE"]), json.loads(rule["PLACES"])
    assert said[0] == {
        "record": "LB|S1|2", "date": "2024-03-08", "text": "NEUT 0.4 10^9/L (grade 4)",
    }  # fmt: skip
    assert places[0] == {"file": "lb.csv", "row": 2}
    trigger = table(used, "trigger").iloc[0]
    assert (trigger["RULE"], trigger["DRUG"], trigger["ACTION"], trigger["ONDT"]) == (
        "A1", "alpha", "hold", "2024-03-08",
    )  # fmt: skip
    alerts = delivery.snapshot(used)[0].alerts("T1")
    told = set(zip(alerts["RULE"], alerts["TIER"], alerts["VERIFIED"], strict=True))
    assert {("DLT", "P1", 1), ("PAUSE", "P1", 1), ("GRADE4", "P2", 1)} <= told
    body = alerts.set_index("RULE").loc["DLT", "BODY"].split("\n")
    assert body[:3] == [
        "DLT candidate H1: Neutrophil count decreased",
        "Rule: neutrophils below 0.5 for a week",
        "Onset study day 8",
    ]
    assert "2024-03-08 NEUT 0.4 10^9/L (grade 4) [lb.csv row 2]" in body


def test_the_printed_summary_tells_verdicts_by_level(first):
    console = Console(file=io.StringIO(), width=120)
    report.print_summary(first[1], console)
    printed = [line.rstrip() for line in console.file.getvalue().split("\n")]
    start = next(n for n, line in enumerate(printed) if line.startswith("Verdicts"))
    assert printed[start : start + 3] == [
        "Verdicts         L1 DLT: 1",
        "DLT rules        1 met, 0 cannot be judged (by subject and rule); 0 met after the window",
        "Dose triggers    1 fired, 0 cannot be judged",
    ]
    assert printed[start + 3].startswith("Deviations ")
    assert printed[start + 4] == "Pauses           1 pause rules fired"


def test_a_second_run_writes_nothing(first, begun):
    second = delivery.run(begun)
    assert second["changed"] is False
    assert (second["new_alerts"], second["written"]) == (0, {})
    assert second["verdicts"] == first[1]["verdicts"]


def test_a_correction_that_removes_a_dlt_closes_its_rows(begun, tmp_path):
    mended = [r | {"LBORRES": "2.4"} if r["LBSEQ"] in {"3", "4"} else r for r in NADIR]
    delivery.write(tmp_path, delivery.trial_rows(lb=mended))
    summary = delivery.run(begun)
    assert summary["verdicts"] == {"NO_DLT": 1}
    assert summary["written"]["verdict"] == 1
    assert summary["written"]["pause"] == 1
    store, newest = delivery.snapshot(begun)
    oldest = store.snapshots("T1")[-1]
    assert [store.frame("verdict", s.cut)["VERDICT"].item() for s in (oldest, newest)] == [
        "DLT", "NO_DLT",
    ]  # fmt: skip
    assert store.frame("pause", newest.cut).empty


def test_unchanged_data_at_a_later_day_keep_every_row(first, begun):
    second = delivery.run(begun, date(2024, 4, 2))
    assert second["snapshot_id"] != first[1]["snapshot_id"]
    # cycle 2 goes on: only what was due by then grows
    assert set(second["written"]) <= {"dose_account", "verdict"}
    assert second["new_alerts"] == 0


@pytest.fixture(scope="module")
def early(tmp_path_factory):
    """Settings of a home after a run while the window is open, and its summary.

    OPEN has no event, LOW a grade 4 that may last long enough.
    """
    home = tmp_path_factory.mktemp("early")
    counts = {
        "OPEN": {"2024-02-28": "3.6", "2024-03-10": "3.1"},
        "LOW": {"2024-02-28": "3.6", "2024-03-08": "0.4", "2024-03-11": "0.4"},
    }
    cases = {
        who: delivery.trial_rows(
            ec=[trial.given("2024-03-01", "2024-03-11")],
            lb=delivery.counts_of(values),
            sv=[trial.visit("CYCLE 1 DAY 1", "2024-03-01")],
        )
        for who, values in counts.items()
    }
    used = delivery.trial_settings(home)
    delivery.write(home, prepared.together(cases))
    yield used, delivery.run(used, date(2024, 3, 12))
    databases.forget(home)


def test_an_open_window_is_pending_and_raises_no_candidate(early):
    used, summary = early
    verdicts = table(used, "verdict").set_index("USUBJID")["VERDICT"]
    assert verdicts.loc["OPEN"] == "PENDING"
    rules = table(used, "rule_result")
    judged = rules[rules["USUBJID"].eq("OPEN") & rules["KIND"].ne("exception")]
    assert judged["STATE"].tolist() == ["not_evaluable"] * 2
    assert summary["candidates"] == {"not_evaluable": 1}  # of LOW
    alerts = delivery.snapshot(used)[0].alerts("T1")
    assert "DLT" not in set(alerts.loc[alerts["USUBJID"].eq("OPEN"), "RULE"])


def test_what_a_later_sample_decides_says_by_when(early):
    alerts = delivery.snapshot(early[0])[0].alerts("T1")
    alerts = alerts[alerts["USUBJID"].eq("LOW")].set_index("RULE")
    assert (alerts.loc["DLT", "TIER"], alerts.loc["DLT", "VERIFIED"]) == ("P1", 0)
    assert (alerts.loc["SAMPLE", "TIER"], alerts.loc["SAMPLE", "VERIFIED"]) == ("P2", 1)
    assert alerts.loc["SAMPLE", "BODY"].startswith("A record by 2024-03-")


def test_optional_domains_may_be_missing(tmp_path):
    domains = {
        name: domain | {"optional": name not in {"DM", "EC"}}
        for name, domain in trial.DOMAINS.items()
    }
    feed = {"id": "sdtm", "kind": "sdtm_folder", "path": "f", "domains": domains}
    used = delivery.trial_settings(tmp_path, feeds=[feed])
    rows = delivery.trial_rows()
    delivery.write(tmp_path, {name: rows[name] for name in ("dm", "ec")})
    summary = delivery.run(used)
    assert summary["rows"]["accepted"] == 3
    rules = table(used, "rule_result").set_index("RULE")
    assert (rules.loc["H1", "STATE"], json.loads(rules.loc["H1", "MISSING"])) == (
        "not_evaluable", ["CBC of C1D8-C1D15 was not done: nobody looked"],
    )  # fmt: skip
    assert summary["verdicts"] == {"INDETERMINATE": 1}
    assert summary["candidates"] == {}
    assert summary["new_alerts"] == 0  # nobody looked: there is no event to tell of


def test_files_and_rows_in_any_order_give_the_same_rows(first, begun, tmp_path):
    rows = delivery.trial_rows(lb=NADIR)
    delivery.write(tmp_path, {name: rows[name][::-1] for name in reversed(rows)})
    second = delivery.run(begun)
    assert second["snapshot_id"] != first[1]["snapshot_id"]
    assert second["result_hash"] == first[1]["result_hash"]
    assert second["written"] == {}
    assert second["new_alerts"] == 0


def test_the_pipeline_says_what_the_command_on_a_folder_says(first, tmp_path):
    place = delivery.write(tmp_path, delivery.trial_rows(lb=NADIR))
    used = delivery.trial_settings(first[0])
    study = load.load(used.studies / "t1.yaml")
    found = assess(folder.facts(folder.read(place, study), study), study, delivery.AS_OF)[0]
    assert states(used) == {r.id: r.state for r in found.rules}
    assert table(used, "verdict")["VERDICT"].item() == found.verdict
    assert json.loads(table(used, "verdict")["QUERIES"].item()) == list(found.queries)


def test_a_study_without_dose_levels_says_that_escalation_does_not_apply(tmp_path):
    used = delivery.settings(tmp_path)
    delivery.write(tmp_path, delivery.rows(ae=[build.event(AETOXGR="3")]))
    summary = delivery.run(used)
    assert summary["escalation"] == "does not apply: the study file has no dose levels"
    assert summary["verdicts"] == {"DLT": 1}
    assert summary["verdicts_by_level"] == {}
    for name in ("surveillance", "dose_account", "trigger", "deviation", "pause"):
        assert table(used, name).empty, name
