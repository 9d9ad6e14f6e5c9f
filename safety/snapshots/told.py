"""A difference for people, for programs, and for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

import pandas as pd

from safety.snapshots.causes import Cause
from safety.snapshots.change import Cell, Change
from safety.snapshots.diff import ORDER, Difference
from safety.store.read import Snapshot

MOST_ROWS, MOST_TEXT = 8, 80  # lines of a subject and table; characters of a cell
NAMES = {
    "rules": "rules", "code": "code", "as_of": "as of", "release": "release",
    "delivery": "delivery",
}  # fmt: skip
OTHERS = {
    "rules": "rules changed", "code": "code changed", "as_of": "as of moved",
    "releases": "releases changed", "unknown": "not known",
}  # fmt: skip
# what is told of a row that is new or gone; of any other table its first cells
SHOWN = {
    "verdict": "DOSELVL VERDICT EVALUABLE ONSETDY",
    "rule_result": "RULE LATE STATE ONSETDY TERMS",
    "surveillance": "ASSESSMENT DUEWINDOW STATUS DUEBY",
    "pause": "RULE DOSELVL SUBJECTS",
    "monitor": "RULE DOSELVL N EVENTS",
    "trigger": "RULE DRUG ACTION ONDT STATE",
    "deviation": "KIND DRUG ONDT EXPECTED ACTUAL",
    "dose_account": "DRUG CYCLE PLANNED TAKEN",
    "grade": "TERM ATOXGR NUMPOSS ADTMIN",
    "event_grade": "ATOXGR POSSIBLE",
    "worst_grade": "TERM WORSTGR WORSTPOS",
    "worst_event": "TERM WORST MAXGR",
    "alert": "TIER STATE CONDITION TITLE",
    "query": "CHECKID TERM TEXT",
    "quarantine": "DOMAIN CHECKS REASON",
    "adverse_event": "AEDECOD AETERM AETOXGR AESER AEREL STDTC",
    "measurement": "PARAMCD AVALC AVALU ADTC",
    "dose": "TRT DOSE DOSU OCCUR STDTC",
    "finding": "CHECKID DOMAIN STATUS FAILED",
    "finding_row": "CHECKID RECORD SAID",
}


def select(found: Difference, subject: str, table: str) -> Difference:
    """Return the changes of one subject, of one table, or of both; "" for all."""
    kept = [
        c for c in found.changes if subject in ("", c.usubjid) and table in ("", c.table, c.group)
    ]
    return replace(found, changes=tuple(kept))


def lines(found: Difference) -> Iterator[str]:
    """Yield what a person reads: the inputs, the counts, then the changes by subject."""
    yield f"{found.a.study}: {_named(found.a)} -> {_named(found.b)}"
    for each in found.inputs:
        yield f"  {NAMES[each.what]}: {each.before or 'none'} -> {each.after or 'none'}"
    yield "" if found.changes else "Nothing differs."
    for group, counts in found.counts().items():
        told = ", ".join(f"{n:,} {what}" for what, n in counts.items() if n)
        yield f"{group:<12}{told}"
    for subject, changes in _by_subject(found.changes):
        yield ""
        yield subject or "The study"
        for _, rows in groupby(changes, lambda c: c.table):
            yield from _of_table(found, list(rows))


def content(found: Difference) -> dict[str, Any]:
    """Return the difference as JSON has it."""
    return {
        "study": found.a.study,
        "a": _shot(found.a),
        "b": _shot(found.b),
        "inputs": [asdict(each) for each in found.inputs],
        "counts": found.counts(),
        "changes": [
            {
                "group": c.group, "table": c.table, "what": c.what, "usubjid": c.usubjid,
                "key": c.key, "cells": [_cell(cell) for cell in c.cells],
                "causes": [_cause(cause) for cause in found.of(c)],
            }
            for c in found.changes
        ],
    }  # fmt: skip


def frame(found: Difference) -> pd.DataFrame:
    """Return a row a cell that moved, with what moved it."""
    rows = [
        {
            "GROUP": c.group, "TABLE": c.table, "WHAT": c.what, "USUBJID": c.usubjid,
            "KEY": c.key, "COLUMN": cell.column, "BEFORE": cell.before, "AFTER": cell.after,
            "MOVED BY": "; ".join(said(found.of_cell(c, cell))),
        }
        for c in found.changes
        for cell in c.cells
    ]  # fmt: skip
    names = ["GROUP", "TABLE", "WHAT", "USUBJID", "KEY", "COLUMN", "BEFORE", "AFTER", "MOVED BY"]
    return pd.DataFrame(rows, columns=names, dtype="object")


def said(causes: Iterable[Cause]) -> list[str]:
    """Return what moved a row in words, each thing once."""
    return list(dict.fromkeys(_said(cause) for cause in causes))


def _said(cause: Cause) -> str:
    if cause.delivery is None:
        return OTHERS[cause.what]
    delivery = cause.delivery
    place = f", {cause.file} row {cause.row}" if cause.file else ""
    when = delivery.day or delivery.received_at[:10]
    about = "other records, " if cause.what == "subject" else ""
    return f"{about}delivery {delivery.seq} ({delivery.feed}, {when}{place})"


def _by_subject(changes: Iterable[Change]) -> list[tuple[str, list[Change]]]:
    """Return changes by subject, the subject with the most important change first."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.usubjid, []).append(change)
    return sorted(found.items(), key=lambda each: (ORDER.index(each[1][0].table), each[0]))


def _of_table(found: Difference, rows: list[Change]) -> Iterator[str]:
    for change in rows[:MOST_ROWS]:
        cells = "; ".join(_cells(change))
        by = "; ".join(said(found.of(change)))
        yield f"  {change.what:<8}{change.table} {change.key}: {cells}" + (f" [{by}]" if by else "")
    if len(rows) > MOST_ROWS:
        yield f"  and {len(rows) - MOST_ROWS:,} more of {rows[0].table}: see --json or --out"


def _cells(change: Change) -> Iterator[str]:
    if change.what == "changed":
        yield from (_moved(cell) for cell in change.cells)
        return
    wanted = SHOWN.get(change.table, " ".join(c.column for c in change.cells[:5])).split()
    values = {c.column: c.before if change.what == "gone" else c.after for c in change.cells}
    yield " ".join(f"{name} {_short(values[name])}" for name in wanted if name in values)


def _moved(cell: Cell) -> str:
    was, now = _list(cell.before), _list(cell.after)
    if was is None or now is None:
        return f"{cell.column} {_short(cell.before)} -> {_short(cell.after)}"
    more = [f"+ {text}" for text in now if text not in was]
    less = [f"- {text}" for text in was if text not in now]
    return f"{cell.column} {_short(', '.join([*less, *more]) or 'in another order')}"


def _short(value: str | float | None) -> str:
    listed = _list(value)
    text = "none" if value is None else ", ".join(listed) if listed is not None else str(value)
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 4]} ..."


def _list(value: str | float | None) -> list[str] | None:
    """Return the items of a cell that holds a JSON list, None of any other; missing has none."""
    if value is None:
        return []
    if not isinstance(value, str) or not value.startswith("["):
        return None
    try:
        items = json.loads(value)
    except ValueError:
        return None
    return [_item(item) for item in items]


def _item(item: Any) -> str:
    """Return an item of a list in words: of evidence its day and text."""
    if isinstance(item, dict) and "text" in item:
        return f"{item.get('date', '')} {item['text']}".strip()
    return str(item)


def _named(shot: Snapshot) -> str:
    return f"{shot.snapshot_id[:12]} (as of {shot.as_of})"


def _shot(shot: Snapshot) -> dict[str, Any]:
    return {"snapshot_id": shot.snapshot_id, "as_of": shot.as_of, "created_at": shot.created_at}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"column": cell.column, "before": cell.before, "after": cell.after}


def _cause(cause: Cause) -> dict[str, Any]:
    told = asdict(cause)
    if cause.delivery is not None:
        told["delivery"] = {n: told["delivery"][n] for n in ("seq", "feed", "day", "received_at")}
    return told
