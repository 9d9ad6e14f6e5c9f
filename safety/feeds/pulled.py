"""The file a pull writes: a head, then a line for each thing that is new, changed or gone.

One file a pull, named `pull_001.ndjson` and so on in the folder of its day. The head holds the
cursor, so that data and cursor are one: a pull that broke off left neither. A later line of an id
takes the place of an earlier one; a line without content takes a part of it away.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from safety.errors import HeldDeliveryError
from safety.versioning import canonical_json

FORMAT = 1
SUFFIX = ".ndjson"
MAX_BYTES = 500_000_000
DECODER = json.JSONDecoder(parse_float=str)  # our own files, whose numbers are text already
_NAME = re.compile(r"pull_(\d{3,6})\.ndjson", re.ASCII)
LINE = ("group", "id", "part", "updated", "subject", "content")
Id = tuple[str, str]  # group and id
Content = Mapping[str, Any]
Parts = Callable[["Line"], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a source.

    group: resource type or instrument it is asked for by. part: which of its rows; "" if it is one.
    updated: when it became so, UTC. subject: whose it is. content: None if the part is gone.
    """

    group: str
    id: str
    part: str = ""
    updated: str = ""
    subject: str = ""
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What is to be said of a pull. Times are UTC.

    pulled: when, by the server's clock. cursor: by group, from when the next one asks. full: when
    everything was last asked for. columns: by instrument, those of every row. left_out: how many
    things were not used, by reason. notes: what the server said. accepted: who accepted that much
    is gone, and why.
    """

    feed: str
    kind: str
    pulled: str
    cursor: dict[str, str] = field(default_factory=dict)
    full: str = ""
    columns: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    accepted: str = ""


@dataclass(slots=True)
class Known:
    """What the earlier pulls of a feed brought.

    lines: the newest of every id that is there. parts: which rows each has. stamps: when the newest
    word on an id was said, also of one that is gone.
    """

    head: Head | None = None
    lines: dict[Id, Line] = field(default_factory=dict)
    parts: dict[Id, set[str]] = field(default_factory=dict)
    stamps: dict[Id, str] = field(default_factory=dict)

    def of(self, group: str) -> set[str]:
        """Return the ids of a group that have rows."""
        return {i for (g, i), parts in self.parts.items() if g == group and parts}


def domain(studyid: str) -> dict[str, Any]:
    """Return what every domain of a study file has that reads pulled files."""
    return {
        "key": ["ID"], "updated": "UPDATED", "deleted": {"column": "REMOVED", "values": ["Y"]},
        "constants": {"STUDYID": studyid},
    }  # fmt: skip


def number(name: str) -> int | None:
    """Return which pull of its day a file is by its name, None if it is none."""
    match = _NAME.fullmatch(Path(name).name)
    return int(match[1]) if match else None


def write(folder: Path, head: Head, lines: Sequence[Line]) -> Path:
    """Write a pull under the next free name of a folder, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = [n for p in folder.iterdir() if (n := number(p.name)) is not None]
    target = folder / f"pull_{max(taken, default=0) + 1:03}{SUFFIX}"
    temporary = folder / f".{target.name}.part"  # names with a dot are seen by nobody
    first = {"toxwatch_pull": FORMAT, "records": len(lines), **asdict(head)}
    with temporary.open("w", encoding="utf-8") as file:
        file.write(canonical_json(first) + "\n")
        for line in lines:
            told = {name: getattr(line, name) for name in LINE}  # asdict would copy the content
            file.write(canonical_json(told) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    _keep_name(folder)
    return target


def _keep_name(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path, name: str) -> tuple[Head, list[Line]]:
    """Return head and lines of a pull. Raises HeldDeliveryError for what is no whole one."""
    if path.stat().st_size > MAX_BYTES:
        raise HeldDeliveryError(name, "it is larger than 500 MB.", "Pull smaller pages of data.")
    try:
        return _read(path.read_bytes())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise damaged(name) from error


def damaged(name: str) -> HeldDeliveryError:
    """Return the error of a file that no pull wrote so."""
    return HeldDeliveryError(
        name, "it is no whole file of a pull.", "Put the file back as it was written."
    )


def _read(content: bytes) -> tuple[Head, list[Line]]:
    """Return head and lines; raises ValueError and its like for what is no whole pull."""
    first, *texts = content.split(b"\n")
    told = DECODER.decode(first.decode())
    lines = [Line(**DECODER.decode(text.decode())) for text in texts[:-1]]
    whole = told.pop("toxwatch_pull") == FORMAT and told.pop("records") == len(lines)
    if not whole or texts[-1:] != [b""] or not all(_is_whole(line) for line in lines):
        raise ValueError("cut off or of another form")
    return Head(**told), lines


def _is_whole(line: Line) -> bool:
    texts = (line.group, line.id, line.part, line.updated, line.subject)
    is_content = line.content is None or isinstance(line.content, dict)
    return is_content and all(isinstance(t, str) for t in texts)


def known(files: Iterable[Path], parts_of: Parts) -> Known:
    """Return what pulls brought, in the order of their files."""
    found = Known()
    for path in files:
        head, lines = read(path, f"{path.parent.name}/{path.name}")
        found.head = head
        for line in lines:
            _learn(found, line, parts_of)
    return found


def _learn(found: Known, line: Line, parts_of: Parts) -> None:
    key = (line.group, line.id)
    found.stamps[key] = max(found.stamps.get(key, ""), line.updated)
    if line.content is not None:
        found.lines[key] = line
        found.parts[key] = set(parts_of(line))
        return
    left = found.parts.get(key, set())
    if line.part in left:
        left.remove(line.part)
        if not left:
            found.lines.pop(key, None)


def difference(
    before: Known, found: Iterable[Line], gone: Iterable[Id], at: datetime, parts_of: Parts
) -> Iterator[Line]:
    """Yield what is new or changed, and a removal of every row that is there no more.

    gone: ids that the source has no more. at: now, by the server's clock. Every line is dated after
    all that was said of its id: a source that brings something back, or changes it within a second,
    is believed.
    """
    for line in found:
        key = (line.group, line.id)
        same = before.lines.get(key)
        if same is not None and (same.content, same.subject) == (line.content, line.subject):
            continue
        updated = _after(before.stamps.get(key, ""), line.updated, at)
        yield replace(line, updated=updated)
        for part in sorted(before.parts.get(key, set()) - parts_of(line)):
            yield replace(line, part=part, updated=updated, content=None)
    for group, id_ in sorted(gone):
        updated = _after(before.stamps.get((group, id_), ""), "", at)
        for part in sorted(before.parts.get((group, id_), ())):
            subject = before.lines[group, id_].subject
            yield Line(group, id_, part, updated, subject)


def _after(last: str, told: str, at: datetime) -> str:
    """Return when a change was made, to the second: after the last word on it."""
    floor = instant(last)
    for moment in (instant(told), at):
        if moment is not None and (floor is None or _second(moment) > floor):
            return as_text(moment)
    return as_text((floor or at) + timedelta(seconds=1))


def instant(text: str) -> datetime | None:
    """Return a moment told with its offset, None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def as_text(moment: datetime) -> str:
    """Return a moment in UTC to the second."""
    return _second(moment).isoformat().replace("+00:00", "Z")


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
