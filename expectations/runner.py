"""Run the suites as a library: an ephemeral context, no files, no Data Docs, no telemetry.

Failing rows come by the frame's index with `unexpected_index_list`; naming index columns instead
is 15 to 50 times slower. The Airflow provider is not used: it fixes an older structlog, reads
data when a DAG is parsed and gives no rows.
"""

from __future__ import annotations

import os
import warnings
from functools import cache
from typing import Any

import pandas as pd

from expectations import adverse_event, dose, measurement, subject
from expectations.check import Check, Context, Finding

os.environ["GX_ANALYTICS_ENABLED"] = "false"

SUITES: dict[str, list[Check]] = {
    "subject": subject.CHECKS,
    "dose": dose.CHECKS,
    "measurement": measurement.CHECKS,
    "adverse_event": adverse_event.CHECKS,
}


def run(
    frame: pd.DataFrame, record: str, domain: str, file: str, context: Context
) -> list[Finding]:
    """Check one file's canonical records; return one finding a check, in suite order.

    The frame's index is the 1-based row in the file; findings name failing rows by it.
    """
    if record == "measurement":
        frame = measurement.with_pressures(frame)
    return [_run_one(frame, check, domain, file, context) for check in SUITES[record]]


def all_checks() -> list[Check]:
    """Every check of every suite."""
    return [check for suite in SUITES.values() for check in suite]


def _run_one(
    frame: pd.DataFrame, check: Check, domain: str, file: str, context: Context
) -> Finding:
    missing = [c for c in check.columns if c not in frame.columns]
    if missing:
        return _finding(check, domain, file, "not_evaluable", 0, (), f"no {', '.join(missing)}")
    rows = frame if check.rows is None else frame[check.rows(frame, context).to_numpy(bool)]
    if rows.empty:
        return _finding(check, domain, file, "not_applicable", 0, (), "")
    result = _validate(_dated(rows[list(check.columns)]), check.build(_gx().expectations, context))
    if result.exception_info and _raised(result.exception_info):
        note = f"Great Expectations could not run it: {_raised(result.exception_info)}"
        return _finding(check, domain, file, "not_evaluable", len(rows), (), note)
    failed = tuple(sorted({int(i) for i in result.result.get("unexpected_index_list") or ()}))
    status = "fail" if failed else "pass"
    return _finding(check, domain, file, status, len(rows), failed, "")


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Date bounds as datetimes: Great Expectations does not order text."""
    dates = [c for c in frame.columns if c.endswith(("DTMIN", "DTMAX"))]
    return frame.assign(**{c: pd.to_datetime(frame[c]) for c in dates})


def _finding(
    check: Check,
    domain: str,
    file: str,
    status: Any,
    checked: int,
    rows: tuple[int, ...],
    note: str,
) -> Finding:
    return Finding(
        check.id, domain, file, status, check.severity, check.handling, check.title,
        check.citation, checked, rows, note,
    )  # fmt: skip


def _raised(info: dict[str, Any]) -> str:
    """Return the message of an exception inside a result; it is nested by metric id."""
    entries = info.values() if all(isinstance(v, dict) for v in info.values()) else [info]
    messages = [e.get("exception_message") for e in entries if e.get("raised_exception")]
    return "; ".join(str(m) for m in messages)


def _validate(frame: pd.DataFrame, expectation: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own use of pandas
        batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
        return batch.validate(expectation, result_format="COMPLETE")


@cache
def _gx() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx  # noqa: PLC0415  4 s: only where checks run
    return gx


@cache
def _batch_definition() -> Any:
    context = _gx().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("records")
    return source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")
