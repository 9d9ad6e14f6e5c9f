"""A change in words: cell by cell what it was and what it is."""

from __future__ import annotations

import json
from typing import Any

from dashboards.i18n import t
from safety.snapshots.change import Cell, Change
from safety.snapshots.told import SHOWN

MOST_TEXT = 160  # characters of one cell
ARROW = "\u2192"
FIRST = 5  # cells that are shown of a row of a table without a list of its own


def said(change: Change) -> str:
    """Return the cells that moved; of a row that is new or gone what it says."""
    if change.what == "changed":
        return "; ".join(_moved(cell) for cell in change.cells)
    return ", ".join(_values(change))


def name(change: Change) -> str:
    """Return what a row is about, without its cells that moved."""
    wanted = SHOWN.get(change.table, "").split()
    moved = {cell.column for cell in change.cells}
    told = [_short(change.row.get(c)) for c in wanted if c not in moved and change.row.get(c)]
    return ", ".join(text for text in told if text) or change.key


def _values(change: Change) -> list[str]:
    wanted = SHOWN.get(change.table, "").split() or [c.column for c in change.cells[:FIRST]]
    values = {c.column: c.before if change.what == "gone" else c.after for c in change.cells}
    return [f"{name} {_short(values[name])}" for name in wanted if values.get(name) is not None]


def _moved(cell: Cell) -> str:
    was, now = _items(cell.before), _items(cell.after)
    if was is None or now is None:
        return f"{cell.column} {_short(cell.before)} {ARROW} {_short(cell.after)}"
    more = [f"+ {text}" for text in now if text not in was]
    less = [f"- {text}" for text in was if text not in now]
    return f"{cell.column} {_cut(', '.join([*less, *more]) or t('in another order'))}"


def _short(value: Any) -> str:
    items = _items(value)
    if value is None or value == "":
        return t("none")
    return _cut(", ".join(items) if items is not None else str(value))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 4]} ..."


def _items(value: Any) -> list[str] | None:
    """Return the items of a cell that holds a JSON list, None of any other; missing has none."""
    if value is None or value == "":
        return []
    if not isinstance(value, str) or not value.startswith("["):
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return [_item(each) for each in found]


def _item(each: Any) -> str:
    if isinstance(each, dict) and "text" in each:
        return f"{each.get('date', '')} {each['text']}".strip()
    return str(each)
