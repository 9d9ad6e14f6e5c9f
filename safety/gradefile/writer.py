"""Write tables into a file that appears under its name only when it is whole."""

from __future__ import annotations

import io
import json
import math
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from safety import formulas
from safety.errors import WrongUseError
from safety.gradefile.reader import is_binary, plain_type


class _Sink(Protocol):
    def write_table(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


@contextmanager
def writer(target: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that writes tables; the file takes its name when all were written."""
    if target.suffix.lower() not in _SINKS:
        raise WrongUseError(
            f"--out {target}: suffix {target.suffix!r}; give one of {', '.join(_SINKS)}."
        )
    # named before it is made: a signal at any moment finds it
    path = target.resolve().parent / f".{target.name}.{secrets.token_hex(8)}"
    sink: _Sink | None = None

    def write(table: pa.Table) -> None:
        nonlocal sink
        sink = sink or _SINKS[target.suffix.lower()](path, table.schema)
        sink.write_table(table)

    try:
        path.touch(0o600, exist_ok=False)
        yield write
        if sink is not None:
            sink.close()
        path.chmod(0o666 & ~_umask())
        path.replace(target)
    except BaseException:
        if sink is not None:
            with suppress(OSError, ValueError, pa.ArrowException):  # the first error is the reason
                sink.close()
        raise
    finally:
        path.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class _Csv:
    """Text, with the codes of dictionaries and bytes as what they stand for.

    A text that a spreadsheet would run as a formula begins with an apostrophe.
    """

    def __init__(self, path: Path, schema: pa.Schema, delimiter: str) -> None:
        options = pacsv.WriteOptions(delimiter=delimiter, quoting_style="needed")
        kinds = [pa.string() if is_binary(f.type) else plain_type(f.type) for f in schema]
        names = [formulas.safe(name) for name in schema.names]
        self._schema = pa.schema(list(zip(names, kinds, strict=True)))
        for name, kind in zip(schema.names, kinds, strict=True):
            _check_written(name, kind)
        self._file = pacsv.CSVWriter(path, self._schema, write_options=options)

    def write_table(self, table: pa.Table) -> None:
        columns = [
            _safe(_cast(column, field))
            for column, field in zip(table.columns, self._schema, strict=True)
        ]  # fmt: skip
        self._file.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._file.close()


def _check_written(name: str, kind: pa.DataType) -> None:
    try:
        pa.array([], kind).cast(pa.string())
        pacsv.write_csv(pa.table({name: pa.array([], kind)}), io.BytesIO())
    except pa.ArrowException as error:
        raise WrongUseError(
            f"column {name!r} holds {kind}, which no cell of text can hold: "
            "give --out a name with .parquet, or leave the column out."
        ) from error


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    try:
        return column if column.type == field.type else column.cast(field.type)
    except pa.ArrowInvalid as error:
        raise WrongUseError(
            f"column {field.name!r} holds bytes that are not UTF-8: "
            "give --out a name with .parquet, or leave the column out."
        ) from error


def _safe(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    runs = pc.match_substring_regex(column, formulas.FORMULA)
    runs = pc.and_not(runs, pc.match_substring_regex(column, formulas.NUMBER))
    if not pc.any(runs).as_py():
        return column
    marks = pc.if_else(runs, pa.scalar(formulas.MARK, column.type), pa.scalar("", column.type))
    return pc.binary_join_element_wise(marks, column, pa.scalar("", column.type))


class _Json:
    """JSON records, one a line, or as one list. What is no finite number is null."""

    def __init__(self, path: Path, *, as_list: bool) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._as_list, self._any = as_list, False

    def write_table(self, table: pa.Table) -> None:
        for record in table.to_pylist():
            if self._as_list:
                self._file.write(",\n" if self._any else "[\n")
            self._file.write(_json(record) if self._as_list else _json(record) + "\n")
            self._any = True

    def close(self) -> None:
        if self._as_list and not self._file.closed:
            self._file.write("\n]\n" if self._any else "[\n]\n")
        self._file.close()


def _json(record: dict[str, Any]) -> str:
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False, default=_text)
    except ValueError:
        return json.dumps(_finite(record), ensure_ascii=False, allow_nan=False, default=_text)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(x) for name, x in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(x) for x in value]
    return value


_SINKS: dict[str, Callable[[Path, pa.Schema], _Sink]] = {
    ".csv": lambda path, schema: _Csv(path, schema, ","),
    ".tsv": lambda path, schema: _Csv(path, schema, "\t"),
    ".parquet": lambda path, schema: pq.ParquetWriter(path, schema, compression="zstd"),
    ".jsonl": lambda path, _: _Json(path, as_list=False),
    ".json": lambda path, _: _Json(path, as_list=True),
}
