"""Cells as text, and signs that text was read in another encoding than it was written in."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

REPLACEMENT = "\ufffd"
# Characters of the two-byte part of UTF-8 that laboratories write. Other two-byte characters are
# no sign: the GB18030 bytes of U+5973 (female) happen to be valid UTF-8 too.
TWO_BYTE_SYMBOLS = frozenset("µ°±²³×·")
FIRST_OF_THREE_BYTES = "\u0800"
# Four letters from the upper half of Latin-1 in a row stand in no European word: GB18030 bytes.
GB_AS_LATIN = re.compile("[\xa1-\xfe]{4,}")


def shown(text: object, most: int = 40) -> str:
    """Return the start of a hostile text as it can be written anywhere: in ASCII if need be."""
    start = str(text)[:most]
    return start if start.isprintable() else ascii(start).strip("'")


def as_text(column: pd.Series) -> pd.Series:
    """Text of a column: stripped of surrounding spaces, empty as NaN, numbers in shortest form."""
    kind = pd.api.types
    if kind.is_datetime64_any_dtype(column.dtype):
        return column.map(lambda t: t.isoformat(), na_action="ignore").astype("str")
    if kind.is_integer_dtype(column.dtype):  # not by way of float: large ids would collapse
        return column.astype("Int64").astype("str").reset_index(drop=True)
    if kind.is_numeric_dtype(column.dtype):
        values = column.to_numpy(np.float64, na_value=np.nan)
        unique, inverse = np.unique(values, return_inverse=True)
        text = np.array([number_text(u) for u in unique], dtype=object)[inverse]
        return pd.Series(text, dtype="str")
    text = column.astype("str").str.strip().reset_index(drop=True)
    return text.where(text.ne(""))


def number_text(value: float) -> str | None:
    """Return a number in its shortest form, None for NaN."""
    if np.isnan(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))


def is_garbled(texts: Iterable[str]) -> bool:
    """Return whether most texts beyond ASCII were decoded with another encoding than their own.

    Most and not one: a site may have pasted a single damaged text into an otherwise sound file.
    """
    beyond = [t for t in texts if not t.isascii()]
    damaged = sum(_is_damaged(t) for t in beyond)
    return 2 * damaged >= len(beyond) > 0


def _is_damaged(text: str) -> bool:
    if REPLACEMENT in text or GB_AS_LATIN.search(text):
        return True
    return any(_was_utf8(text, encoding) for encoding in ("gb18030", "cp1252", "latin-1"))


def _was_utf8(text: str, encoding: str) -> bool:
    """Return whether the text makes UTF-8 when it is written back in `encoding`."""
    try:
        return is_beyond_doubt(text.encode(encoding).decode("utf-8"), encoding)
    except UnicodeError:
        return False


def is_beyond_doubt(text: str, encoding: str = "gb18030") -> bool:
    """Return whether bytes that read as this in UTF-8 can hardly be text of another encoding."""
    if encoding != "gb18030":
        return not text.isascii()
    return any(c >= FIRST_OF_THREE_BYTES or c in TWO_BYTE_SYMBOLS for c in text)
