"""Print what the DAG files say of themselves, as JSON; run in a process of its own by test_dags.

With the argument `fail`, also call the callbacks of tasks and runs of the pilot's DAG.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "dags"
DAG_ID = "safety_daily__cdisc_pilot"
found = {}
for source in sorted(FOLDER.glob("*.py")):
    spec = importlib.util.spec_from_file_location(source.stem, source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found |= {f"{source.stem}.{name}": value for name, value in vars(module).items()}
    found |= {source.stem: module}

from airflow.sdk import DAG  # noqa: E402  after the file, to see what it imports by itself

dags = {d.dag_id: d for d in found.values() if isinstance(d, DAG)}


def call(callbacks: Any, context: dict[str, Any]) -> None:
    """Call what Airflow calls: one callback, or several."""
    for callback in callbacks if isinstance(callbacks, list) else [callbacks]:
        callback(context)


HEAVY = ("great_expectations", "pandas", "pyarrow", "sqlalchemy.dialects.sqlite", "safety.pipeline")
facts = {
    "heavy": [
        name for name in HEAVY if name in sys.modules and name.startswith(("great", "safety"))
    ],
    "dags": {
        d.dag_id: {
            "tags": sorted(d.tags),
            "owner": d.owner,
            "doc": bool(d.doc_md),
            "max_active_runs": d.max_active_runs,
            "catchup": d.catchup,
            "params": sorted(d.params),
            "tasks": {
                t.task_id: {
                    "retries": t.retries,
                    "timeout": t.execution_timeout.total_seconds(),
                    "doc": bool(t.doc_md or t.doc),
                    "rule": str(t.trigger_rule.value),
                    "downstream": sorted(t.downstream_task_ids),
                }
                for t in d.tasks
            },
        }
        for d in dags.values()
    },
}
if "fail" in sys.argv:
    daily = dags[DAG_ID]
    pull = daily.get_task("pull")
    context = {
        "run_id": "run_1", "task_instance": SimpleNamespace(task_id="pull"),
        "exception": ValueError("subject 01-701"),
    }  # fmt: skip
    call(pull.on_failure_callback, context)
    call(pull.on_success_callback, context | {"task_instance": SimpleNamespace(task_id="land")})
    call(daily.on_failure_callback, {"run_id": "run_1", "reason": "task_failure"})
    call(daily.on_failure_callback, {"run_id": "run_1", "reason": "timed_out"})
    call(daily.on_success_callback, {"run_id": "run_2", "reason": "success"})
    os.environ["TOXWATCH_DB_URL"] = "sqlite:////no/such/folder/toxwatch.db"
    call(pull.on_failure_callback, context)  # must not raise
    facts["silent"] = not daily.get_task("run_failed").on_failure_callback
print(json.dumps(facts))
