"""One DAG a study: pull, land, validate, grade, assess, publish, dispatch, once a day.

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

Asks the servers of the study's feeds for what is new, lands the feeds, checks and grades them,
derives episodes, worst grades, verdicts and dose triggers, publishes a snapshot in one transaction
and sends new alerts.

* A server that cannot be asked fails `pull`; the run goes on with what came before.
* Whatever fails, `dispatch` sends what waits; the run fails (`run_failed`) so that somebody looks,
  and the data engineers get an alert (P4), which is cleared when the step works again.
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


def _as_of() -> date | None:
    text = get_current_context()["params"]["as_of"]
    return date.fromisoformat(text) if text else None


def _without_retry(step: Callable[[], Any]) -> Any:
    """Run a step; a held delivery or a wrong setting does not get better by trying again."""
    from airflow.sdk.exceptions import AirflowFailException

    from safety.errors import HeldDeliveryError, WrongUseError

    try:
        return step()
    except (HeldDeliveryError, WrongUseError) as error:
        raise AirflowFailException(str(error)) from error


def _connection(name: str) -> Any:
    """Return the secret of an Airflow connection, None if there is none of that name."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    from safety.feeds.connections import Secret

    try:
        found = BaseHook.get_connection(name)
    except AirflowNotFoundException:
        return None
    return Secret(found.login or "", found.password or "", found.host or "")


def _pulled(study: str) -> str:
    """Pull before a run; raise ToxwatchError for servers that cannot be asked."""
    from safety import pulling
    from safety.errors import ToxwatchError

    how = pulling.How(resolver=_connection)
    found = _without_retry(
        lambda: pulling.for_run(_settings(), study, _as_of(), now=_now(), how=how)
    )
    if pulling.failures(found):
        raise ToxwatchError(" ".join(pulling.failures(found)))
    return ", ".join(f"{p.feed}: {p.file or 'nothing is new'}" for p in found)


@task(trigger_rule="one_failed", retries=0, on_failure_callback=[])
def run_failed() -> None:
    """Fail the run, beside its other steps, if one failed: `dispatch` succeeds all the same."""
    from airflow.sdk.exceptions import AirflowFailException

    raise AirflowFailException("a step failed: see the tasks before.")


def _telling(study: str, what: str) -> Callable[[Any], None]:
    """Return a callback of a task that tells how it went; it never raises.

    what: `failed` or `succeeded`.
    """

    def callback(context: Any) -> None:
        from safety.alerts import failures

        def tell() -> None:
            ti = context.get("task_instance")
            name = ti.task_id if ti is not None else ""
            _tell(study, what, name, context, context.get("exception"))

        failures.quietly(tell)

    return callback


def _telling_of_run(study: str, what: str) -> Callable[[Any], None]:
    """Return a callback of a run: of a failed task that task has told, not of a time-out."""

    def callback(context: Any) -> None:
        from safety.alerts import failures

        reason = context.get("reason")
        if what == "succeeded" or reason != "task_failure":
            failures.quietly(lambda: _tell(study, what, "", context, reason))

    return callback


def _tell(study: str, what: str, task_id: str, context: Any, error: object) -> None:
    from safety.alerts import failures

    step = failures.Step(f"safety_daily__{study}", task_id, str(context.get("run_id") or ""))
    if what == "failed":
        failures.failed(_settings(), study, step, error, _now())
    else:
        failures.succeeded(_settings(), study, step, _now())


def build(study: str) -> Any:
    """Return the DAG of one study."""

    @dag(
        dag_id=f"safety_daily__{study}",
        schedule="@daily",
        start_date=datetime(2024, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=2),
        on_failure_callback=_telling_of_run(study, "failed"),
        on_success_callback=_telling_of_run(study, "succeeded"),
        default_args={
            "owner": OWNER,
            "retries": RETRIES,
            "retry_delay": timedelta(minutes=1),
            "retry_exponential_backoff": True,
            "execution_timeout": timedelta(minutes=30),
            "on_failure_callback": _telling(study, "failed"),
            "on_success_callback": _telling(study, "succeeded"),
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
        def pull() -> str:
            """Ask the servers of the feeds for what is new."""
            return _pulled(study)

        @task(trigger_rule="all_done")
        def land() -> str:
            """Receive every feed and keep its bytes, whether or not all servers answered."""
            from safety import pipeline

            step = _without_retry
            return str(step(lambda: pipeline.land(_settings(), study, _as_of(), now=_now())))

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

        @task(trigger_rule="all_done")
        def dispatch() -> str:
            """Send what waits in the outbox, whether or not the run failed."""
            from safety import pipeline

            counts = pipeline.dispatch(_settings(), now=_now)
            return f"{counts['sent']} sent, {counts['failed']} failed"

        pulled, snapshot_id = pull(), land()
        validated = validate(snapshot_id)
        graded = grade(validated)
        assessed = assess(graded)
        published = publish(assessed)
        pulled >> snapshot_id
        published >> dispatch()
        [pulled, snapshot_id, validated, graded, assessed, published] >> run_failed()

    return safety_daily()


for _file in sorted(STUDIES.glob("*.yaml")):
    globals()[f"safety_daily__{_file.stem}"] = build(_file.stem)
