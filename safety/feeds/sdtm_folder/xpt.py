"""SAS transport files of version 5.

The reader behind believes what the head says; so the head is checked against the file first:
a head that lies must not make it read beyond the end or ask for endless memory. Layout: SAS
Technical Support TS-140.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyreadstat

from safety.errors import HeldDeliveryError
from safety.feeds.sdtm_folder.text import number_text, shown

MAGIC = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
MEMBER = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
NAMESTR = b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!"
OBSERVATIONS = b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!"
RECORD = 80  # bytes; a v5 file is a whole number of records
CREATED = slice(144, 160)  # of the file: in the second record, ddMMMyy:hh:mm:ss
MEMBER_AT, NAMESTR_AT, VARIABLES_AT = 3 * RECORD, 7 * RECORD, 8 * RECORD
COUNT = slice(54, 58)  # of the NAMESTR record
SIZES = (b"140", b"136")  # bytes of one variable's description
SIZE = slice(75, 78)  # of the MEMBER record
NAME = slice(8, 16)  # of a variable
MAX_LENGTH = 200
CENTURY_FROM = 60  # of two-digit years, those from here on are of the 20th century
EPOCH = datetime.fromisoformat("1960-01-01")  # of SAS, in no time zone
SECONDS_A_DAY = 86_400
_PARTS = [order + mark for order in ("MMDDYY", "DDMMYY", "YYMMDD") for mark in ("", *"BCDNPS")]
DATES = {*_PARTS, "DATE", "WEEKDATE", "WEEKDATX", "IS8601DA", "E8601DA", "B8601DA"}
DATE_TIMES = {
    "DATETIME", "DATEAMPM", "MDYAMPM", "DTDATE", "IS8601DT", "E8601DT", "B8601DT", "B8601DN",
}  # fmt: skip
TIMES = {"TIME", "HHMM", "TOD", "TIMEAMPM", "IS8601TM", "E8601TM", "B8601TM"}
_FORMAT = re.compile(r"([A-Z][A-Z0-9]*?[A-Z])\d*(?:\.\d*)?")
_STAMP = re.compile(r"(\d\d)([A-Z]{3})(\d\d):(\d\d:\d\d:\d\d)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def read(path: Path, name: str) -> tuple[pd.DataFrame, str]:
    """Return the data set of a file and when it says it was written ("" if it does not)."""
    head = _check(path, name)
    try:
        # Times are converted here: the reader ends at the first one beyond the calendar.
        frame, about = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
    except UnicodeDecodeError as error:
        raise HeldDeliveryError(
            name, "it holds text that is not UTF-8, or is damaged.", "Export it again in UTF-8."
        ) from error
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError) as error:
        raise _damaged(name, shown(error, 200)) from error
    return _with_times(frame, about.original_variable_types), _created(head[CREATED])


def _with_times(frame: pd.DataFrame, formats: Mapping[str, str | None]) -> pd.DataFrame:
    """Return the frame with dates and times as text, by the format of their column."""
    told = {c: _teller(formats.get(str(c)) or "") for c in frame.columns}
    return frame.assign(**{
        c: frame[c].map({v: tell(v) for v in frame[c].dropna().unique()}).astype("object")
        for c, tell in told.items()
        if tell is not None and pd.api.types.is_numeric_dtype(frame[c].dtype)
    })  # fmt: skip


def _teller(format_: str) -> Callable[[float], str | None] | None:
    """Return what tells the values of a SAS format as text, None if they are mere numbers."""
    match = _FORMAT.fullmatch(format_.strip().upper())
    stem = match[1] if match else ""
    if stem in DATES:
        return _date
    if stem in DATE_TIMES:
        return _date_time
    return _time if stem in TIMES else None


def _date(days: float) -> str | None:
    """Return a day as ISO 8601; one beyond the calendar as its number: a check rejects its row."""
    try:
        return (EPOCH.date() + timedelta(days=math.floor(days))).isoformat()
    except (OverflowError, ValueError):
        return number_text(days)


def _date_time(seconds: float) -> str | None:
    try:
        return (EPOCH + timedelta(seconds=seconds)).isoformat()
    except (OverflowError, ValueError):
        return number_text(seconds)


def _time(seconds: float) -> str | None:
    """Return a time of day; what is none, e.g. 25 hours, as its number."""
    if not 0 <= seconds < SECONDS_A_DAY:
        return number_text(seconds)
    return (EPOCH + timedelta(seconds=seconds)).time().isoformat()


def _check(path: Path, name: str) -> bytes:
    """Return the head; raise HeldDeliveryError for a file that is not what it says."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(VARIABLES_AT)
        if start[: len(MAGIC)] != MAGIC:
            raise HeldDeliveryError(
                name, "this is not a SAS XPT v5 file.", "Export it again as a v5 transport file."
            )
        if size % RECORD:
            raise HeldDeliveryError(
                name, "the file is truncated: not a whole number of 80-byte records.",
                "Send it again.",
            )  # fmt: skip
        count, length = _numbers(start)
        described = count * length
        layout_at = VARIABLES_AT + -(-described // RECORD) * RECORD
        if not count or layout_at + RECORD > size:
            raise _damaged(name, "its head describes more than the file holds")
        variables = file.read(layout_at - VARIABLES_AT)
        layout = _layout(variables, file.read(RECORD), count, length)
        if layout is None:
            raise _damaged(name, "its head does not hold together")
        _require_one(file, variables, count, length, name)
        rest = (size - layout_at - RECORD) % layout
        file.seek(size - rest)
        if rest >= RECORD or file.read(rest).strip(b" "):
            raise HeldDeliveryError(
                name, "the file is truncated: its last row is not whole.", "Send it again."
            )
    return start


def _numbers(start: bytes) -> tuple[int, int]:
    """Return how many variables there are and the bytes of one's description; 0 for nonsense."""
    member, namestr = start[MEMBER_AT:], start[NAMESTR_AT:]
    count, length = namestr[COUNT], member[SIZE]
    if not (member.startswith(MEMBER) and namestr.startswith(NAMESTR) and count.isdigit()):
        return 0, 0
    return int(count), int(length) if length in SIZES else 0


def _layout(variables: bytes, after: bytes, count: int, length: int) -> int | None:
    """Return the bytes of one row, None where the descriptions contradict each other."""
    if not length or not after.startswith(OBSERVATIONS):
        return None
    row = 0
    for start in range(0, count * length, length):
        kind = int.from_bytes(variables[start : start + 2], "big")
        size = int.from_bytes(variables[start + 4 : start + 6], "big")
        at = int.from_bytes(variables[start + 84 : start + 88], "big")
        if kind not in (1, 2) or not 1 <= size <= MAX_LENGTH or at != row:
            return None
        row += size
    return row or None


def _require_one(file: BinaryIO, variables: bytes, count: int, length: int, name: str) -> None:
    """Raise HeldDeliveryError for two variables of one name, and for two data sets.

    The reader behind would give the second variable another name, and read the head of the second
    data set as rows of the first.
    """
    names = [variables[n * length :][NAME].strip(b" \0").upper() for n in range(count)]
    twice = [n for n in names if names.count(n) > 1]
    if twice:
        told = shown(twice[0].decode("utf-8", "replace"))
        raise HeldDeliveryError(name, f"column {told} occurs twice.", "Ask for a corrected file.")
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        if content.find(MAGIC, 1) > 0 or content.find(MEMBER, MEMBER_AT + 1) > 0:
            raise HeldDeliveryError(
                name, "it holds more than one data set.", "Deliver a file for each."
            )


def _damaged(name: str, what: str) -> HeldDeliveryError:
    return HeldDeliveryError(name, f"the XPT file cannot be read: {what}.", "Send it again.")


def _created(field: bytes) -> str:
    """Return the ISO 8601 date-time of `ddMMMyy:hh:mm:ss`, "" if it is none."""
    match = _STAMP.fullmatch(field.decode("latin-1").upper())
    if match is None or match[2] not in _MONTHS:
        return ""
    year = int(match[3])
    century = 1900 if year >= CENTURY_FROM else 2000
    month = _MONTHS.index(match[2]) + 1
    text = f"{century + year}-{month:02d}-{match[1]}T{match[4]}"
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""
