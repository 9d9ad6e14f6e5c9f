"""Which cells that moved call a decision in question, and which only took their foreseen course.

Pure. What was open at the decision and settles as it was hoped for is no question: a window that
closes without a DLT, a subject who becomes evaluable, a rule that turns out not met, an event that
ends. Whatever else moves is one: somebody decided on the old value. docs/decisions.md gives the
reason of each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from safety.decisions import cites
from safety.decisions.basis import (
    MET,
    OPEN,
    RECORD_COLUMNS,
    Basis,
    Cells,
    Value,
    has_event,
    is_limiting,
)
from safety.snapshots.change import plain

# verdict or evaluability that was open, and how it was hoped to settle
FORESEEN = {("VERDICT", "PENDING", "NO_DLT"), ("EVALUABLE", None, "Y")}
UNFINISHED = {
    None, "NOT RECOVERED/NOT RESOLVED", "RECOVERING/RESOLVING", "UNKNOWN", "NOT RECOVERED",
    "NOT RESOLVED", "RECOVERING", "RESOLVING",
}  # fmt: skip
TOLERANCE = 1e-6  # of sums of doses
GONE = "the row is gone"


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """A cell that is not as it was when somebody decided. column: "" for a row that is gone."""

    table: str
    key: str
    column: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class _Scope:
    """Of one subject (an adjudication), or of all who were treated; who they were."""

    is_of_one: bool
    subjects: frozenset[str]


def moves(usubjid: str, basis: Basis, now: Basis) -> list[Move]:
    """Return the cells that call a decision in question, sorted.

    usubjid: whom it is about, "" for all treated subjects. now: `basis.collect`.
    """
    scope = _Scope(usubjid != "", frozenset(basis.get("verdict", {})))
    found = [*_of_old(scope, basis, now), *_of_new(scope, basis, now)]
    if scope.is_of_one:
        found += _of_events(basis, now)
    return sorted(found, key=lambda m: (m.table, m.key, m.column))


def _of_old(scope: _Scope, basis: Basis, now: Basis) -> Iterator[Move]:
    for table, rows in basis.items():
        for key, was in rows.items():
            cells = now.get(table, {}).get(key)
            if cells is None:
                if _counts_if_gone(scope, table, was):
                    yield Move(table, key, "", _main(table, was), GONE)
                continue
            for column in _counted(scope, table, was, cells):
                yield Move(table, key, column, was[column], cells[column])


def _of_new(scope: _Scope, basis: Basis, now: Basis) -> Iterator[Move]:
    """Yield rules that are met now, and pauses, of subjects that the decision was about.

    A subject who was treated since is news, not a doubt about what was decided.
    """
    for key, cells in now.get("rule_result", {}).items():
        known = key in basis.get("rule_result", {}) or cells["USUBJID"] not in scope.subjects
        if not known and _counts_if_new(scope, cells):
            yield Move("rule_result", key, "STATE", None, cells["STATE"])
    for key, cells in now.get("pause", {}).items():
        if key not in basis.get("pause", {}) and _of_scope(scope, cells["SUBJECTS"]):
            yield Move("pause", key, "SUBJECTS", None, cells["SUBJECTS"])


def _of_events(basis: Basis, now: Basis) -> Iterator[Move]:
    """Yield the events that a rule which is met or open rests on besides the adjudicated ones."""
    rules = now.get("rule_result", {})
    for key in basis.get("rule_result", {}).keys() & rules.keys():
        if rules[key]["STATE"] in (MET, OPEN):
            for record in cites.added(basis, now, key):
                yield Move("rule_result", key, "CITES", None, record)


def _counts_if_new(scope: _Scope, cells: Cells) -> bool:
    if scope.is_of_one:
        return cells["STATE"] == MET or (cells["STATE"] == OPEN and has_event(cells))
    return cells["STATE"] == MET and is_limiting(cells)


def _counts_if_gone(scope: _Scope, table: str, was: Cells) -> bool:
    if table == "rule_result":
        return was["STATE"] == MET or _is_judged(scope, was)
    if table == "trigger":
        return was["STATE"] == MET
    if table == "dose_account":
        return was["COMPLETE"] == "Y"
    return True


def _counted(scope: _Scope, table: str, was: Cells, now: Cells) -> list[str]:
    """Return the columns of a row that count."""
    moved = [c for c in was if c != "CITES" and plain(was[c]) != plain(now[c])]
    if table == "verdict":
        return _of_verdict(was, now, moved)
    if table == "rule_result":
        return _of_rule(scope, was, now, moved)
    if table == "dose_account":
        return [c for c in moved if was["COMPLETE"] == "Y" and not _is_same(was[c], now[c])]
    if table == "pause":
        before, after = (_of_scope(scope, cells["SUBJECTS"]) for cells in (was, now))
        return ["SUBJECTS"] if before != after else []
    if table in RECORD_COLUMNS:
        return [c for c in moved if not _takes_its_course(c, was[c], now[c])]
    return moved


def _of_verdict(was: Cells, now: Cells, moved: list[str]) -> list[str]:
    found = [c for c in moved if (c, was[c], now[c]) not in FORESEEN]
    # the day of onset tells something only with a verdict that has one
    is_of_dlt = "VERDICT" in found or was["VERDICT"] == "DLT"
    return [c for c in found if c != "ONSETDY" or is_of_dlt]


def _of_rule(scope: _Scope, was: Cells, now: Cells, moved: list[str]) -> list[str]:
    if "STATE" in moved and not _settles(scope, was, now):
        return moved
    return [c for c in moved if c != "STATE" and was["STATE"] == MET]


def _settles(scope: _Scope, was: Cells, now: Cells) -> bool:
    """Return whether a state that moved only took its course.

    Open to not met, unless an adjudication was about that very event; or a rule that nothing
    stands behind became open, since an assessment is due.
    """
    pair = (was["STATE"], now["STATE"])
    if MET in pair:
        return False
    return not _is_judged(scope, was) if pair[0] == OPEN else not has_event(now)


def _is_judged(scope: _Scope, cells: Cells) -> bool:
    """Return whether an adjudication was about the event behind a rule that is open."""
    return scope.is_of_one and cells["STATE"] == OPEN and has_event(cells)


def _takes_its_course(column: str, was: Value, now: Value) -> bool:
    """Return whether an event or a treatment that was under way only went on to its end."""
    if column == "ENDTC":
        return was is None
    return column == "AEOUT" and was in UNFINISHED and now is not None and now != "FATAL"


def _is_same(was: Value, now: Value) -> bool:
    numbers = [v for v in (was, now) if isinstance(v, int | float)]
    return len(numbers) == 2 and abs(numbers[0] - numbers[1]) <= TOLERANCE


def _of_scope(scope: _Scope, subjects: Value) -> frozenset[str]:
    return scope.subjects & frozenset(json.loads(str(subjects or "[]")))


def _main(table: str, cells: Mapping[str, Value]) -> str:
    """Return what a row that is gone said, in short."""
    wanted = ("VERDICT", "STATE", "AETOXGR", "ATOXGR", "AVALC", "DOSE", "SUBJECTS")
    told = [f"{c} {cells[c]}" for c in wanted if cells.get(c) is not None]
    return told[0] if told else table
