"""CSV as a central laboratory in China sends it: GB18030 without a mark, lines end with CRLF."""

from __future__ import annotations

import csv
import io

import pandas as pd

ENCODING = "gb18030"


def content(frame: pd.DataFrame) -> bytes:
    """Return a table of text as the bytes of a file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows(frame.itertuples(index=False, name=None))
    return out.getvalue().encode(ENCODING)
