"""The DAGs: what operators expect of them, and a real run that must agree with the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from safety.settings import Settings
from safety.store.read import Store
from tests import build, command, databases, delivery
from tests.e2e.trials import ROOT, environment

pytestmark = pytest.mark.xdist_group("airflow")  # what they share is made once
AIRFLOW = Path(sys.executable).with_name("airflow")
DAG = "safety_daily__cdisc_pilot"
SUBJECT = "S7-0413-REN"
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


def deliver_low_platelets(home: Path) -> Settings:
    """A subject with a name that is nowhere else, and grade 4: two alerts."""
    rows = delivery.rows(lb=[build.measurement("PLAT", "20", "10^9/L", LBORNRLO="125",
                                               LBORNRHI="350")])  # fmt: skip
    named = {n: [row | {"USUBJID": SUBJECT} for row in of] for n, of in rows.items()}
    delivery.write(home, named)
    return delivery.settings(home)


@pytest.mark.airflow
def test_a_real_run_gives_the_result_of_the_command_line(tmp_path):
    here = deliver_low_platelets(tmp_path / "here")
    said = command.here(
        databases.environment(here.home) | {"TOXWATCH_STUDIES": str(here.studies)},
        "run", "t1", "--as-of", "2024-04-01", "--json",
    )  # fmt: skip
    summary = json.loads(said.stdout)
    there = tmp_path / "there"
    environ = airflow_environment(there, there / "studies")  # without a database: it makes its own
    deliver_low_platelets(there)
    call(environ, AIRFLOW, "db", "migrate")
    asked = ["2026-01-01", "--conf", '{"as_of": "2024-04-01"}']
    call(environ, AIRFLOW, "dags", "test", "safety_daily__t1", *asked)
    snapshot = Store(environ["TOXWATCH_DB_URL"]).latest("T1")
    assert snapshot is not None
    assert snapshot.snapshot_id == summary["snapshot_id"]
    assert snapshot.result_hash == summary["result_hash"]
    mails = list((there / "alerts").glob("*.eml"))
    assert (len(mails), summary["sent"]) == (2, {"sent": 2, "failed": 0})
    assert any(SUBJECT in m.read_text("utf-8") for m in mails)
    assert list((there / "work").iterdir()) == []
    assert run_of(there / "airflow" / "airflow.db") == dict.fromkeys(STEPS, "success") | {
        "run_failed": "skipped",
    }  # fmt: skip
    # no subject id in what Airflow keeps: its database and its logs
    kept = [p for p in (there / "airflow").rglob("*") if p.is_file()]
    assert any(p.suffix == ".db" for p in kept)
    assert [p.name for p in kept if SUBJECT.encode() in p.read_bytes()] == []


def run_of(database: Path) -> dict[str, str]:
    """Return how each task of the only run ended, as Airflow keeps it."""
    query = "SELECT task_id, state FROM task_instance"
    return dict(databases.rows(f"sqlite:///{database}", query))
