"""A database with a few records and results of three snapshots, written without a pipeline."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert

from safety.store import sync, tables
from safety.store.read import Cut

Rows = list[dict[str, Any]]
FIRST, SECOND = Cut("T1", 1), Cut("T1", 2)
SOURCE = {"DOMAIN": "LB", "FEED": "lab", "SRCFILE": "lb.csv"}


def value(name: str, usubjid: str, aval: float | None, param: str, row: int) -> dict[str, Any]:
    return {"KEY": name, "USUBJID": usubjid, "AVAL": aval, "PARAM": param, "SRCROW": row} | SOURCE


def grade(name: str, usubjid: str, atoxgr: int | None, trtemfl: str) -> dict[str, Any]:
    return {"KEY": f"{name}#Anemia#low", "MKEY": name, "USUBJID": usubjid, "TERM": "Anemia",
            "ATOXGR": atoxgr, "TRTEMFL": trtemfl}  # fmt: skip


VALUES = [
    value("LB|1", "S1", 60.0, "Hemoglobin", 1), value("LB|2", "S1", 2.5, "50%_ratio", 2),
    value("LB|3", "S2", None, "hemoglobin A1c", 3), value("LB|4", "S2", 60.0, "", 4),
]  # fmt: skip
GRADES = [
    grade("LB|1", "S1", 4, "Y"), grade("LB|2", "S1", None, ""), grade("LB|4", "S2", 2, "Y"),
    grade("LB|9", "S2", 3, "Y"),  # of a value that is not there
]  # fmt: skip
EVENTS = [{"KEY": "AE|1", "USUBJID": "S1", "AETERM": "Anaemia", "AETOXGR": "3"},
          {"KEY": "AE|2", "USUBJID": "S2", "AETERM": "Rash", "AETOXGR": None}]  # fmt: skip
JUDGED = [{"KEY": "AE|1", "USUBJID": "S1", "ATOXGR": 3, "ASTDY": 8, "TRTEMFL": "Y", "REL": "Y"}]


def write(connection: Connection, seq: int, **frames: Rows) -> None:
    """Write a snapshot, "s1" for 1, in which these tables are so; others stay as they were."""
    if seq == 1:
        connection.execute(insert(tables.delivery).values(
            seq=1, study="T1", feed="f", day="", sha256="x", received_at="x", status="published",
            reason="",
        ))  # fmt: skip
    texts = dict.fromkeys(("rule_set", "ctcae", "code_version", "result_hash", "created_at"), "x")
    connection.execute(insert(tables.snapshot).values(
        seq=seq, snapshot_id=f"s{seq}", study="T1", delivery_seq=1, as_of=f"2024-04-0{seq}",
        header="{}", summary="{}", **texts,
    ))  # fmt: skip
    for name, rows in frames.items():
        frame = sync.prepare(name, pd.DataFrame(rows))
        sync.sync(connection, name, "T1", frame, seq)


def write_all(connection: Connection) -> None:
    """Write the first snapshot with all, and a second in which LB|1 is another and LB|2 is gone."""
    write(connection, 1, measurement=VALUES, grade=GRADES, adverse_event=EVENTS, event_grade=JUDGED)
    corrected = value("LB|1", "S1", 95.0, "Hemoglobin", 1)
    write(connection, 2, measurement=[corrected, *VALUES[2:]])
