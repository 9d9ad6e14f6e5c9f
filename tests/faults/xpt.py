"""Write a table as a SAS transport file of version 5, byte for byte: also one that is nonsense.

Layout: SAS Technical Support TS-140. Every column is of characters.
"""

from __future__ import annotations

import struct

from tests.faults.table import Table

RECORD, MOST = 80, 200
STAMP = "29MAR24:08:00:00"


def encode_xpt(table: Table) -> bytes:
    """Return the bytes of the file; what is longer than a cell can be is cut."""
    texts = [[(c or "").encode("utf-8", "replace")[:MOST] for c in row] for row in table.rows]
    widths = [max([1, *(len(row[i]) for row in texts)]) for i in range(len(table.head))]
    variables, at = b"", 0
    for number, (name, width) in enumerate(zip(table.head, widths, strict=True), start=1):
        variables += _variable(number, name, width, at)
        at += width
    cells = b"".join(c.ljust(w) for row in texts for c, w in zip(row, widths, strict=True))
    return _head(len(table.head)) + _padded(variables) + _record("OBS", "0" * 30) + _padded(cells)


def _head(columns: int) -> bytes:
    library = f"{'SAS':8}{'SAS':8}{'SASLIB':8}{'6.06':8}{'':8}{'':24}{STAMP}"
    member = f"{'SAS':8}{'LB':8}{'SASDATA':8}{'6.06':8}{'':8}{'':24}{STAMP}"
    return (
        _record("LIBRARY", "0" * 30)
        + library.encode()
        + STAMP.ljust(RECORD).encode()
        + _record("MEMBER", "000000000000000001600000000140")
        + _record("DSCRPTR", "0" * 30)
        + member.encode()
        + STAMP.ljust(RECORD).encode()
        + _record("NAMESTR", f"000000{columns % 10_000:04}{'0' * 20}")
    )


def _record(name: str, tail: str) -> bytes:
    return f"HEADER RECORD*******{name:8}HEADER RECORD!!!!!!!{tail}  ".encode()


def _variable(number: int, name: str, width: int, at: int) -> bytes:
    told = name.encode("utf-8", "replace")
    return struct.pack(
        ">hhhh8s40s8shhh2s8shhl52s", 2, 0, width, number, told[:8].ljust(8), told[:40].ljust(40),
        b"".ljust(8), 0, 0, 0, b"", b"".ljust(8), 0, 0, at, b"",
    )  # fmt: skip


def _padded(content: bytes) -> bytes:
    return content + b" " * (-len(content) % RECORD)
