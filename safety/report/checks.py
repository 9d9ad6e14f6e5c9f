"""Checks on a study's data: what they found in a snapshot, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations import register, runner
from expectations.check import Check
from safety.errors import WrongUseError
from safety.intake import own_checks
from safety.settings import Settings
from safety.store.read import Snapshot, Store
from safety.study import load as study_files
from safety.study.model import Study

ORDER = ("fail", "not_evaluable", "pass", "not_applicable")
SEVERITIES = ("critical", "warning", "info")
OPEN = ("fail", "not_evaluable")  # what a reader looks at; the rest is summed up
COLUMNS = ["CHECKID", "DOMAIN", "TITLE", "SEVERITY", "HANDLING", "STATUS", "CHECKED", "FAILED"]
RED, YELLOW, DIM = "bold red", "yellow", "dim"
STYLES = {"fail": RED, "not_evaluable": YELLOW, "not_applicable": DIM}


def found(settings: Settings, study: str, as_of: date | None = None) -> pd.DataFrame:
    """Return the findings of the newest snapshot, or of the newest as of a day or before.

    One row a check and domain, fails first, the severe before others. Raises WrongUseError if
    there is no such snapshot.
    """
    studyid = _study(settings, study).studyid
    store = Store(settings.db_url)
    snapshots = store.snapshots(studyid) if store.is_ready() else []
    chosen = [s for s in snapshots if as_of is None or s.as_of <= as_of.isoformat()]
    if not chosen:
        before = f" as of {as_of} or before" if as_of else ""
        raise WrongUseError(f"{studyid} has no snapshot{before}: run `toxwatch run {study}`.")
    return of_snapshot(store, chosen[0])


def of_run(settings: Settings, study: str, snapshot_id: str) -> pd.DataFrame:
    """Return the findings of one run of a study, by its studyid. Raises WrongUseError if none."""
    store = Store(settings.db_url)
    for snapshot in store.snapshots(study):
        if snapshot.snapshot_id == snapshot_id:
            return of_snapshot(store, snapshot)
    raise WrongUseError(f"{study} has no snapshot {snapshot_id[:16]}.")


def of_snapshot(store: Store, snapshot: Snapshot) -> pd.DataFrame:
    """Return the findings of a snapshot in the order in which they are read."""
    frame = store.frame("finding", snapshot.cut)[[*COLUMNS, "FILE", "CITATION", "NOTE"]]
    return in_order(frame)


def in_order(findings: pd.DataFrame) -> pd.DataFrame:
    """Return findings with fails first, then what could not be judged; the severe before others."""
    return findings.sort_values(
        ["STATUS", "SEVERITY", "CHECKID", "DOMAIN", "FILE"], key=_rank, kind="stable"
    ).reset_index(drop=True)


def _rank(column: pd.Series) -> pd.Series:
    known = {"STATUS": ORDER, "SEVERITY": SEVERITIES}.get(str(column.name))
    return column if known is None else column.map({v: n for n, v in enumerate(known)})


def print_found(findings: pd.DataFrame, console: Console, *, everything: bool = False) -> None:
    """Print a table of checks; what passed and what did not apply in a line, unless asked for."""
    shown = findings if everything else findings[findings["STATUS"].isin(OPEN)]
    if len(shown):
        console.print(_table(shown), highlight=False)
    console.print(escape(summed_up(findings, everything=everything)), highlight=False)


def _table(findings: pd.DataFrame) -> Table:
    table = Table("Check", "Domain", "Title", "Severity", "Handling", "Status", box=None,
                  padding=(0, 2, 0, 0))  # fmt: skip
    for name in ("Checked", "Failed"):
        table.add_column(name, justify="right")
    for row in findings.to_dict("records"):
        cells = [escape(str(row[c])) for c in COLUMNS[:5]]
        told = escape(_told(row))
        table.add_row(*cells, f"[{STYLES[row['STATUS']]}]{told}[/]" if row["STATUS"] in STYLES
                      else told, f"{row['CHECKED']:,}", f"{row['FAILED']:,}")  # fmt: skip
    return table


def _told(row: dict[str, Any]) -> str:
    """Return a status as words; why a check could not be made is said beside it."""
    status = str(row["STATUS"]).replace("_", " ")
    if row["STATUS"] == "fail" or not row["NOTE"]:
        return status
    return f"{status} ({str(row['NOTE']).splitlines()[0]})"


def summed_up(findings: pd.DataFrame, *, everything: bool = False) -> str:
    """Return how many checks had which answer, in a line."""
    counts = findings["STATUS"].value_counts()
    told = ", ".join(f"{counts.get(s, 0):,} {s.replace('_', ' ')}" for s in ORDER)
    hint = "" if everything else " (--checks all lists every one)"
    return f"Checks: {told}{hint}"


def registered(settings: Settings, study: str = "") -> pd.DataFrame:
    """Return every check there is: id, record, faults, severity, handling, citation, state, title.

    With a study its own checks come last, and what it switched off or changed is said. Without
    one, every check is on.
    """
    chosen = _study(settings, study) if study else None
    added = [c for c, _ in own_checks.changes(chosen).added] if chosen is not None else []
    said = _state(chosen)
    return pd.DataFrame([_registered(c, said(c)) for c in [*runner.all_checks(), *added]])


def _registered(check: Check, state: str) -> dict[str, str]:
    return {
        "CHECKID": check.id,
        "RECORD": check.record,
        "FAULTS": " ".join(str(n) for n in register.numbers(check.citation)),
        "SEVERITY": check.severity,
        "HANDLING": check.handling,
        "STATE": state,
        "CITATION": check.citation,
        "TITLE": check.title,
    }


def _state(study: Study | None) -> Callable[[Check], str]:
    """Return what says of a check whether it is on, and what the study changed of it."""
    if study is None:
        return lambda _: "on"
    off = {c.id: f"off: {c.reason}" for c in study.checks.off}
    changed = {
        c.id: f"{' and '.join(x for x in (c.severity, c.handling) if x)}: {c.reason}"
        for c in study.checks.changed
    }
    own = {c.id: "added" for c in study.checks.added}
    said = off | changed | own
    return lambda check: said.get(check.id, "on")


def as_markdown() -> str:
    """Return the register as the tables of `docs/checks.md`: by fault, and by kind of record."""
    faults = [
        f"| {f.number} | {f.title} | {f.handling or '-'} | "
        f"{', '.join(c.id for c in register.checks_of(f.number)) or '-'} | {f.shown_by} |"
        for f in register.faults()
    ]
    checks = [
        f"| {c.id} | {c.record} | {c.title} | {c.severity} | {c.handling} | {c.citation} |"
        for c in runner.all_checks()
    ]
    return "\n".join([
        "| Fault | What is wrong | Handling | Checks | Also shown by |",
        "|---|---|---|---|---|",
        *faults,
        "",
        "| Check | Record | What must be so | Severity | Handling | Citation |",
        "|---|---|---|---|---|---|",
        *checks,
    ]) + "\n"  # fmt: skip


def _study(settings: Settings, name: str) -> Study:
    return study_files.load(study_files.find(name, settings.studies))
