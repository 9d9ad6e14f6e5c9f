"""Print what a DAG file says of itself, as JSON; run in a process of its own by test_dags.

With an argument, studies are looked for there.
"""

import importlib.util
import json
import sys
from pathlib import Path

source = Path(__file__).resolve().parents[2] / "dags" / "safety_daily.py"
spec = importlib.util.spec_from_file_location("safety_daily", source)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

from airflow.sdk import DAG  # noqa: E402  after the file, to see what it imports by itself

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
        for d in vars(module).values()
        if isinstance(d, DAG)
    },
}
print(json.dumps(facts))
