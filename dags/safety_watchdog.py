"""One DAG an hour for all studies: what time asks for, what stands still, what waits to be sent.

The service `dispatcher` does the same all the time and needs no Airflow; where it does not run,
this DAG speaks in its place. Parsing reads nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

DOC = """
### Hourly watchdog

Escalates alerts that nobody acknowledged, ends suppressions, writes digests and reminders, raises
an alert (P4) where data, a feed or a hold stand still, and sends what waits in the outbox. To do
it twice does no harm.
"""


@dag(
    dag_id="safety_watchdog",
    schedule="@hourly",
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=50),
    default_args={
        "owner": "data-engineering",
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=20),
    },
    tags=["toxwatch", "safety", "watchdog"],
    doc_md=DOC,
    is_paused_upon_creation=False,
)
def safety_watchdog() -> None:
    """Do what is due."""

    @task
    def beat() -> str:
        """Do what time asks for, and send what waits."""
        from safety.alerts import dispatch
        from safety.settings import from_environment
        from safety.store.engine import upgrade

        settings = from_environment()
        upgrade(settings.db_url)
        counts = dispatch.beat(settings, lambda: datetime.now(UTC))
        return f"{counts['sent']} sent, {counts['failed']} failed"

    beat()


watchdog = safety_watchdog()
