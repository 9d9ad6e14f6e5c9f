"""Truth and published rows, made by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from safety.simulate.score.read import FILES, Published, Truth
from safety.simulate.score.spans import ALWAYS, Span

DAYS = tuple(f"2024-03-{n:02d}" for n in range(4, 14))  # 4 to 13 March
WHO = "SIM-T1-001-001"
COLUMNS = {
    "subjects": "USUBJID LEVEL FIRSTDOSE TRUE_VERDICT TRUE_RULES TRUE_ONSET VERDICT RULES "
    "EVALUABLE HIDDEN NOTE",
    "values": "USUBJID DATE TEST VALUE UNIT TERM DIRECTION GRADE",
    "rules": "USUBJID RULE TERM ONSET STATE FROM TO",
    "triggers": "USUBJID RULE DRUG ACTION ON FROM TO",
    "alerts": "USUBJID KIND WHAT ON FROM",
    "faults": "FAULT DAY FEED FILE DOMAIN ROW USUBJID WHAT RIGHT CORRECTED VALUE",
    "deliveries": "DAY FEED FILE DOMAIN CONTENT ROWS DAMAGE USABLE",
    "rows": "ROW KNOWN CAME DELETED TEST DATE",
}
TRIAL: dict[str, Any] = {
    "studyid": "SIM-T1", "seed": 1, "scenario": "at_target", "faults": "realistic",
    "judged_rules": ["H1", "N1"], "judged_triggers": ["A1"],
    "terms": ["Anemia", "Neutrophil count decreased"],
}  # fmt: skip
Rows = list[dict[str, str]]


def march(day: int) -> str:
    return f"2024-03-{day:02d}"


def spell(first: int, last: int | None = None) -> Span:
    return Span(march(first), march(last) if last else ALWAYS)


def truth(trial: dict[str, Any] | None = None, **tables: Rows) -> Truth:
    """Truth with the given rows; columns that a row does not name are empty."""
    frames = {
        name: pd.DataFrame(tables.get(name, []), columns=COLUMNS[name].split(), dtype="object")
        for name in FILES
    }
    return Truth(TRIAL | (trial or {}), {n: f.fillna("") for n, f in frames.items()})


def said(
    days: tuple[str, ...] = DAYS,
    alerts: list[dict[str, Any]] | None = None,
    files: list[dict[str, Any]] | None = None,
    **tables: list[dict[str, Any]],
) -> Published:
    return Published(days, tables, alerts or [], files or [])


def rule(first: int, last: int | None = None, **changes: Any) -> dict[str, Any]:
    """A row of rule_result: H1 met by neutropenia."""
    return {
        "USUBJID": WHO, "RULE": "H1", "LATE": "", "KIND": "dose_limiting", "STATE": "met",
        "TERMS": '["Neutrophil count decreased"]', "EVIDENCE": "[]", "MISSING": "[]",
        "SPAN": spell(first, last),
    } | changes  # fmt: skip


def verdict(first: int = 4, last: int | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "USUBJID": WHO, "VERDICT": "NO_DLT", "EVALUABLE": "Y", "REASON": "", "QUERIES": "[]",
        "FLAGS": "[]", "SPAN": spell(first, last),
    } | changes  # fmt: skip


def grade(value: int | str, day: int, first: int | None = None, **changes: Any) -> dict[str, Any]:
    """A graded neutrophil count of a day, published on `first`."""
    row = f"LB|{WHO}|S{day}|NEUT"
    return {
        "KEY": f"{row}#Neutrophil count decreased#low", "MKEY": row, "USUBJID": WHO,
        "PARAMCD": "NEUT", "TERM": "Neutrophil count decreased", "DIRECTION": "low",
        "ADTMIN": march(day),
        "ADTMAX": march(day), "ATOXGR": value, "REASONS": "", "GVAL": 1.2, "GUNIT": "10*9/L",
        "SPAN": spell(first or day),
    } | changes  # fmt: skip


def true_grade(value: str, day: int) -> dict[str, str]:
    return {
        "USUBJID": WHO, "DATE": march(day), "TEST": "NEUT", "VALUE": "1.2", "UNIT": "10^9/L",
        "TERM": "Neutrophil count decreased", "DIRECTION": "L", "GRADE": value,
    }  # fmt: skip


def came(row: str, day: int = 5, test: str = "NEUT", **changes: str) -> dict[str, str]:
    """A row of rows.csv: a result of a test that was drawn and came on a day."""
    when = {"KNOWN": march(day), "CAME": march(day), "DATE": march(day)}
    return {"ROW": row, "DELETED": "", "TEST": test} | when | changes


def fault(
    number: int, right: str, row: str = f"LB|{WHO}|S5|NEUT", **changes: str
) -> dict[str, str]:
    return {
        "FAULT": str(number), "DAY": march(5), "FEED": "central_lab", "FILE": "lb.csv",
        "DOMAIN": "LB", "ROW": row, "USUBJID": WHO, "WHAT": "planted", "RIGHT": right,
    } | changes  # fmt: skip


def record(row: str, first: int = 5, last: int | None = None, **changes: Any) -> dict[str, Any]:
    return {"KEY": row, "USUBJID": WHO, "SPAN": spell(first, last)} | changes


def measurement(
    row: str, first: int = 5, last: int | None = None, **changes: Any
) -> dict[str, Any]:
    values = {"AVAL": 1.2, "AVALU": "10^9/L", "UCUM": "10*9/L", "VALUESTATE": "number"}
    return record(row, first, last, **(values | changes))


def held(row: str, first: int = 5, last: int | None = None, **changes: Any) -> dict[str, Any]:
    return record(f"{row}#0123456789ab", first, last, REASON="not so (LB-1, fault 19)", **changes)


def checked(
    row: str, citation: str, handling: str = "query", first: int = 5, last: int | None = None,
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Tables finding and finding_row: one check that names one row."""
    check = {
        "CHECKID": "LB-1", "DOMAIN": "LB", "CITATION": citation, "HANDLING": handling,
        "STATUS": "fail", "TITLE": "a check", "FILE": "lb.csv", "NOTE": "", "SPAN": spell(4),
    }  # fmt: skip
    named = {
        "CHECKID": "LB-1",
        "DOMAIN": "LB",
        "RECORD": row,
        "USUBJID": WHO,
        "SPAN": spell(first, last),
    }
    return {"finding": [check], "finding_row": [named]}
