"""The summary of a run and short listings for the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from safety.ctcae.reasons import describe
from safety.errors import WrongUseError
from safety.store.read import Store


def print_summary(summary: dict[str, Any], console: Console) -> None:
    """Print what a run found, in a few lines."""
    rows, measured = summary["rows"], summary["measurements"]
    grades = "  ".join(f"{g}: {n:,}" for g, n in summary["grades"].items())
    ungraded = sum(summary["not_gradable"].values())
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("Study", f"{summary['study']}, data as of {summary['as_of']}")
    table.add_row("Snapshot", summary["snapshot_id"][:16] + _changed(summary))
    table.add_row("Subjects", f"{summary['subjects']:,} in DM, {summary['treated']:,} treated")
    table.add_row("Rows", f"{rows['received']:,} received = {_placed(rows)}")
    for number, text in enumerate(held_files(summary)):
        table.add_row("" if number else "Held", escape(text))
    table.add_row(
        "Measurements",
        f"{measured['all']:,}: {measured['with_criteria']:,} with CTCAE criteria, "
        f"{measured['without_criteria']:,} without, {measured['not_done']:,} not done",
    )
    table.add_row("Grades", f"{grades}  not gradable: {ungraded:,}")
    for reason, count in summary["not_gradable"].items():
        table.add_row("", f"  {count:,} {escape(describe(reason))}")
    table.add_row("Reported events", _event_grades(summary["event_grades"]))
    for name, text in _assessments(summary):
        table.add_row(name, escape(text))
    table.add_row("Checks", ", ".join(f"{n} {s}" for s, n in summary["checks"].items()))
    sent = summary["sent"]
    table.add_row(
        "Alerts",
        f"{summary['new_alerts']:,} new, {sent['sent']:,} sent, {sent['failed']:,} failed to send",
    )
    if "seconds" in summary:
        table.add_row("Time", f"{summary['seconds']} s")
    console.print(table, highlight=False)


def held_files(summary: Mapping[str, Any]) -> list[str]:
    """Return a line for each file that waits: since when, why, and what counts meanwhile."""
    return [
        f"{held['file']} since {held['since']}: {held['reason']}; the state of {held['domain']} "
        "before it stays current"
        for feed in summary["feeds"]
        for held in feed["held"]
    ]


def _placed(rows: Mapping[str, int]) -> str:
    """Return where the rows of a run are; what only daily feeds have is told where it occurs."""
    names = {"accepted": "accepted", "quarantined": "quarantined", "duplicates": "exact duplicates"}
    later = {"superseded": "superseded", "deleted": "deleted"}
    told = [f"{rows[k]:,} {text}" for k, text in names.items()]
    return " + ".join(told + [f"{rows[k]:,} {text}" for k, text in later.items() if rows[k]])


def _changed(summary: dict[str, Any]) -> str:
    if not summary["changed"]:
        return " (unchanged: nothing was written)"
    return f" ({sum(summary['written'].values()):,} rows written)"


def _event_grades(counts: dict[str, int]) -> str:
    return "  ".join(f"{g.replace('|', ' or ')}: {n:,}" for g, n in counts.items())


def _assessments(summary: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield lines on verdicts, rules, triggers and deviations, and what does not apply."""
    by_level = summary["verdicts_by_level"] or {"": summary["verdicts"]}
    for number, (level, counts) in enumerate(by_level.items()):
        yield "Verdicts" if not number else "", " ".join(x for x in (level, said(counts)) if x)
    found, fired = summary["candidates"], summary["triggers"]
    met, open_ = found.get("met", 0), found.get("not_evaluable", 0)
    after = f"{summary['late']:,} met after the window"
    yield "DLT rules", f"{met:,} met, {open_:,} cannot be judged (by subject and rule); {after}"
    if summary["escalation"] != "applies":
        yield "Escalation", summary["escalation"]
        return
    doubtful = f"{fired.get('not_evaluable', 0):,} cannot be judged"
    yield "Dose triggers", f"{fired.get('met', 0):,} fired, {doubtful}"
    yield "Deviations", said(summary["deviations"])
    yield "Pauses", f"{summary['pauses']:,} pause rules fired"


def said(counts: Mapping[str, int]) -> str:
    """Return counts as words, `none` for no counts."""
    return "  ".join(f"{k.replace('_', ' ')}: {n:,}" for k, n in counts.items()) or "none"


def print_frame(frame: pd.DataFrame, console: Console, as_json: bool) -> None:
    """Print a listing as a table or as JSON records."""
    if as_json:
        records = frame.astype("object").where(frame.notna(), None).to_dict("records")
        print(json.dumps(records, indent=1, default=str))
        return
    table = Table(*frame.columns)
    for row in frame.astype("object").where(frame.notna(), "").itertuples(index=False):
        table.add_row(*(escape(str(v)) for v in row))
    console.print(table if len(frame) else "none")


def snapshots(store: Store, studyid: str) -> pd.DataFrame:
    """Return the snapshots of a study, newest first; raise WrongUseError if it has none."""
    found = store.snapshots(studyid)
    if not found:
        raise WrongUseError(f"{studyid} has no snapshot yet: run `toxwatch run` for it.")
    return pd.DataFrame(
        {
            "SNAPSHOT": s.snapshot_id, "AS OF": s.as_of, "CTCAE": s.ctcae, "RULES": s.rule_set,
            "CODE": s.code_version, "RESULT HASH": s.result_hash, "CREATED": s.created_at,
        }
        for s in found
    )  # fmt: skip
