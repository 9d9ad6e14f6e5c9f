"""Run the suites as a library: an ephemeral context, no files, no Data Docs, no telemetry.

Failing rows come by the frame's index with `unexpected_index_list`; naming index columns instead
is 15 to 50 times slower. The Airflow provider is not used: it fixes an older structlog, reads
data when a DAG is parsed and gives no rows.
"""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from functools import cache
from typing import Any

import pandas as pd

from expectations import adverse_event, dose, measurement, reconciliation, subject, trial
from expectations.check import Check, Context, Finding, Rows, Status

MAX_SAID = 50  # different texts in a note
MAX_LENGTH = 500  # of one of them: it may quote what was delivered

os.environ["GX_ANALYTICS_ENABLED"] = "false"

SUITES: dict[str, list[Check]] = {
    "subject": subject.CHECKS,
    "dose": dose.CHECKS,
    "measurement": measurement.CHECKS,
    "adverse_event": adverse_event.CHECKS,
    **trial.SUITES,
    "reconciliation": reconciliation.CHECKS,
}


def run(
    frame: pd.DataFrame,
    record: str,
    domain: str,
    file: str,
    context: Context,
    absent: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Check one file's canonical records; return one finding a check, in suite order.

    The frame's index is the 1-based row in the file; findings name failing rows by it. absent:
    fields whose column was not delivered; a check that needs one is not evaluable.
    """
    found: dict[str, Finding] = {}
    suites: dict[Rows | None, list[Check]] = defaultdict(list)
    for check in SUITES[record]:
        missing = [c for c in check.columns if c not in frame.columns or c in absent]
        if check.needs_one_of and absent.issuperset(check.needs_one_of):
            missing += check.needs_one_of
        if missing:
            note = f"not delivered: {', '.join(missing)}"
            found[check.id] = _finding(check, domain, file, "not_evaluable", note=note)
        else:
            suites[check.rows].append(check)
    for keep, checks in suites.items():
        rows = frame if keep is None else frame[keep(frame, context).to_numpy(bool)]
        found |= _run_suite(rows, checks, domain, file, context)
    return [found[check.id] for check in SUITES[record]]


def all_checks() -> list[Check]:
    """Every check of every suite."""
    return [check for suite in SUITES.values() for check in suite]


def _run_suite(
    rows: pd.DataFrame, checks: list[Check], domain: str, file: str, context: Context
) -> dict[str, Finding]:
    """Run the checks that look at the same rows as one suite."""
    if rows.empty:
        return {c.id: _finding(c, domain, file, "not_applicable") for c in checks}
    silent = [c for c in checks if c.says and not rows[c.says].fillna("").ne("").any()]
    found = {c.id: _silent(c, rows, domain, file) for c in silent}
    checks = [c for c in checks if c.id not in found]
    return found | _run_by_gx(rows, checks, domain, file, context) if checks else found


def _silent(check: Check, rows: pd.DataFrame, domain: str, file: str) -> Finding:
    """A comparison that says nothing of any row: there is nothing to look for, at 10 ms each."""
    checked = len(rows[list(check.columns)].dropna())
    return _finding(check, domain, file, "pass" if checked else "not_applicable", checked)


def _run_by_gx(
    rows: pd.DataFrame, checks: list[Check], domain: str, file: str, context: Context
) -> dict[str, Finding]:
    batch = _batch_definition()  # first: a suite needs the context that this makes
    suite = _gx().ExpectationSuite(name=f"{domain}-{checks[0].id}")
    for check in checks:
        expectation = check.build(_gx().expectations, context)
        expectation.meta = {"check": check.id}
        suite.add_expectation(expectation)
    columns = list(dict.fromkeys(c for check in checks for c in check.columns))
    # results come back in another order: each is known by its own id
    by_id = {
        r.expectation_config.meta["check"]: r
        for r in _validate(batch, _dated(rows[columns]), suite).results
    }
    return {c.id: _read(c, by_id[c.id], rows, domain, file) for c in checks}


def _read(check: Check, result: Any, rows: pd.DataFrame, domain: str, file: str) -> Finding:
    # an expectation on values passes over empty cells: what it did not see it did not check
    about_presence = result.expectation_config.type == "expect_column_values_to_not_be_null"
    seen = rows if about_presence else rows[list(check.columns)].dropna()
    checked = len(seen)
    raised = _raised(result.exception_info or {})
    if raised:
        note = f"Great Expectations could not run it: {raised}"
        return _finding(check, domain, file, "not_evaluable", checked, note=note)
    if not checked:
        return _finding(check, domain, file, "not_applicable")
    failed = tuple(sorted({int(i) for i in result.result.get("unexpected_index_list") or ()}))
    note = _said(rows.loc[list(failed), check.says]) if check.says else ""
    return _finding(check, domain, file, "fail" if failed else "pass", checked, failed, note)


def _said(texts: pd.Series) -> str:
    """Return what is wrong, a line a text, the most frequent first; no row numbers: rows move."""
    counts = texts.str.slice(0, MAX_LENGTH).value_counts()
    order = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    lines = [f"{text} ({n} row{'s' if n > 1 else ''})" for text, n in order[:MAX_SAID]]
    more = [f"and {len(order) - MAX_SAID} more kinds"] if len(order) > MAX_SAID else []
    return "\n".join([*lines, *more])


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    """Date bounds as datetimes: Great Expectations does not order text."""
    dates = [c for c in frame.columns if c.endswith(("DTMIN", "DTMAX"))]
    return frame.assign(**{c: pd.to_datetime(frame[c]) for c in dates})


def _finding(
    check: Check,
    domain: str,
    file: str,
    status: Status,
    checked: int = 0,
    rows: tuple[int, ...] = (),
    note: str = "",
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


def _validate(definition: Any, frame: pd.DataFrame, suite: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own use of pandas
        batch = definition.get_batch(batch_parameters={"dataframe": frame})
        return batch.validate(suite, result_format="COMPLETE")


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
