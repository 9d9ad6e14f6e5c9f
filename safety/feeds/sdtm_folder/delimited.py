"""CSV files: in the encoding and with the delimiter that the feed declares, never guessed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TextIO

import pandas as pd

from safety.errors import HeldDeliveryError
from safety.feeds.dataset import require_width
from safety.feeds.sdtm_folder.text import is_beyond_doubt

MAX_ROWS = 20_000_000
NUL_SHARE = 100  # one byte in so many: text of another width. A stray one is a fault of its row
NUL, SHOWN_NUL = "\0", "\u2400"
NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030"}
DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


def read(path: Path, name: str, encoding: str, delimiter: str) -> tuple[pd.DataFrame, bool]:
    """Return the rows as text and whether the last line is ended, as whole files of a source are.

    Raises HeldDeliveryError for another encoding, damaged lines or bytes that are no text.
    """
    _require_encoding(path, name, encoding)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with path.open(encoding=codec, newline="") as file:
            rows = _rows(file, name, delimiter)
    except UnicodeDecodeError as error:
        raise HeldDeliveryError(
            name,
            f"the file is not {NAMES[encoding]} (byte {error.start}).",
            f"Send it in {NAMES[encoding]}.",
        ) from error
    except csv.Error as error:
        raise HeldDeliveryError(name, f"the file is not CSV: {error}.", "Send it again.") from error
    while rows and not rows[-1]:
        rows.pop()  # a blank line at the end
    if not rows:
        raise HeldDeliveryError(name, "the file is empty.", "Ask for the file again.")
    head, body = rows[0], rows[1:]
    require_width(len(head), name)
    for number, row in enumerate(body, start=2):
        if len(row) != len(head):
            raise HeldDeliveryError(
                name,
                f"line {number} has {len(row)} fields, the header has {len(head)}.",
                f"The file is damaged or its delimiter is not {DELIMITERS[delimiter]}.",
            )
    return pd.DataFrame(body, columns=head, dtype="str"), _is_ended(path)


def _rows(file: TextIO, name: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in csv.reader(file, strict=True, delimiter=delimiter):
        if len(rows) > MAX_ROWS:
            raise HeldDeliveryError(name, f"it has more than {MAX_ROWS:,} rows.", "Split it.")
        rows.append([cell.replace(NUL, SHOWN_NUL) for cell in row] if NUL in "".join(row) else row)
    return rows


def _require_encoding(path: Path, name: str, encoding: str) -> None:
    """Raise for NUL bytes, and for UTF-8 where GB18030 is declared: both decode without error."""
    data = path.read_bytes()
    if NUL_SHARE * data.count(0) > len(data):
        raise HeldDeliveryError(name, "the file holds NUL bytes.", "Send it as plain text.")
    if encoding == "utf-8" or data.isascii():
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if is_beyond_doubt(text):
        raise HeldDeliveryError(
            name,
            f"the file is UTF-8, but the feed declares {NAMES[encoding]}.",
            f"Send it in {NAMES[encoding]}, or correct the feed's encoding.",
        )


def _is_ended(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) in (b"\n", b"\r")
