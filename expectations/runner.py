"""Run the checks of a kind of record on the records of a file; one finding a check.

Four answers: pass, fail, not_applicable (no row to look at, or the study does not want the check)
and not_evaluable (a column was not delivered, or Great Expectations could not run it).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from expectations import (
    adverse_event,
    cross_domain,
    dose,
    engine,
    file,
    measurement,
    reconciliation,
    subject,
    trial,
)
from expectations.cells import Cells, Mask
from expectations.check import Check, Context, Finding, Rows, Status
from expectations.engine import Answer

MAX_SAID = 50  # different texts in a note
MAX_LENGTH = 500  # of one of them: it may quote what was delivered

SUITES: dict[str, list[Check]] = {
    "subject": subject.CHECKS,
    "dose": dose.CHECKS,
    "measurement": measurement.CHECKS,
    "adverse_event": adverse_event.CHECKS,
    **trial.SUITES,
    "reconciliation": reconciliation.CHECKS,
    "deviation": cross_domain.DEVIATION,
    "file": file.CHECKS,
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Of what findings are made: where the rows come from, and what is known of their cells."""

    domain: str
    file: str
    cells: Cells

    def finding(
        self,
        check: Check,
        status: Status,
        checked: int = 0,
        failing: Mask | None = None,
        note: str = "",
    ) -> Finding:
        index = self.cells.frame.index
        rows = () if failing is None else tuple(sorted(int(i) for i in index[failing]))
        return Finding(
            check.id, self.domain, self.file, status, check.severity, check.handling, check.title,
            check.citation, checked, rows, note, check.columns, check.says,
        )  # fmt: skip


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
    fields whose column was not delivered; a check that needs one is not evaluable. The checks
    that the study adds come last.
    """
    added = [(c, compare) for c, compare in context.changes.added if c.record == record]
    frame = frame.assign(**{
        check.says: None if _missing(check, frame, absent, check.says) else compare(frame)
        for check, compare in added
    })  # fmt: skip
    checks = [_weighed(c, context) for c in [*SUITES[record], *(c for c, _ in added)]]
    found: dict[str, Finding] = {}
    place = _Place(domain, file, Cells(frame))
    open_ = []
    for check in checks:
        early = _unasked(check, place, context, absent)
        if early is None:
            open_.append(check)
        else:
            found[check.id] = early
    found |= _judged(open_, place, context)
    return [_explained(found[check.id], context) for check in checks]


def all_checks() -> list[Check]:
    """Every check of every suite."""
    return [check for suite in SUITES.values() for check in suite]


def _weighed(check: Check, context: Context) -> Check:
    """Return a check with the severity and handling that the study gives it."""
    changes = context.changes
    return replace(
        check,
        severity=changes.severity.get(check.id, check.severity),
        handling=changes.handling.get(check.id, check.handling),
    )


def _explained(finding: Finding, context: Context) -> Finding:
    """Return a finding that says what the study changed of its check."""
    reason = context.changes.reasons.get(finding.check_id)
    if reason is None:
        return finding
    told = f"changed by the study file: {reason}"
    return replace(finding, note=f"{finding.note}\n{told}" if finding.note else told)


def _unasked(
    check: Check, place: _Place, context: Context, absent: frozenset[str]
) -> Finding | None:
    """Return the finding of a check that is not wanted or cannot be made, None if it can."""
    if check.id in context.changes.off:
        note = f"switched off by the study file: {context.changes.off[check.id]}"
        return place.finding(check, "not_applicable", note=note)
    missing = _missing(check, place.cells.frame, absent)
    if missing:
        note = f"not delivered: {', '.join(missing)}"
        return place.finding(check, "not_evaluable", note=note)
    if place.cells.frame.empty:
        return place.finding(check, "not_applicable")
    return None


def _missing(
    check: Check, frame: pd.DataFrame, absent: frozenset[str], made: str = ""
) -> list[str]:
    """Return the fields that a check needs and that are not there; `made` will be."""
    missing = [c for c in check.columns if c != made and (c not in frame.columns or c in absent)]
    if check.needs_one_of and absent.issuperset(check.needs_one_of):
        missing += check.needs_one_of
    return missing


def _judged(checks: list[Check], place: _Place, context: Context) -> dict[str, Finding]:
    """Return the findings of checks that can be made, of the rows that each looks at."""
    found: dict[str, Finding] = {}
    asked: dict[str, tuple[Check, Mask | None]] = {}
    masks: dict[Rows | None, Mask | None] = {None: None}
    for check in checks:
        if check.rows is not None and check.rows not in masks:
            masks[check.rows] = check.rows(place.cells.frame, context).to_numpy(bool)
        keep = masks[check.rows]
        if keep is not None and not keep.any():
            found[check.id] = place.finding(check, "not_applicable")
        elif check.says and not _says(check, place, keep).any():
            found[check.id] = _finding(check, place, keep, None)
        else:
            asked[check.id] = check, keep
    answers = engine.ask(asked, place.cells, context) if asked else {}
    return found | {i: _finding(check, place, keep, answers[i])
                    for i, (check, keep) in asked.items()}  # fmt: skip


def _says(check: Check, place: _Place, keep: Mask | None) -> Mask:
    """Return the rows of which a comparison says something; where it says nothing, none is asked.

    An expectation costs milliseconds, and most comparisons find nothing in most files.
    """
    said: Mask = place.cells.frame[check.says].fillna("").ne("").to_numpy(bool)
    return said if keep is None else said & keep


def _finding(check: Check, place: _Place, keep: Mask | None, answer: Answer | None) -> Finding:
    """Return the finding of an answer; None: nothing is wrong."""
    # an expectation on values passes over empty cells: what it did not see it did not check
    about_presence = answer is not None and answer.is_about_presence
    seen = place.cells.present(() if about_presence else check.columns)
    if answer is not None:
        seen = seen | answer.failing  # of a comparison another cell of the row may be missing
    checked = int(seen.sum() if keep is None else (seen & keep).sum())
    if answer is not None and answer.raised:
        note = f"Great Expectations could not run it: {answer.raised}"
        return place.finding(check, "not_evaluable", checked, note=note)
    if not checked:
        return place.finding(check, "not_applicable")
    if answer is None or not answer.failing.any():
        return place.finding(check, "pass", checked)
    frame = place.cells.frame
    note = _said(frame.loc[answer.failing, check.says]) if check.says else ""
    return place.finding(check, "fail", checked, answer.failing, note)


def _said(texts: pd.Series) -> str:
    """Return what is wrong, a line a text, the most frequent first; no row numbers: rows move."""
    counts = texts.str.slice(0, MAX_LENGTH).value_counts()
    order = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    lines = [f"{text} ({n} row{'s' if n > 1 else ''})" for text, n in order[:MAX_SAID]]
    more = [f"and {len(order) - MAX_SAID} more kinds"] if len(order) > MAX_SAID else []
    return "\n".join([*lines, *more])
