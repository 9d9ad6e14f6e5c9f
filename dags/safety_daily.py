"""One DAG a study: land, validate, grade, assess, publish, dispatch, once a day.

Parsing reads no study, database or data: a DAG is named after each file in the studies folder,
and everything else is imported inside the tasks. Tasks pass the snapshot id of the run, never data.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

STUDIES = Path(os.environ.get("TOXWATCH_STUDIES", "studies"))
OWNER = "data-engineering"
RETRIES = 2
DOC = """
### Daily safety run of {study}

Lands the study's feeds, checks and grades them, derives episodes, worst grades, verdicts and dose
triggers, publishes a snapshot in one transaction and sends new alerts.

* A delivery that cannot be read is **held**: `validate` fails without retry, the previous
  snapshot stays current and the dashboard says so.
* Running it again changes nothing: a published snapshot is recognised by its id.
* `as_of` sets the knowledge date; by default the study's data cut, or the day of the run.
"""


def _settings() -> Any:
    from safety.settings import from_environment

    return from_environment()


def _now() -> datetime:
    return datetime.now(UTC)


def _without_retry(step: Callable[[], Any]) -> Any:
    """Run a step; a held delivery or a wrong setting does not get better by trying again."""
    from airflow.sdk.exceptions import AirflowFailException

    from safety.errors import HeldDeliveryError, WrongUseError

    try:
        return step()
    except (HeldDeliveryError, WrongUseError) as error:
        raise AirflowFailException(str(error)) from error


def build(study: str) -> Any:
    """Return the DAG of one study."""

    @dag(
        dag_id=f"safety_daily__{study}",
        schedule="@daily",
        start_date=datetime(2024, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=2),
        default_args={
            "owner": OWNER,
            "retries": RETRIES,
            "retry_delay": timedelta(minutes=1),
            "retry_exponential_backoff": True,
            "execution_timeout": timedelta(minutes=30),
        },
        tags=["toxwatch", "safety", f"study:{study}"],
        doc_md=DOC.format(study=study),
        params={
            "as_of": Param(
                None,
                type=["null", "string"],
                format="date",
                description="Knowledge date, YYYY-MM-DD; empty for the study's own.",
            )
        },
        is_paused_upon_creation=False,
    )
    def safety_daily() -> None:
        @task
        def land() -> str:
            """Receive every feed and keep its bytes."""
            from safety import pipeline

            text = get_current_context()["params"]["as_of"]
            as_of = date.fromisoformat(text) if text else None
            return str(_without_retry(lambda: pipeline.land(_settings(), study, as_of, now=_now())))

        @task
        def validate(snapshot_id: str) -> str:
            """Parse and check; quarantine rows, hold files."""
            from safety import pipeline

            _without_retry(lambda: pipeline.validate(_settings(), snapshot_id))
            return snapshot_id

        @task
        def grade(snapshot_id: str) -> str:
            """Grade measurements and events by CTCAE."""
            from safety import pipeline

            _without_retry(lambda: pipeline.grade(_settings(), snapshot_id))
            return snapshot_id

        @task
        def assess(snapshot_id: str) -> str:
            """Derive episodes, worst grades, verdicts and dose triggers."""
            from safety import pipeline

            _without_retry(lambda: pipeline.assess(_settings(), snapshot_id))
            return snapshot_id

        @task
        def publish(snapshot_id: str) -> str:
            """Write everything in one transaction."""
            from safety import pipeline

            summary = pipeline.publish(_settings(), snapshot_id, now=_now())
            return str(summary["result_hash"])

        @task
        def dispatch() -> str:
            """Send what waits in the outbox."""
            from safety import pipeline

            counts = pipeline.dispatch(_settings(), now=_now)
            return f"{counts['sent']} sent, {counts['failed']} failed"

        snapshot_id = land()
        publish(assess(grade(validate(snapshot_id)))) >> dispatch()

    return safety_daily()


for _file in sorted(STUDIES.glob("*.yaml")):
    globals()[f"safety_daily__{_file.stem}"] = build(_file.stem)
