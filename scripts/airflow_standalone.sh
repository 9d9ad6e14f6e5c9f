#!/bin/sh
# Airflow with SQLite and a local executor, for trying a study's DAG on one machine.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
export AIRFLOW_HOME="${AIRFLOW_HOME:-$root/var/airflow}"
export TOXWATCH_HOME="${TOXWATCH_HOME:-$root/var}"
export TOXWATCH_STUDIES="${TOXWATCH_STUDIES:-$root/studies}"
export AIRFLOW__CORE__DAGS_FOLDER="$root/dags"
export AIRFLOW__CORE__LOAD_EXAMPLES=False
export AIRFLOW__CORE__PARALLELISM=4
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False
export PATH="$root/.venv/bin:$PATH"
mkdir -p "$AIRFLOW_HOME"
[ -d "$TOXWATCH_HOME/feeds/cdisc_pilot" ] || toxwatch sample "$TOXWATCH_HOME/feeds/cdisc_pilot"
exec airflow standalone
