"""Grade a file of measurements into another file, batch by batch: memory stays flat.

Untrusted input: its size is bounded, a malformed row becomes a row with a reason, and the result
appears under its name only when it is whole.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from safety.ctcae.chunk import CHUNK
from safety.ctcae.ladder import Policy
from safety.ctcae.reasons import Reason
from safety.ctcae.table import grade_arrow, input_columns
from safety.errors import WrongUseError

CSV_BLOCK = 32 << 20  # bytes; also the longest line that can be read
DELIMITERS = {".csv": ",", ".tsv": "\t"}


class Batch(NamedTuple):
    """Rows of the file with their numbers, from 1; `broken` are those that could not be read."""

    table: pa.Table
    row: npt.NDArray[np.int64]
    broken: npt.NDArray[np.bool_]


@dataclass(slots=True)
class Summary:
    """What a grading came to, in numbers of rows."""

    rows_in: int = 0
    rows_out: int = 0
    grades: Counter[str] = field(default_factory=Counter)  # "not gradable" beside 0 to 4
    reasons: Counter[str] = field(default_factory=Counter)  # of the not gradable
    broken: int = 0

    def add(self, batch: Batch, graded: pa.Table) -> None:
        """Count a batch."""
        self.rows_in += len(batch.row)
        self.rows_out += len(graded)
        self.broken += int(batch.broken.sum())
        for entry in pc.value_counts(graded["grade"].combine_chunks()).to_pylist():
            self.grades["not gradable" if entry["values"] is None else str(entry["values"])] += (
                entry["counts"]
            )
        refused = graded["reasons"].filter(pc.is_null(graded["grade"]))
        for entry in pc.value_counts(refused.combine_chunks().dictionary_decode()).to_pylist():
            self.reasons[entry["values"]] += entry["counts"]

    def as_dict(self) -> dict[str, object]:
        """Return the numbers for JSON; keys in order."""
        return {
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "rows_unreadable": self.broken,
            "grades": dict(sorted(self.grades.items())),
            "not_gradable": dict(self.reasons.most_common()),
        }


def grade_file(
    source: Path, target: Path, *, policy: Policy, ctcae: str, encoding: str, max_bytes: int
) -> Summary:
    """Grade `source` (CSV, TSV or Parquet) into `target` (CSV, TSV, Parquet, JSONL or JSON).

    Raises WrongUseError for a file that cannot be read as what its suffix says, for missing
    columns, an unknown suffix or version, or a target that is the source.
    """
    _check(source, target, max_bytes)
    summary = Summary()
    try:
        with _writer(target) as write:
            for batch in _batches(source, encoding):
                graded = grade_arrow(batch.table, policy=policy, ctcae=ctcae, rows=batch.row)
                graded = _mark_broken(graded, batch)
                write(graded)
                summary.add(batch, graded)
    except (ValueError, pa.ArrowException) as error:  # ArrowInvalid is a ValueError too
        raise WrongUseError(f"{source}: {error}") from error
    return summary


def _check(source: Path, target: Path, max_bytes: int) -> None:
    if not source.is_file():
        raise WrongUseError(f"{source}: there is no such file.")
    size = source.stat().st_size
    if size > max_bytes:
        raise WrongUseError(
            f"{source} has {size:,} bytes, more than the {max_bytes:,} allowed; "
            "raise TOXWATCH_MAX_FILE_MB or split it."
        )
    if target.exists() and target.samefile(source):
        raise WrongUseError(f"{target} is the input itself: give --out another name.")
    if not target.resolve().parent.is_dir():
        raise WrongUseError(f"{target.parent}: there is no such folder for --out.")


def _batches(source: Path, encoding: str) -> Iterator[Batch]:
    suffix = source.suffix.lower()
    if suffix == ".parquet":
        return _read_parquet(source)
    if suffix in DELIMITERS:
        return _read_csv(source, DELIMITERS[suffix], encoding)
    raise WrongUseError(f"{source}: suffix {suffix!r}; give .csv, .tsv or .parquet.")


def _read_parquet(source: Path) -> Iterator[Batch]:
    schema = pq.read_schema(source)
    input_columns(schema.names)
    texts = [f.name for f in schema if f.type in (pa.string(), pa.large_string())]
    with pq.ParquetFile(source, read_dictionary=texts) as file:
        first = 1
        for part in file.iter_batches(batch_size=CHUNK):
            rows = np.arange(first, first + len(part))
            yield Batch(pa.Table.from_batches([part]), rows, np.zeros(len(part), bool))
            first += len(part)
        if first == 1:
            yield Batch(schema.empty_table(), np.zeros(0, np.int64), np.zeros(0, bool))


def _read_csv(source: Path, delimiter: str, encoding: str) -> Iterator[Batch]:
    """Read all columns as text: what is a number is decided value by value, not by a column."""
    broken: list[int] = []

    def note(row: pacsv.InvalidRow) -> str:
        broken.append(row.number)
        return "skip"

    parse = pacsv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note
    )
    # one thread: only then are the numbers of malformed rows known
    read = pacsv.ReadOptions(use_threads=False, block_size=CSV_BLOCK, encoding=encoding)
    names = _header(source, delimiter, read)
    input_columns(names)
    convert = pacsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=True, null_values=[""]
    )
    first = 1
    with pacsv.open_csv(source, read, parse, convert) as reader:
        for part in reader:
            table = pa.table([_decoded(column) for column in part], names=names)
            batch = _with_broken(table, first, broken)
            first += len(batch.row)
            yield batch
        nothing = pa.schema([(name, pa.string()) for name in names]).empty_table()
        rest = _with_broken(nothing, first, broken)
        if first == 1 or len(rest.row):
            yield rest


def _decoded(column: pa.Array) -> pa.Array:
    """Return bytes as text; a cell that is not in the encoding shows where, and spoils no other."""
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        cells = (x if x is None else x.decode("utf-8", "replace") for x in column.to_pylist())
        return pa.array(cells, pa.string())


def _header(source: Path, delimiter: str, read: pacsv.ReadOptions) -> list[str]:
    parse = pacsv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=lambda _: "skip"
    )
    with pacsv.open_csv(source, read, parse) as reader:
        return list(reader.schema.names)


def _with_broken(table: pa.Table, first: int, broken: list[int]) -> Batch:
    """Put an empty row where a malformed one was; `broken` counts rows, the header as the first."""
    end = first + len(table)  # the reader reads ahead: some may lie beyond this table
    missing = []
    while broken and broken[0] - 1 <= end:
        missing.append(broken.pop(0) - 1)
        end += 1
    row = np.arange(first, end)
    is_broken = np.isin(row, missing)
    if missing:
        position = np.where(is_broken, -1, np.cumsum(~is_broken) - 1)
        table = table.take(pa.array(position, mask=is_broken))
    return Batch(table, row, is_broken)


def _mark_broken(graded: pa.Table, batch: Batch) -> pa.Table:
    if not batch.broken.any():
        return graded
    numbers = batch.row[batch.broken]
    here = np.isin(graded["row"].to_numpy(), numbers)
    name = str(Reason.ROW_UNREADABLE.name).lower()
    texts = pc.if_else(pa.array(here), name, graded["reasons"].cast(pa.string()))
    at = graded.column_names.index("reasons")
    return graded.set_column(at, "reasons", pc.dictionary_encode(texts))


class _Sink(Protocol):
    def write_table(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


@contextmanager
def _writer(target: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that writes tables; the file takes its name when all were written."""
    if target.suffix.lower() not in _SINKS:
        raise WrongUseError(
            f"--out {target}: suffix {target.suffix!r}; give one of {', '.join(_SINKS)}."
        )
    handle, name = tempfile.mkstemp(dir=target.resolve().parent, prefix=f".{target.name}.")
    os.close(handle)
    sink: _Sink | None = None

    def write(table: pa.Table) -> None:
        nonlocal sink
        sink = sink or _SINKS[target.suffix.lower()](Path(name), table.schema)
        sink.write_table(table)

    try:
        yield write
        if sink is not None:
            sink.close()
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class _Csv:
    def __init__(self, path: Path, schema: pa.Schema, delimiter: str) -> None:
        options = pacsv.WriteOptions(delimiter=delimiter, quoting_style="needed")
        self._schema = _plain(schema)
        self._file = pacsv.CSVWriter(path, self._schema, write_options=options)

    def write_table(self, table: pa.Table) -> None:
        self._file.write_table(table.cast(self._schema))

    def close(self) -> None:
        self._file.close()


class _Json:
    """JSON records, one a line, or as one list."""

    def __init__(self, path: Path, *, as_list: bool) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._as_list, self._before = as_list, "[\n" if as_list else ""

    def write_table(self, table: pa.Table) -> None:
        import json  # noqa: PLC0415  start-up

        for record in table.to_pylist():
            self._file.write(self._before + json.dumps(record, ensure_ascii=False, default=str))
            self._before = ",\n" if self._as_list else "\n"

    def close(self) -> None:
        if self._as_list:
            self._file.write(self._before if self._before == "[\n" else "\n")
        self._file.write("]\n" if self._as_list else "\n")
        self._file.close()


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return the schema with dictionary columns as what they stand for: CSV knows no codes."""
    return pa.schema([
        f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in schema
    ])  # fmt: skip


_SINKS: dict[str, Callable[[Path, pa.Schema], _Sink]] = {
    ".csv": lambda path, schema: _Csv(path, schema, ","),
    ".tsv": lambda path, schema: _Csv(path, schema, "\t"),
    ".parquet": lambda path, schema: pq.ParquetWriter(path, schema, compression="zstd"),
    ".jsonl": lambda path, _: _Json(path, as_list=False),
    ".json": lambda path, _: _Json(path, as_list=True),
}
