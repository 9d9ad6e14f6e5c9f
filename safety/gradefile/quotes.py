"""The bytes of a CSV or TSV file as UTF-8, mended so that a stray quote spoils its own row only.

A CSV reader takes a quote that nobody closed as the start of a cell that runs to the next quote,
millions of rows later or at the end of the file. Here such a line is found and replaced by a line
of one field, which the reader then refuses: it counts as a malformed row, and numbers stay right.

A line is suspect if it leaves a cell open at its end. It starts a row with line breaks if the row
can be read strictly: as many fields as the header has, a closing quote right before a delimiter
or a line break, within LINES lines. If every line of it has that many fields when quotes are
ignored, then these were rows of their own between two stray quotes. All else is stray. So two
stray quotes near each other cost the rows that hold them, each reported, and none between them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

LINES = 200  # line breaks a row can hold
SCAN = 4 << 20  # bytes looked at at once
STRAY = b"?"  # what stands for a line with a stray quote: one field


class Dialect:
    """Patterns of rows for a delimiter."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter.encode()
        d = re.escape(self.delimiter)
        plain = rb'[^"%b\r\n][^%b\r\n]*+' % (d, d)
        self._strict = rb'(?:"(?:[^"]++|"")*+"(?=[%b\r\n]|\Z)|%b|)' % (d, plain)
        lenient = rb'(?:"(?:[^"]++|"")*+"[^%b]*+|%b|)' % (d, plain)
        self._delimiter = d
        self.closed = re.compile(rb"%b(?:%b%b)*+" % (lenient, d, lenient))

    def row(self, columns: str) -> re.Pattern[bytes]:
        """Return the pattern of a row of columns ("*" or "{n}" after the first), strictly."""
        more = rb"(?:%b%b)%b+" % (self._delimiter, self._strict, columns.encode())
        return re.compile(self._strict + more + rb"(?=[\r\n]|\Z)")


def decoded(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Give the file as UTF-8 without its byte order mark; UTF-8 itself is passed on unchecked."""
    first = True
    for block in _transcoded(file, encoding):
        yield block.removeprefix(codecs.BOM_UTF8) if first else block
        first = first and not block


def _transcoded(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    blocks = iter(lambda: file.read(SCAN), b"")
    if codecs.lookup(encoding).name == "utf-8":
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in blocks:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def split_header(
    blocks: Iterator[bytes], dialect: Dialect, longest: int
) -> tuple[bytes, Iterator[bytes]]:
    """Return the first row that is not blank, and what follows it.

    Raises ValueError if there is none or a quote in it is not closed.
    """
    text = b""
    for block in blocks:
        text = (text + block).lstrip(b"\r\n")
        if len(text) > longest or len(re.findall(rb"\n|\r(?!\n)", text[:longest])) > LINES:
            break
    if not text:
        raise ValueError("the file is empty: it has no header.")
    first = re.search(rb"[\r\n]", text)
    end = first.start() if first else len(text)
    if not dialect.closed.fullmatch(text, 0, end):
        row = dialect.row("*").match(text)
        if row is None:
            raise ValueError("a quote in the header is not closed.")
        end = row.end()
    return text[:end], chain([text[end:]], blocks)


def mended(
    blocks: Iterable[bytes], dialect: Dialect, columns: int, longest: int
) -> Iterator[bytes]:
    """Give the rows with every line that has a stray quote replaced by STRAY."""
    mend = _Mender(dialect, columns)
    rest = b""
    for block in blocks:
        text = rest + block
        done = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        if not done and len(text) > longest:
            raise ValueError(f"a line is longer than {longest:,} bytes.")
        good, used = mend(text, done, final=len(text) > longest)
        rest = text[used:]
        yield good
    yield mend(rest, len(rest), final=True)[0]


class _Mender:
    def __init__(self, dialect: Dialect, columns: int) -> None:
        self._dialect, self._columns = dialect, columns
        self._row = dialect.row(f"{{{columns - 1}}}")

    def __call__(self, text: bytes, done: int, *, final: bool) -> tuple[bytes, int]:
        """Mend `text` up to `done`; return it and how much was used, less if a row may go on."""
        if text.find(b'"', 0, done) < 0:
            return text[:done], done
        closed, match = self._dialect.closed.fullmatch, self._row.match
        good, at, until = [], 0, 0
        for start, stop, horizon, whole in _suspects(text, done, self._dialect.delimiter):
            if start < until or closed(text, start, stop):
                continue
            row = match(text, start, horizon)
            if row is None and not whole and not final:
                done = start
                break
            if row is not None and not self._are_rows(text, start, stop, row.end()):
                until = row.end()
                continue
            good += [text[at:start], STRAY]
            at = stop
        return b"".join([*good, text[at:done]]), done

    def _are_rows(self, text: bytes, start: int, stop: int, end: int) -> bool:
        """Whether every line, the first up to `stop`, is a row of its own, ignoring quotes."""
        count, delimiter = self._columns - 1, self._dialect.delimiter
        return text.count(delimiter, start, stop) == count and all(
            x.count(delimiter) == count for x in text[stop:end].splitlines()[1:]
        )


def _suspects(text: bytes, done: int, delimiter: bytes) -> Iterator[tuple[int, int, int, bool]]:
    """Find lines with an odd number of quotes, or with an opening one inside a cell.

    Gives their start, their end, how far a row can go that starts there, and whether that is all.

    In all others every first, third ... quote opens a cell or stands for itself after a quote, so
    that the quotes pair and the line ends outside of a cell.
    """
    codes = np.frombuffer(text, np.uint8, done)
    quotes = np.flatnonzero(codes == ord('"'))
    ends = np.append(np.flatnonzero((codes == ord("\n")) | (codes == ord("\r"))), done)
    upto = np.searchsorted(quotes, ends)
    count = np.diff(upto, prepend=0)
    nth = np.arange(len(quotes)) - np.repeat(upto - count, count)
    misplaced = quotes[(nth % 2 == 0) & ~_may_precede(codes, quotes, delimiter)]
    lines = np.union1d(np.flatnonzero(count % 2), np.searchsorted(ends, misplaced))
    starts = np.where(lines == 0, 0, ends[lines - 1] + 1)
    horizons = ends[np.minimum(lines + LINES, len(ends) - 1)]
    whole = lines + LINES < len(ends)
    return zip(
        starts.tolist(), ends[lines].tolist(), horizons.tolist(), whole.tolist(), strict=True
    )


def _may_precede(
    codes: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], delimiter: bytes
) -> npt.NDArray[np.bool_]:
    """Whether what is before a quote lets it open a cell, or be the second of two."""
    allowed = np.zeros(256, bool)
    allowed[list(b'"\r\n' + delimiter)] = True
    before = allowed[codes[quotes - 1]]
    before[:1] |= quotes[:1] == 0
    return before
