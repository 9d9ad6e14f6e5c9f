"""Read a file of measurements batch by batch, as text or with the types it has."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from safety.ctcae.arrow_table import input_columns
from safety.ctcae.chunk import CHUNK
from safety.errors import WrongUseError
from safety.gradefile.quotes import Dialect, decoded, mended, split_header

CSV_BLOCK = 32 << 20  # bytes; also the longest line that can be read
DELIMITERS = {".csv": ",", ".tsv": "\t"}


class Batch(NamedTuple):
    """Rows of the file with their numbers, from 1; `broken` are those that could not be read."""

    table: pa.Table
    row: npt.NDArray[np.int64]
    broken: npt.NDArray[np.bool_]


def batches(source: Path, encoding: str) -> Iterator[Batch]:
    """Give the rows of a CSV, TSV or Parquet file, at least one batch, maybe without rows."""
    suffix = source.suffix.lower()
    if suffix == ".parquet":
        return _read_parquet(source)
    if suffix in DELIMITERS:
        return _read_csv(source, DELIMITERS[suffix], encoding)
    raise WrongUseError(f"{source}: suffix {suffix!r}; give .csv, .tsv or .parquet.")


def _distinct(names: Iterable[str]) -> list[str]:
    """Return the names; the second `x` becomes `x_2`, or what is free."""
    names = list(names)
    taken, out = set(names), list[str]()
    for name in names:
        kept = name
        if name in out:
            kept = next(x for i in count(2) if (x := f"{name}_{i}") not in taken)
            taken.add(kept)
        out.append(kept)
    return out


# Parquet


def _read_parquet(source: Path) -> Iterator[Batch]:
    with _parquet_errors(source):
        schema = pq.read_schema(source)
        inputs = set(input_columns(schema.names).values())
        _check_types(schema, inputs)
        texts = [f.name for f in schema if _is_text(f.type)]
        first = 1
        with pq.ParquetFile(source, read_dictionary=texts) as file:
            for part in file.iter_batches(batch_size=CHUNK):
                rows = np.arange(first, first + len(part))
                yield Batch(_as_read(part, inputs), rows, np.zeros(len(part), bool))
                first += len(part)
        if first == 1:
            nothing = pa.RecordBatch.from_pylist([], schema=schema)
            yield Batch(_as_read(nothing, inputs), np.zeros(0, np.int64), np.zeros(0, bool))


@contextmanager
def _parquet_errors(source: Path) -> Iterator[None]:
    """Tell a file that is broken inside from one that the system does not give."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise
        raise WrongUseError(f"{source} is broken or no Parquet file: {error}") from error


def _check_types(schema: pa.Schema, inputs: set[str]) -> None:
    for column in schema:
        if column.name in inputs:
            try:
                pa.array([], _storage(column.type)).cast(pa.string())
            except pa.ArrowException as error:
                raise WrongUseError(
                    f"column {column.name!r} holds {column.type}: give numbers or text."
                ) from error


def _as_read(part: pa.RecordBatch, inputs: set[str]) -> pa.Table:
    """Return text in one form, and input columns that hold bytes as text."""
    names = part.schema.names
    columns = [
        _in_one_form(column, read=name in inputs)
        for name, column in zip(names, part.columns, strict=True)
    ]
    return pa.table(columns, names=_distinct(names))


def _in_one_form(column: pa.Array, *, read: bool) -> pa.Array:
    """Return text as plain text; of a column that is read, bytes and extensions too."""
    plain = column.storage if read and isinstance(column, pa.ExtensionArray) else column
    if _is_text(plain.type):
        return plain.cast(_text_type(plain.type))
    return _decoded(plain) if read and is_binary(plain.type) else plain


def _storage(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return what the codes of a dictionary stand for; another type as it is."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    return plain_type(kind) in (pa.string(), pa.large_string(), pa.string_view())


def is_binary(kind: pa.DataType) -> bool:
    """Whether a column holds bytes of any kind."""
    value = plain_type(kind)
    return (
        value in (pa.binary(), pa.large_binary(), pa.binary_view())
        or pa.types.is_fixed_size_binary(value)
    )  # fmt: skip


def _text_type(kind: pa.DataType) -> pa.DataType:
    return pa.dictionary(pa.int32(), pa.string()) if pa.types.is_dictionary(kind) else pa.string()


def _decoded(column: pa.Array) -> pa.Array:
    """Return bytes as text; a cell that is not in the encoding shows where, and spoils no other."""
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        cells = (x if x is None else x.decode("utf-8", "replace") for x in column.to_pylist())
        return pa.array(cells, pa.string())


# CSV


class _Stream:
    """What pyarrow reads: pieces of any size as blocks of the size it asks for."""

    closed = False

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def read(self, size: int) -> bytes:
        held, parts = len(self._rest), [self._rest]
        while held < size and (piece := next(self._pieces, None)) is not None:
            held += len(piece)
            parts.append(piece)
        text = b"".join(parts)
        self._rest = text[size:]
        return text[:size]

    def close(self) -> None:
        self.closed = True


def _read_csv(source: Path, delimiter: str, encoding: str) -> Iterator[Batch]:
    """Read all columns as text: what is a number is decided value by value, not by a column."""
    _check_encoding(encoding)
    with source.open("rb") as file:
        dialect = Dialect(delimiter)
        header, rest = split_header(decoded(file, encoding), dialect, CSV_BLOCK)
        names = _names(header, delimiter)
        input_columns(names)
        # names of our own: an empty file has columns too, and two of a name are two
        codes = delimiter.join(f"c{i}" for i in range(len(names)))
        body = mended(rest, dialect, len(names), CSV_BLOCK)
        stream = _Stream(chain([codes.encode() + b"\n"], body))
        yield from _parse(stream, delimiter, _distinct(names))


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)  # refuses codecs that are no encoding of text, too
        codecs.getincrementaldecoder(encoding)
    except (LookupError, ValueError) as error:
        raise WrongUseError(
            f"--encoding {encoding!r} is not known: give one such as utf-8, gb18030 or latin-1."
        ) from error


def _names(header: bytes, delimiter: str) -> list[str]:
    try:
        header.decode()
    except UnicodeDecodeError as error:
        raise WrongUseError(f"the header is not UTF-8: give --encoding ({error}).") from error
    parse = pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    table = pacsv.read_csv(pa.py_buffer(header + b"\n"), parse_options=parse)
    return list(table.column_names)


def _parse(stream: _Stream, delimiter: str, names: list[str]) -> Iterator[Batch]:
    broken: deque[int] = deque()

    def note(row: pacsv.InvalidRow) -> str:
        broken.append(row.number)
        return "skip"

    parse = pacsv.ParseOptions(
        delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note
    )
    # one thread: only then are the numbers of malformed rows known
    read = pacsv.ReadOptions(use_threads=False, block_size=CSV_BLOCK)
    types = {f"c{i}": pa.binary() for i in range(len(names))}
    convert = pacsv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    first = 1
    with pacsv.open_csv(stream, read, parse, convert) as reader:
        for part in reader:
            table = pa.table([_decoded(column) for column in part], names=names)
            batch = _with_broken(table, first, broken)
            first += len(batch.row)
            yield batch
        nothing = pa.schema([(name, pa.string()) for name in names]).empty_table()
        rest = _with_broken(nothing, first, broken)
        if first == 1 or len(rest.row):
            yield rest


def _with_broken(table: pa.Table, first: int, broken: deque[int]) -> Batch:
    """Put an empty row where a malformed one was; `broken` counts rows, the header as the first."""
    end = first + len(table)  # the reader reads ahead: some may lie beyond this table
    missing = []
    while broken and broken[0] - 1 <= end:
        missing.append(broken.popleft() - 1)
        end += 1
    row = np.arange(first, end)
    is_broken = np.isin(row, missing)
    if missing:
        position = np.where(is_broken, -1, np.cumsum(~is_broken) - 1)
        table = table.take(pa.array(position, mask=is_broken))
    return Batch(table, row, is_broken)
