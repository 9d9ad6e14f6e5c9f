"""SAS transport files, version 5 (TS-140)."""

from __future__ import annotations

import re
import tempfile
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat

from safety.simulate.files.numbers import numbers
from safety.simulate.sdtm.columns import COLUMNS, LABELS

# The head says four times when the file was made, and nothing else that could differ: the release
# and the system are constants of the format.
WRITTEN_AT = re.compile(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d")
TIMES, HEAD_BYTES = 4, 640
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def content(domain: str, frame: pd.DataFrame, made: datetime) -> bytes:
    """Return a table of text as the bytes of a file with labels.

    made: site time of the extract; it stands in the head as created and modified.
    """
    labels = COLUMNS[domain]
    columns = {str(c): frame[c].astype("object") for c in frame.columns} | numbers(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{domain.lower()}.xpt"
        pyreadstat.write_xport(
            pd.DataFrame(columns),
            str(path),
            file_label=f"SIMULATED {LABELS[domain]}",
            column_labels=[labels.get(c, c) for c in columns],
            table_name=domain,
            file_format_version=5,
        )
        data = path.read_bytes()
    head, times = WRITTEN_AT.subn(stamp(made), data[:HEAD_BYTES])
    if times != TIMES:
        raise ValueError(f"the head of {domain} holds {times} times, not {TIMES}")
    return head + data[HEAD_BYTES:]


def stamp(made: datetime) -> bytes:
    """Return a time as the head has it, ddMMMyy:hh:mm:ss, in any locale."""
    return f"{made:%d}{MONTHS[made.month - 1]}{made:%y:%H:%M:%S}".encode()
