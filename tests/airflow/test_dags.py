"""The DAGs: what operators expect of them, and a real run that must agree with the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from safety.store.read import Store
from tests import databases
from tests.e2e.trials import ROOT, environment

AIRFLOW = Path(sys.executable).with_name("airflow")
DAG = "safety_daily__cdisc_pilot"
STEPS = ["pull", "land", "validate", "grade", "assess", "publish", "dispatch"]


def airflow_environment(home: Path, studies: Path = ROOT / "studies") -> dict[str, str]:
    return environment(home) | {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "TOXWATCH_STUDIES": str(studies),
    }


def call(environ: dict[str, str], *command: str | Path) -> str:
    done = subprocess.run(
        command, env=os.environ | environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    home = tmp_path_factory.mktemp("airflow")
    script = Path(__file__).with_name("dag_facts.py")
    environ = airflow_environment(home)
    answer = call(environ, sys.executable, script, "fail")
    return json.loads(answer.splitlines()[-1]) | {"db_url": environ["TOXWATCH_DB_URL"]}


def test_there_is_a_dag_for_each_study_and_a_watchdog_for_all(facts):
    studies = {f"safety_daily__{p.stem}" for p in (ROOT / "studies").glob("*.yaml")}
    assert set(facts["dags"]) == studies | {"safety_watchdog"}
    assert DAG in studies


def test_parsing_imports_nothing_heavy(facts):
    assert facts["heavy"] == []


def test_a_study_file_is_not_read_when_parsed(tmp_path):
    studies = tmp_path / "studies"
    studies.mkdir()
    (studies / "broken.yaml").write_text("this: [is not, a study", encoding="utf-8")
    script = Path(__file__).with_name("dag_facts.py")
    answer = call(airflow_environment(tmp_path, studies), sys.executable, script)
    assert list(json.loads(answer.splitlines()[-1])["dags"]) == [
        "safety_daily__broken", "safety_watchdog",
    ]  # fmt: skip


def test_dags_are_as_operators_expect(facts):
    dag = facts["dags"][DAG]
    assert dag["owner"] == "data-engineering"
    assert dag["tags"] == ["safety", "study:cdisc_pilot", "toxwatch"]
    assert dag["doc"] is True
    assert dag["max_active_runs"] == 1
    assert dag["catchup"] is False
    assert dag["params"] == ["as_of"]
    tasks = dict(dag["tasks"])
    watcher = tasks.pop("run_failed")
    assert (watcher["downstream"], watcher["rule"]) == ([], "one_failed")
    for name in STEPS[:-1]:  # a step that fails fails the run
        tasks[name]["downstream"].remove("run_failed")
    # a server that cannot be asked stops nothing; what waits is sent whatever failed
    assert {n: t["rule"] for n, t in tasks.items() if t["rule"] != "all_success"} == {
        "land": "all_done",
        "dispatch": "all_done",
    }
    assert list(tasks) == STEPS
    for name, task in tasks.items():
        assert task["retries"] == 2, name
        assert task["timeout"] == 1800, name
        following = STEPS[STEPS.index(name) + 1 :][:1]
        assert task["downstream"] == following, name


def test_the_watchdog_is_as_operators_expect(facts):
    dag = facts["dags"]["safety_watchdog"]
    assert (dag["owner"], dag["max_active_runs"], dag["catchup"]) == ("data-engineering", 1, False)
    assert {n: (t["retries"], t["timeout"]) for n, t in dag["tasks"].items()} == {"beat": (1, 1200)}


def test_what_fails_leaves_an_alert_for_the_data_engineers(facts):
    """A task that failed, and a run that took too long and was well the next time."""
    assert facts["silent"]  # the task that fails the run tells nothing of its own
    query = "SELECT tier, rule, episode, condition, title FROM alert ORDER BY episode"
    assert databases.rows(facts["db_url"], query) == [
        ("P4", "RUN", f"{DAG}|", "cleared", f"P4 [cleared] CDISCPILOT01: the run of {DAG} failed"),
        ("P4", "RUN", f"{DAG}|pull", "holds", f"P4 CDISCPILOT01: pull of {DAG} failed"),
    ]
    ((body,),) = databases.rows(facts["db_url"], "SELECT body FROM outbox WHERE body LIKE '%pull%'")
    assert f"{DAG}, task pull, run run_1: ValueError\n" in body
    assert "01-701" not in body


@pytest.mark.airflow
@pytest.mark.xdist_group("pilot")
def test_a_real_run_gives_the_result_of_the_command_line(pilot, tmp_path):
    environ = airflow_environment(tmp_path)
    shutil.copytree(pilot.home / "feeds", tmp_path / "feeds")
    call(environ, AIRFLOW, "db", "migrate")
    call(environ, AIRFLOW, "dags", "test", DAG, "2026-01-01")
    snapshot = Store(environ["TOXWATCH_DB_URL"]).latest("CDISCPILOT01")
    assert snapshot is not None
    assert snapshot.snapshot_id == pilot.summary["snapshot_id"]
    assert snapshot.result_hash == pilot.summary["result_hash"]
    assert len(list((tmp_path / "alerts").glob("*.eml"))) == 86
    assert list((tmp_path / "work").iterdir()) == []
    # no subject id in what Airflow keeps: its database and its logs
    kept = [p for p in (tmp_path / "airflow").rglob("*") if p.is_file()]
    assert kept
    assert not any(b"01-70" in p.read_bytes() for p in kept)
