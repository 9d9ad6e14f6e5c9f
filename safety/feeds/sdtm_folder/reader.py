"""Read one SDTM file into text columns. Nothing is converted or dropped here."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from safety.errors import HeldDeliveryError

SUFFIXES = (".xpt", ".parquet", ".csv")
XPT_MAGIC = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
XPT_RECORD = 80  # bytes; a v5 file is a whole number of records
PARQUET_MAGIC = b"PAR1"


def read(path: Path, name: str) -> pd.DataFrame:
    """Return a file as a frame of text: numbers in their shortest form, missing as NaN.

    path: the landed bytes; name: the file's name as delivered, for messages and its suffix.
    Raises HeldDeliveryError if the file is empty, truncated or not what its suffix says.
    """
    size = path.stat().st_size
    if size == 0:
        raise HeldDeliveryError(name, "the file is empty.", "Ask for the file again.")
    suffix = Path(name).suffix.lower()
    frame = {".xpt": _read_xpt, ".parquet": _read_parquet, ".csv": _read_csv}[suffix](path, name)
    if frame.columns.duplicated().any():
        twice = ", ".join(frame.columns[frame.columns.duplicated()])
        raise HeldDeliveryError(name, f"column {twice} occurs twice.", "Ask for a corrected file.")
    return pd.DataFrame({str(c): _as_text(frame[c]) for c in frame.columns})


def _read_xpt(path: Path, name: str) -> pd.DataFrame:
    with path.open("rb") as file:
        head = file.read(len(XPT_MAGIC))
    if head != XPT_MAGIC:
        raise HeldDeliveryError(
            name, "this is not a SAS XPT v5 file.", "Export it again as a v5 transport file."
        )
    if path.stat().st_size % XPT_RECORD:
        raise HeldDeliveryError(
            name, "the file is truncated: not a whole number of 80-byte records.", "Send it again."
        )
    try:
        frame, _ = pyreadstat.read_xport(str(path))
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
        raise HeldDeliveryError(name, f"the XPT file cannot be read: {error}.", "") from error
    return frame


def _read_parquet(path: Path, name: str) -> pd.DataFrame:
    with path.open("rb") as file:
        if file.read(len(PARQUET_MAGIC)) != PARQUET_MAGIC:
            raise HeldDeliveryError(name, "this is not a Parquet file.", "Export it again.")
    try:
        return pq.read_table(path).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise HeldDeliveryError(name, f"the Parquet file cannot be read: {error}.", "") from error


def _read_csv(path: Path, name: str) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except UnicodeDecodeError as error:
        raise HeldDeliveryError(
            name, f"the file is not UTF-8 (byte {error.start}).", "Send it in UTF-8."
        ) from error
    except csv.Error as error:
        raise HeldDeliveryError(name, f"the file is not CSV: {error}.", "Send it again.") from error
    while rows and not rows[-1]:
        rows.pop()  # a blank line at the end
    if not rows:
        raise HeldDeliveryError(name, "the file is empty.", "Ask for the file again.")
    head, body = rows[0], rows[1:]
    for number, row in enumerate(body, start=2):
        if len(row) != len(head):
            raise HeldDeliveryError(
                name,
                f"line {number} has {len(row)} fields, the header has {len(head)}.",
                "The file is damaged or its delimiter is not a comma.",
            )
    return pd.DataFrame(body, columns=head, dtype="str")


def _as_text(column: pd.Series) -> pd.Series:
    """Text of a column: stripped of surrounding spaces, empty as NaN, numbers in shortest form."""
    kind = pd.api.types
    if kind.is_datetime64_any_dtype(column.dtype):
        return column.map(lambda t: t.isoformat(), na_action="ignore").astype("str")
    if kind.is_integer_dtype(column.dtype):  # not by way of float: large ids would collapse
        return column.astype("Int64").astype("str").reset_index(drop=True)
    if kind.is_numeric_dtype(column.dtype):
        values = column.to_numpy(np.float64, na_value=np.nan)
        unique, inverse = np.unique(values, return_inverse=True)
        text = np.array([_number_text(u) for u in unique], dtype=object)[inverse]
        return pd.Series(text, dtype="str")
    text = column.astype("str").str.strip().reset_index(drop=True)
    return text.where(text.ne(""))


def _number_text(value: float) -> str | None:
    if np.isnan(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
