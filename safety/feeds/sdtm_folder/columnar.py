"""Parquet files."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from safety.errors import HeldDeliveryError
from safety.feeds.dataset import require_width
from safety.feeds.sdtm_folder.text import shown

MAGIC = b"PAR1"
MAX_CELLS, MAX_BYTES = 2_000_000_000, 2_000_000_000
ROWS_A_BYTE = 20  # of the file: no real table, whose rows differ, is packed nearly as tightly
MAX_SHOWN = 200  # of what the reader says


def read(path: Path, name: str) -> pd.DataFrame:
    """Return the table of a file; raise HeldDeliveryError for what is no flat table."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise HeldDeliveryError(name, "this is not a Parquet file.", "Export it again.")
    try:
        with pq.ParquetFile(path) as file:
            head = file.metadata
            require_width(head.num_columns, name)
            schema = file.schema_arrow
            if any(pa.types.is_nested(field.type) for field in schema):
                raise HeldDeliveryError(name, "a column holds lists or structures.", "Flatten it.")
            most = min(MAX_CELLS // max(head.num_columns, 1), ROWS_A_BYTE * path.stat().st_size)
            if head.num_rows > most:
                raise HeldDeliveryError(
                    name, f"it has {head.num_rows:,} rows, a file like it at most {most:,}.",
                    "Split it, or send it as CSV.",
                )  # fmt: skip
        # what is told once for many rows stays so, until it is known how much it would be
        words = [f.name for f in schema if _is_bytes(f.type)]
        with pq.ParquetFile(path, read_dictionary=words) as file:
            table = file.read()
        _require_size(table, name)
        texts = [
            _text(column, head, name)
            for head, column in zip(table.column_names, table.columns, strict=True)
        ]
        return pa.table(texts, names=table.column_names).to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError, OverflowError, TypeError) as error:
        raise HeldDeliveryError(
            name,
            f"the Parquet file cannot be read: {shown(error, MAX_SHOWN).rstrip('.')}.",
            "Export it again.",
        ) from error


def _require_size(table: pa.Table, name: str) -> None:
    """Raise HeldDeliveryError for a table whose texts, written out row by row, are a bomb."""
    chunks = [c for column in table.columns for c in column.chunks]
    told = [c for c in chunks if pa.types.is_dictionary(c.type) and _is_bytes(c.type.value_type)]
    sizes = (pc.sum(pc.binary_length(c.dictionary).take(c.indices)).as_py() or 0 for c in told)
    if sum(sizes) > MAX_BYTES:
        raise HeldDeliveryError(
            name, f"its texts are more than {MAX_BYTES // 1_000_000:,} MB.", "Split it."
        )


def _text(column: pa.ChunkedArray, head: str, name: str) -> pa.ChunkedArray:
    """Return a column with its whole numbers, booleans and bytes as text.

    By way of pandas, whole numbers beside a missing one would be rounded, and booleans would read
    otherwise than without. A boolean is Y or N, as in Dataset-JSON.
    """
    kind = pa.types
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.cast(column.type.storage_type)
    if kind.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if kind.is_boolean(column.type):
        return pc.if_else(column, "Y", "N")
    if kind.is_integer(column.type):
        return column.cast(pa.string())
    if kind.is_timestamp(column.type) and column.type.tz:
        _require_calendar(column, head, name)
    if not _is_bytes(column.type):
        return column
    try:
        text = column.cast(pa.large_string())
        text.validate(full=True)
    except pa.ArrowInvalid as error:
        raise HeldDeliveryError(
            name, f"column {shown(head)} holds bytes that are no UTF-8.", "Export it as text."
        ) from error
    return text


def _require_calendar(column: pa.ChunkedArray, head: str, name: str) -> None:
    """Raise HeldDeliveryError for a time of a zone in no year of the calendar: it has no text."""
    years = pc.min_max(pc.year(column.cast(pa.timestamp(column.type.unit)))).as_py()
    if any(year is not None and not MINYEAR < year < MAXYEAR for year in years.values()):
        raise HeldDeliveryError(
            name, f"column {shown(head)} has a time beyond the calendar.", "Correct it."
        )


def _is_bytes(kind: pa.DataType) -> bool:
    """Return whether a column holds text or bytes: what calls itself text may be none."""
    is_a = pa.types
    return any(
        is_kind(kind)
        for is_kind in (
            is_a.is_string, is_a.is_large_string, is_a.is_string_view, is_a.is_binary,
            is_a.is_large_binary, is_a.is_binary_view, is_a.is_fixed_size_binary,
        )
    )  # fmt: skip
