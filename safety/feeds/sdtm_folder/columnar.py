"""Parquet files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from safety.errors import HeldDeliveryError

MAGIC = b"PAR1"
MAX_CELLS = 2_000_000_000


def read(path: Path, name: str) -> pd.DataFrame:
    """Return the table of a file; raise HeldDeliveryError for what is no flat table."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise HeldDeliveryError(name, "this is not a Parquet file.", "Export it again.")
    try:
        with pq.ParquetFile(path) as file:
            head, schema = file.metadata, file.schema_arrow
            if any(pa.types.is_nested(field.type) for field in schema):
                raise HeldDeliveryError(name, "a column holds lists or structures.", "Flatten it.")
            if head.num_rows * head.num_columns > MAX_CELLS:
                raise HeldDeliveryError(name, f"it has {head.num_rows:,} rows.", "Split it.")
            return file.read().to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise HeldDeliveryError(name, f"the Parquet file cannot be read: {error}.", "") from error
