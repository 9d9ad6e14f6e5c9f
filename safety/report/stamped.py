"""A table as a file, exactly as it is shown, with what it was made from written into the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from safety import export

ABOUT = "About"
NO_FILTER = "none"
# Of the stamp in a CSV, which stays one table: files are renamed, cut and joined, rows keep these.
ON_EACH_ROW = ("STUDY", "SNAPSHOT", "AS OF", "POPULATION", "FILTERS")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a table was made from. population: "N of M subjects"; filters: "" if there are none.

    as_of: YYYY-MM-DD; made_at: UTC, ISO 8601; made_by: the name of a user.
    """

    study: str
    snapshot_id: str
    as_of: str
    rule_set: str
    ctcae: str
    code_version: str
    title: str
    population: str
    filters: str
    made_at: str
    made_by: str


def csv(frame: pd.DataFrame, stamp: Stamp) -> bytes:
    """Return a table as CSV; behind its own columns each row says of which data it is.

    Raises WrongUseError for too many rows, ValueError for a table with a column of the stamp.
    """
    export.require_at_most(len(frame))
    told = dict(_about(stamp)) | {"SNAPSHOT": stamp.snapshot_id[:12]}
    twice = [name for name in ON_EACH_ROW if name in frame.columns]
    if twice:
        raise ValueError(f"the table has a column {twice[0]!r} already: give it another name.")
    return export.csv_bytes(frame.assign(**{name: told[name] for name in ON_EACH_ROW}))


def xlsx(frame: pd.DataFrame, stamp: Stamp) -> bytes:
    """Return a workbook: the table on the first sheet, what it was made from on the second.

    Raises WrongUseError for too many rows.
    """
    export.require_at_most(len(frame))
    about = [*_about(stamp), ("ROWS", str(len(frame)))]
    told = pd.DataFrame(about, columns=["WHAT", "VALUE"])
    return export.xlsx_bytes([(stamp.title, frame), (ABOUT, told)])


def file_name(stamp: Stamp, table: str, suffix: str) -> str:
    """Return STUDY_table_asof_snapshot.suffix; what is no letter, digit, dot or dash is a dash."""
    parts = (stamp.study, table, stamp.as_of, stamp.snapshot_id[:12])
    return "_".join(_UNSAFE.sub("-", part).strip("-.") for part in parts) + f".{suffix}"


def _about(stamp: Stamp) -> list[tuple[str, str]]:
    return [
        ("TITLE", stamp.title), ("STUDY", stamp.study), ("AS OF", stamp.as_of),
        ("POPULATION", stamp.population), ("FILTERS", stamp.filters or NO_FILTER),
        ("SNAPSHOT", stamp.snapshot_id), ("RULE SET", stamp.rule_set), ("CTCAE", stamp.ctcae),
        ("CODE VERSION", stamp.code_version), ("MADE AT", stamp.made_at),
        ("MADE BY", stamp.made_by),
    ]  # fmt: skip
