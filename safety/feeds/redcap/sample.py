"""A small made-up project of REDCap: one flat instrument, three repeating ones, raw codes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safety.feeds import pulled
from safety.feeds.pulled import Head, Line
from safety.feeds.redcap.source import identity
from safety.study.pull import Pull

FIELDS = {
    "demographics": ("record_id", "sex", "age", "contact"),
    "dosing": ("extrt", "exdose", "exdosu", "exdosfrq", "exstdtc", "exendtc"),
    "adverse_events": ("aeterm", "aedecod", "aetoxgr", "aerel", "aeser", "aestdtc", "aeendtc"),
    "laboratory": ("lbtestcd", "lborres", "lborresu", "lbornrlo", "lbornrhi", "lbdtc", "lbspec"),
}
IDENTIFIERS = frozenset({"contact"})
MISSING = ("NI", "-99")
MADE = datetime(2024, 3, 25, 6, tzinfo=UTC)
Row = dict[str, str]


def pull_settings(url: str, **changes: Any) -> Pull:
    """Return how the sample is pulled from a server."""
    content = {
        "url": url, "connection": "edc", "server_timezone": "Asia/Shanghai",
        "missing": list(MISSING),
    }  # fmt: skip
    return Pull.model_validate(content | changes)


def domains(studyid: str) -> dict[str, Any]:
    """Return the domains of a study file that reads the sample."""
    common = pulled.domain(studyid)
    related = {"1": "POSSIBLE", "0": "NONE"}
    return {
        "DM": common | {
            "record": "subject", "groups": ["demographics"],
            "values": {"SEX": {"1": "M", "2": "F"}},
        },
        "EX": common | {"record": "dose", "groups": ["dosing"]},
        "AE": common | {
            "record": "adverse_event", "groups": ["adverse_events"],
            "values": {"AEREL": related, "AESER": {"1": "Y", "0": "N"}},
        },
        "LB": common | {
            "record": "measurement", "groups": ["laboratory"],
            "values": {"PARAMCD": {"11": "NEUT", "12": "ALT"}},
        },
    }  # fmt: skip


def rows() -> list[Row]:
    """Return every row of the sample as the API exports it."""
    flat = {"redcap_repeat_instrument": "", "redcap_repeat_instance": ""}
    return [
        {"record_id": "S1", **flat, "sex": "2", "age": "60", "demographics_complete": "2"},
        repeated("S1", "dosing", 1, extrt="DRUG", exdose="10", exdosu="mg", exdosfrq="QD",
                 exstdtc="2024-03-01", exendtc="2024-03-01"),
        count("S1", 1, "3.6", "2024-02-28"),
        count("S1", 2, "0.40", "2024-03-10"),
        event("S1", 1, "Nausea", "3"),
        event("S1", 2, "Fatigue", "NI"),
        {"record_id": "S2", **flat, "sex": "1", "age": "52", "demographics_complete": "2"},
        repeated("S2", "dosing", 1, extrt="DRUG", exdose="10", exdosu="mg", exdosfrq="QD",
                 exstdtc="2024-03-01", exendtc="2024-03-01"),
    ]  # fmt: skip


def repeated(record: str, instrument: str, instance: int, **fields: str) -> Row:
    """Return an instance of a repeating instrument."""
    return {
        "record_id": record, "redcap_repeat_instrument": instrument,
        "redcap_repeat_instance": str(instance), f"{instrument}_complete": "2", **fields,
    }  # fmt: skip


def count(record: str, instance: int, value: str, day: str) -> Row:
    """Return a neutrophil count."""
    return repeated(
        record, "laboratory", instance, lbtestcd="11", lborres=value, lborresu="10^9/L",
        lbornrlo="1.8", lbornrhi="6.3", lbdtc=day, lbspec="BLOOD",
    )  # fmt: skip


def event(record: str, instance: int, term: str, grade: str) -> Row:
    """Return an adverse event."""
    return repeated(
        record, "adverse_events", instance, aeterm=term.lower(), aedecod=term, aetoxgr=grade,
        aerel="1", aeser="0", aestdtc="2024-03-12", aeendtc="2024-03-14",
    )  # fmt: skip


def write(folder: Path) -> Path:
    """Write the sample as the file of a pull."""
    columns = {
        name: [f for f in fields if f not in IDENTIFIERS | {"record_id"}]
        for name, fields in FIELDS.items()
    }
    head = Head("edc", "redcap", pulled.as_text(MADE), columns=columns)
    return pulled.write(folder, head, [_line(row) for row in rows()])


def _line(row: Row) -> Line:
    instrument = row["redcap_repeat_instrument"] or "demographics"
    id_ = identity(row["record_id"], "", row["redcap_repeat_instance"])
    told = {f: row[f] for f in FIELDS[instrument] if f in row and f != "record_id"}
    when = pulled.as_text(MADE)
    return Line(instrument, id_, "", when, row["record_id"], {"fields": told})
