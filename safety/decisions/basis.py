"""What a decision rests on: cells of the results, and of the records that they cite.

Pure: rows come from a `State`. Only what means something clinically: not where a row stands in a
file, not a text that says in words what other cells say.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from safety.snapshots.change import plain
from safety.versioning import canonical_json

Value = str | float | None
Cells = dict[str, Value]
Basis = dict[str, dict[str, Cells]]  # table -> key -> column -> value
Row = Mapping[str, Any]
MET, OPEN, NONE = "met", "not_evaluable", "[]"
PERIOD = "STDTC ENDTC"
RECORD_COLUMNS = {
    "subject": "ARMCD ACTARMCD DTHFL DTHDTC",
    "dose": f"TRT DOSE DOSU OCCUR REASON ADJ {PERIOD}",
    "measurement": "PARAMCD SPEC AVALC AVALU ANRLO ANRHI ADTC",
    "adverse_event": "AETERM AEDECOD AETOXGR AESER AESDTH AESLIFE AESHOSP AEREL AEACN AEOUT "
    + PERIOD,
    "supplement": "QNAM QVAL",
    "medication": f"TRT DECOD OCCUR {PERIOD}",
    "procedure": f"TRT DECOD OCCUR {PERIOD}",
    "disposition": "DECOD TERM STDTC",
    "visit": f"VISIT {PERIOD}",
    "history": "DECOD TERM OCCUR STDTC",
    "declaration": "TERM TEXT STDTC",
}
COLUMNS = RECORD_COLUMNS | {
    "verdict": "DOSELVL VERDICT EVALUABLE LATE ONSETDY",
    "rule_result": "USUBJID RULE LATE KIND STATE ONSETDY TERMS CITES",
    "grade": "TERM ATOXGR NUMPOSS",
    "event_grade": "ATOXGR POSSIBLE REL",
    "dose_account": "DRUG CYCLE PLANNED TAKEN RDI COMPLETE",
    "trigger": "USUBJID RULE DRUG ACTION ONDT STATE NEXTDOSE",
    "pause": "RULE DOSELVL SUBJECTS",
}


class State(Protocol):
    """The rows of a study as they stand in one snapshot; columns are in upper case."""

    def rows(
        self, table: str, column: str = "", values: Collection[str] = ()
    ) -> Collection[Row]: ...


def freeze(usubjid: str, state: State) -> Basis:
    """Return what a decision of now rests on.

    usubjid: whom an adjudication is about, "" for all treated subjects. Of one subject it is the
    verdict, every rule with the records it cites and their grades, and the doses by cycle. Of all
    it is the verdicts, the rules that are met or open, the triggers that win, and the pauses.
    """
    if usubjid:
        return collect(usubjid, state)
    found = collect("", state)
    wins = {_trigger_key(row) for row in state.rows("trigger") if row["WINS"] == "Y"}
    rules = found["rule_result"].items()
    decided = {k: c for k, c in rules if c["STATE"] in (MET, OPEN) and is_limiting(c)}
    triggers = {k: cells for k, cells in found["trigger"].items() if k in wins}
    return found | {"rule_result": decided, "trigger": triggers}


def collect(usubjid: str, state: State, basis: Basis | None = None) -> Basis:
    """Return all cells a decision may rest on, as they are now.

    basis: of a decision made before; the records that it cites are there too, if they still are.
    """
    if usubjid:
        return _of_subject(usubjid, state, basis or {})
    verdicts = [row for row in state.rows("verdict") if row["CLOSES"]]
    treated = {row["USUBJID"] for row in verdicts}
    of_treated = {
        name: [row for row in state.rows(name) if row["USUBJID"] in treated]
        for name in ("rule_result", "trigger")
    }
    return {
        "verdict": _cells("verdict", verdicts),
        "rule_result": _cells("rule_result", [_citing(r) for r in of_treated["rule_result"]]),
        "trigger": {_trigger_key(r): _of_row("trigger", r) for r in of_treated["trigger"]},
        "pause": _cells("pause", state.rows("pause")),
    }


def is_limiting(cells: Mapping[str, Value]) -> bool:
    """Return whether cells of `rule_result` are of a rule that makes a DLT, not an exception."""
    return cells.get("KIND") == "dose_limiting"


def has_event(cells: Mapping[str, Value]) -> bool:
    """Return whether an event or value stands behind cells of `rule_result`."""
    return cells.get("TERMS") != NONE or cells.get("CITES") != NONE


def _of_subject(usubjid: str, state: State, basis: Basis) -> Basis:
    rules = [_citing(row) for row in state.rows("rule_result", "USUBJID", [usubjid])]
    cited = {key for row in rules for key in json.loads(row["CITES"])}
    cited |= {key for name in RECORD_COLUMNS for key in basis.get(name, {})}
    found = {
        "verdict": _cells("verdict", state.rows("verdict", "USUBJID", [usubjid])),
        "rule_result": _cells("rule_result", rules),
        "grade": _cells("grade", state.rows("grade", "MKEY", cited)),
        "event_grade": _cells("event_grade", state.rows("event_grade", "KEY", cited)),
        "dose_account": _cells("dose_account", state.rows("dose_account", "USUBJID", [usubjid])),
    }
    records = {name: _cells(name, state.rows(name, "KEY", cited)) for name in RECORD_COLUMNS}
    return found | {name: rows for name, rows in records.items() if rows}


def _citing(row: Row) -> dict[str, Any]:
    """Return a rule's result with the keys of the records that it cites."""
    cites = sorted({e["record"] for e in json.loads(row["EVIDENCE"] or NONE)})
    return {**row, "CITES": canonical_json(cites)}


def _trigger_key(row: Row) -> str:
    """Return what a trigger is, whatever record it begins with."""
    return "#".join(str(row[c]) for c in ("USUBJID", "RULE", "DRUG", "ONDT", "ACTION"))


def _cells(table: str, rows: Collection[Row]) -> dict[str, Cells]:
    return {str(row["KEY"]): _of_row(table, row) for row in rows}


def _of_row(table: str, row: Row) -> Cells:
    return {column: plain(row[column]) for column in COLUMNS[table].split()}
