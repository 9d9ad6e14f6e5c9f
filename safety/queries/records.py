"""A record said in one line, for a query: what stands in it, shortened; names and births never.

Free text of a record was masked when it was taken in. It is quoted on one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from safety.study.feeds import RecordKind

MAX_QUOTED = 60  # characters of one delivered value
Row = Mapping[str, Any]


def quoted(value: Any, missing: str = "not given") -> str:
    """Return a delivered value on one line of printable text, shortened; missing in words."""
    if pd.isna(value):
        return missing
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    if not text:
        return missing
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 3] + "..."


def described(kind: RecordKind, row: Row) -> str:
    """Return what stands in a canonical record."""
    return _DESCRIBED[kind](row)


def day(kind: RecordKind, row: Row) -> str:
    """Return the date of a canonical record as it was delivered, "" for none."""
    return quoted(row.get(DATES[kind]), "")


def term(kind: RecordKind, row: Row) -> str:
    """Return what a record is about: the term of an event, the test, the drug; else ""."""
    names = {"adverse_event": ("AEDECOD", "AETERM"), "measurement": ("PARAMCD",),
             "dose": ("TRT",)}.get(kind, ())  # fmt: skip
    return next((quoted(row[n]) for n in names if pd.notna(row[n])), "")


def _measurement(row: Row) -> str:
    limits = f" (reference {quoted(row['ANRLOC'])} to {quoted(row['ANRHIC'])})"
    has_limits = pd.notna(row["ANRLOC"]) or pd.notna(row["ANRHIC"])
    unit = quoted(row["AVALU"], "(no unit)")
    return f"{quoted(row['PARAMCD'])} {quoted(row['AVALC'])} {unit}{limits if has_limits else ''}"


def _event(row: Row) -> str:
    named = quoted(row["AEDECOD"], "") or quoted(row["AETERM"], "no term")
    period = f"{quoted(row['STDTC'])} to {quoted(row['ENDTC'], 'no end')}"
    return (
        f"{named} (event {quoted(row['AESEQ'])}), grade {quoted(row['AETOXGR'])}, {period}, "
        f"outcome {quoted(row['AEOUT'])}"
    )


def _dose(row: Row) -> str:
    taken = ", not taken" if row["OCCUR"] == "N" else ""
    why = quoted(row.get("REASON"), "")
    reason = f", reason {why}" if why else ""
    amount = f"{quoted(row['DOSEC'])} {quoted(row['DOSU'], '(no unit)')}"
    period = f"{quoted(row['STDTC'])} to {quoted(row['ENDTC'], 'no end')}"
    return f"{quoted(row['TRT'])} {amount}, {period}{taken}{reason}"


def _subject(row: Row) -> str:
    return (
        f"first dose {quoted(row['RFSTDTC'])}, date of death {quoted(row['DTHDTC'])}, "
        f"death flag {quoted(row['DTHFL'])}"
    )


def _course(row: Row) -> str:
    period = f"{quoted(row['STDTC'])} to {quoted(row['ENDTC'], 'no end')}"
    return f"{quoted(row['TRT'])} for {quoted(row['INDC'])}, {period}"


def _supplement(row: Row) -> str:
    of = f"{quoted(row['RDOMAIN'])} {quoted(row['IDVAR'])} {quoted(row['IDVARVAL'])}"
    return f"{quoted(row['QNAM'])} {quoted(row['QVAL'])} of {of}"


def _visit(row: Row) -> str:
    return f"{quoted(row['VISIT'])} on {quoted(row['STDTC'])}"


def _coded(row: Row) -> str:
    return f"{quoted(row['DECOD'], '') or quoted(row['TERM'])} on {quoted(row['STDTC'])}"


def _declaration(row: Row) -> str:
    return f"{quoted(row['TERM'])}, onset {quoted(row['STDTC'])}"


_DESCRIBED: dict[RecordKind, Callable[[Row], str]] = {
    "subject": _subject, "dose": _dose, "measurement": _measurement, "adverse_event": _event,
    "supplement": _supplement, "medication": _course, "procedure": _course,
    "disposition": _coded, "visit": _visit, "history": _coded, "declaration": _declaration,
}  # fmt: skip
DATES: dict[RecordKind, str] = dict.fromkeys(_DESCRIBED, "STDTC") | {
    "measurement": "ADTC", "subject": "RFSTDTC", "supplement": "",
}  # fmt: skip
