"""The lines of the file of anchors: JSON, each with an HMAC over itself and the line before. Pure.

The HMAC is made with the key of the trail over what the line says and over the HMAC of the line
before it: no line can be written, changed or taken out without the key. Only the newest lines can
be cut off.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from safety.audit.chain import START
from safety.versioning import canonical_json

TORN = "torn"  # sha256 of what a crash has left between a line and the one before it
FORGED = "was altered, or not written with the key of the trail"
ASTRAY = "does not follow the line before it"
NO_LINE = "says nothing"
Line = dict[str, Any]
Fault = tuple[int, str]  # number of a line, from 1, and what is wrong with it


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of a chain when it was anchored. at: UTC, ISO 8601."""

    study: str
    number: int
    hash: str
    at: str


def split(content: bytes) -> list[bytes]:
    """Return the lines of a file with their ends."""
    return io.BytesIO(content).readlines()


def read(lines: Sequence[bytes], keys: Sequence[bytes]) -> tuple[list[Head], list[Fault]]:
    """Return the heads that the lines of a file tell, and what is wrong with lines.

    keys: in the order they were used; once a newer one was, no older one counts any more. A line
    that was written with none of them tells nothing. What a crash has left of the last line is
    nothing wrong, nor what the line after it knows of.
    """
    heads, wrong, left, before = list[Head](), list[Fault](), list(keys), START
    for number, line in enumerate(lines, start=1):
        told = _told(line)
        if told is None:
            wrong += [] if _is_left_by_a_crash(lines, number) else [(number, NO_LINE)]
            continue
        fits = (i for i, key in enumerate(left) if _mac(told, key) == told["mac"])
        place = next(fits, None) if _is_as_written(line, told) else None
        if place is None:
            wrong.append((number, FORGED))
        else:
            del left[:place]
            heads.append(Head(**{name: told[name] for name in Head.__slots__}))
            wrong += [] if told["prev"] == before else [(number, ASTRAY)]
        before = told["mac"]
    return heads, wrong


def text(content: bytes, new: Iterable[Head], key: bytes) -> bytes:
    """Return what is to be appended; a line that a crash has cut is ended first, and told of."""
    lines = split(content)
    added = b"".join(_added(lines, new, key))
    return b"\n" + added if added and _is_cut(lines) else added


def _added(lines: Sequence[bytes], new: Iterable[Head], key: bytes) -> Iterator[bytes]:
    whole = [told for told in map(_told, lines) if told is not None]
    before = whole[-1]["mac"] if whole else START
    torn = {TORN: _sum(lines[-1])} if _is_cut(lines) and _told(lines[-1]) is None else {}
    for head in new:
        line: Line = asdict(head) | {"prev": before} | torn
        line["mac"] = before = _mac(line, key)
        torn = {}
        yield canonical_json(line).encode() + b"\n"


def _told(line: bytes) -> Line | None:
    """Return what a line says; None for one that says nothing, such as one that a crash has cut."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    is_whole = isinstance(told, dict) and {"mac", "prev", *Head.__slots__} <= told.keys()
    return told if is_whole else None


def _is_as_written(line: bytes, told: Line) -> bool:
    """Return whether a line is spelled as it was: another spelling of the same is an edit too."""
    return line.removesuffix(b"\n") == canonical_json(told).encode()


def _mac(told: Mapping[str, Any], key: bytes) -> str:
    said = canonical_json({name: value for name, value in told.items() if name != "mac"})
    return hmac.digest(key, said.encode(errors="replace"), "sha256").hex()


def _is_cut(lines: Sequence[bytes]) -> bool:
    return bool(lines) and not lines[-1].endswith(b"\n")


def _is_left_by_a_crash(lines: Sequence[bytes], number: int) -> bool:
    """Return whether a line is the last one, and cut, or whether the next line knows of it."""
    if number == len(lines):
        return _is_cut(lines)
    after = _told(lines[number])
    return after is not None and after.get(TORN) == _sum(lines[number - 1])


def _sum(line: bytes) -> str:
    return hashlib.sha256(line.removesuffix(b"\n")).hexdigest()
