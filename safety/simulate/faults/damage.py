"""Damage to whole files: to the table before it is written, to the bytes after."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from safety.simulate.deliveries import FilePlan

TRUNCATED, EMPTY, RECORDS = "truncated", "empty", "records count wrong"
UTF8, MOJIBAKE = "UTF-8 in place of GB18030", "mojibake"
RENAMED, ADDED, SHIFTED = "column renamed", "column added", "header shifted"
SLASHES, VERSION = "slash dates", "CTCAE 4.03"
FEWER_ROWS, FEWER_SUBJECTS = "30 % fewer rows", "a third of subjects gone"
LATE, AGAIN, OLD = "late", "delivered again", "old extract"  # nothing is wrong inside the file

KEPT = 0.7  # of a truncated file
# Names of at most 8 characters, as XPT has them.
NEW_NAMES = {
    "LB": {"LBORRES": "RESULT"}, "EC": {"ECSTDTC": "DOSEDATE"}, "VS": {"VSORRES": "RESULT"},
    "AE": {"AESTDTC": "ONSET"},
}  # fmt: skip
RECORD_COUNT = re.compile(rb'("records"\s*:\s*)(\d+)')
SAS_RECORD = 80  # bytes


def table(plan: FilePlan, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table of a file as it is damaged: text in every cell; the input stays as it is."""
    change = _TABLES.get(plan.damage)
    return frame if change is None else change(plan.domain, frame)


def _renamed(domain: str, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns=NEW_NAMES.get(domain, {"USUBJID": "PATIENT"}))


def _shifted(_: str, frame: pd.DataFrame) -> pd.DataFrame:
    names = list(frame.columns)
    return frame.set_axis([*names[1:], names[0]], axis=1)


def _fewer_rows(_: str, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[[n % 10 >= 3 for n in range(len(frame))]]


def _with_slashes(column: pd.Series) -> pd.Series:
    """Return 2024-03-04T08:30 as 04/03/2024 08:30 in a column of dates."""
    if not str(column.name).endswith("DTC"):
        return column
    iso = r"^(\d{4})-(\d{2})-(\d{2})(?:T(.*))?$"
    return column.str.replace(iso, _day_first, regex=True)


def _day_first(match: re.Match[str]) -> str:
    year, month, day, time = match.groups()
    return f"{day}/{month}/{year}" + (f" {time}" if time else "")


def _without_subjects(_: str, frame: pd.DataFrame) -> pd.DataFrame:
    subjects = sorted(frame["USUBJID"].unique())
    kept = subjects[: len(subjects) - max(1, -(-len(subjects) // 3))]
    return frame[frame["USUBJID"].isin(kept)]


_TABLES: dict[str, Callable[[str, pd.DataFrame], pd.DataFrame]] = {
    RENAMED: _renamed,
    ADDED: lambda _, frame: frame.assign(XNOTE="added"),
    SHIFTED: _shifted,
    SLASHES: lambda _, frame: frame.apply(_with_slashes),
    VERSION: lambda _, frame: frame.assign(AECTCV="4.03"),
    FEWER_ROWS: _fewer_rows,
    FEWER_SUBJECTS: _without_subjects,
}


def content(plan: FilePlan, data: bytes) -> bytes | None:
    """Return the bytes of a file as they are damaged; None if it does not come at all."""
    if plan.damage == EMPTY:
        return b""
    if plan.damage == TRUNCATED:
        return _truncated(plan.name, data)
    if plan.damage == UTF8:
        return data.decode("gb18030").encode()
    if plan.damage == MOJIBAKE:
        misread = data.decode("gb18030").encode().decode("gb18030", errors="replace")
        return misread.encode("gb18030")
    if plan.damage == RECORDS:
        return RECORD_COUNT.sub(lambda m: m[1] + str(int(m[2]) + 7).encode(), data, count=1)
    return data


def _truncated(name: str, data: bytes) -> bytes:
    if name.endswith(".csv"):
        lines = data.splitlines(keepends=True)
        last = min(max(1, int(KEPT * len(lines))), len(lines) - 1)
        return b"".join(lines[:last]) + lines[last][: len(lines[last]) // 2]
    end = int(KEPT * len(data))
    return data[: end - 1 if end % SAS_RECORD == 0 else end]
