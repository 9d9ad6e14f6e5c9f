"""Transport and Parquet files whose heads or types are not what a reader hopes for."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from tests.faults.damage import Damage
from tests.faults.table import DAY, VALUE

RECORD = 80
NAMESTR_AT, VARIABLES_AT, DESCRIBED = 7 * RECORD, 8 * RECORD, 140


def another_count_of_variables(content: bytes, rng: Random) -> bytes:
    count = rng.choice(["0000", "0001", "0012", "0014", "9999", "-001", "1e99", "    ", "١٢٣٤"[:2]])
    at = NAMESTR_AT + 54
    return content[:at] + count.encode()[:4] + content[at + 4 :]


def another_size_of_variables(content: bytes, rng: Random) -> bytes:
    at = 3 * RECORD + 75
    return content[:at] + rng.choice([b"136", b"000", b"999", b"-40", b"   "]) + content[at + 3 :]


def another_description(content: bytes, rng: Random) -> bytes:
    """Overwrite type, length or place of one variable."""
    at = VARIABLES_AT + DESCRIBED * rng.randrange(13)
    field, form = rng.choice([(0, ">h"), (2, ">h"), (4, ">h"), (6, ">h"), (84, ">l")])
    value = rng.choice([0, 1, 2, 3, 8, 9, 200, 201, 32_767, -1, -32_768])
    packed = struct.pack(form, value)
    return content[: at + field] + packed + content[at + field + len(packed) :]


def a_name_of_no_letters(content: bytes, rng: Random) -> bytes:
    at = VARIABLES_AT + DESCRIBED * rng.randrange(13) + 8
    names = (bytes(8), b" " * 8, b"\xff" * 8, b"USUBJID ", b"a\nb     ", b"(form)  ", b"=1+1    ")
    return content[:at] + rng.choice(names) + content[at + 8 :]


def a_variable_of_numbers(content: bytes, rng: Random) -> bytes:
    """Call a variable of eight characters or less a number: its text is then some IBM float."""
    at = VARIABLES_AT + DESCRIBED * rng.randrange(13)
    formats = (b"DATE    ", b"DATETIME", b"TIME    ", b"BEST    ", b"E8601DT ", b"$CHAR   ")
    content = content[: at + 56] + rng.choice(formats) + content[at + 64 :]
    return content[:at] + struct.pack(">h", 1) + content[at + 2 :]


def a_record_gone(content: bytes, rng: Random) -> bytes:
    at = RECORD * rng.randrange(len(content) // RECORD)
    return content[:at] + content[at + RECORD :]


def a_record_twice(content: bytes, rng: Random) -> bytes:
    at = RECORD * rng.randrange(len(content) // RECORD)
    return content[:at] + content[at : at + RECORD] * 2 + content[at + RECORD :]


def two_members(content: bytes, _: Random) -> bytes:
    return content + content[3 * RECORD :]


IN_XPT: dict[str, Damage] = {
    d.__name__: d
    for d in (
        another_count_of_variables, another_size_of_variables, another_description,
        a_name_of_no_letters, a_variable_of_numbers, a_record_gone, a_record_twice, two_members,
    )
}  # fmt: skip

ODD: tuple[Callable[[int], pa.Array], ...] = (
    lambda n: pa.array([[1]] * n),
    lambda n: pa.array([{"a": 1}] * n),
    lambda n: pa.array([[("a", 1)]] * n, pa.map_(pa.string(), pa.int32())),
    lambda n: pa.array([b"\xff\xfe"] * n),
    lambda n: pa.array([b"ok"] * n, pa.binary(2)),
    lambda n: pa.array([None] * n),
    lambda n: pa.array([True, None] * n)[:n],
    lambda n: pa.array([2**63 - 1, None] * n)[:n],
    lambda n: pa.array([2**64 - 1] * n, pa.uint64()),
    lambda n: pa.array([1.5, float("nan")] * n)[:n],
    lambda n: pa.array([1.5] * n, pa.float16()),
    lambda n: pa.array([123] * n, pa.decimal128(38, 10)),
    lambda n: pa.array([123] * n, pa.decimal256(76, 0)),
    lambda n: pa.array([0] * n, pa.date32()),
    lambda n: pa.array([2**31 - 1] * n, pa.int32()).cast(pa.date32()),
    lambda n: pa.array([-(2**40)] * n, pa.timestamp("s")),
    lambda n: pa.array([2**60] * n, pa.timestamp("us", tz="Asia/Shanghai")),
    lambda n: pa.array([0] * n, pa.timestamp("ns", tz="+23:59")),
    lambda n: pa.array([0] * n, pa.timestamp("ms", tz="Mars/Olympus")),
    lambda n: pa.array([1] * n, pa.time64("ns")),
    lambda n: pa.array([1] * n, pa.duration("us")),
    lambda n: pa.array(["x"] * n).dictionary_encode(),
    lambda n: pa.array([b"\xff"] * n).dictionary_encode(),
    lambda n: pa.array(["x"] * n, pa.string_view()),
)


def a_column_of_another_type(content: bytes, rng: Random) -> bytes:
    table = pq.read_table(io.BytesIO(content))
    at = table.column_names.index(rng.choice([VALUE, DAY, rng.choice(table.column_names)]))
    return _written(table.set_column(at, table.column_names[at], rng.choice(ODD)(len(table))))


def stored_in_another_way(content: bytes, rng: Random) -> bytes:
    table = pq.read_table(io.BytesIO(content))
    table = table.replace_schema_metadata(
        {b"pandas": rng.choice([b"{}", b"not json", b'{"index_columns": ["LBDTC"]}'])}
    )
    return _written(table, compression=rng.choice(["gzip", "zstd", "none"]), row_group_size=7,
                    use_dictionary=rng.choice([True, False]))  # fmt: skip


def a_damaged_footer(content: bytes, rng: Random) -> bytes:
    """Spoil what tells where everything is: some bytes, or how long it is itself."""
    size = struct.unpack("<I", content[-8:-4])[0]
    if not rng.randrange(4):
        length = rng.choice([0, 1, size - 1, size + 1, len(content), 2**31 - 1, 2**32 - 1])
        return content[:-8] + struct.pack("<I", length) + content[-4:]
    spoilt = bytearray(content)
    for _ in range(rng.choice([1, 2, 5])):
        spoilt[-8 - rng.randint(1, size)] = rng.randrange(256)
    return bytes(spoilt)


def _written(table: pa.Table, **how: object) -> bytes:
    held = io.BytesIO()
    pq.write_table(table, held, **how)
    return held.getvalue()


IN_PARQUET: dict[str, Damage] = {
    d.__name__: d for d in (a_column_of_another_type, stored_in_another_way, a_damaged_footer)
}
