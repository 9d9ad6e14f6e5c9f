"""SAS transport files of version 5.

The reader behind believes what the head says; so the head is checked against the file first:
a head that lies must not make it read beyond the end or ask for endless memory. Layout: SAS
Technical Support TS-140.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat

from safety.errors import HeldDeliveryError

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
MAX_LENGTH = 200
CENTURY_FROM = 60  # of two-digit years, those from here on are of the 20th century
_STAMP = re.compile(r"(\d\d)([A-Z]{3})(\d\d):(\d\d:\d\d:\d\d)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def read(path: Path, name: str) -> tuple[pd.DataFrame, str]:
    """Return the data set of a file and when it says it was written ("" if it does not)."""
    head = _check(path, name)
    try:
        frame, _ = pyreadstat.read_xport(str(path))
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError) as error:
        raise HeldDeliveryError(name, f"the XPT file cannot be read: {error}.", "") from error
    return frame, _created(head[CREATED])


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
        layout = _layout(file.read(layout_at - VARIABLES_AT), file.read(RECORD), count, length)
        if layout is None:
            raise _damaged(name, "its head does not hold together")
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
