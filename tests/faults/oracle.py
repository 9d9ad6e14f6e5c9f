"""Deliver files the real way, from landing to the checks' input, and judge what became of them.

Two outcomes are right. *held*: a message that names the file and says what to do, and nothing of
the file is in. *used*: every row of the file is in exactly one count of its account, and can be
checked, quarantined with a reason, and written. Anything else is a `WrongOutcomeError`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from expectations.check import Finding
from safety.errors import HeldDeliveryError
from safety.intake import deliveries, parsing, quarantine
from safety.intake.parsing import Parsed
from safety.intake.records import Intake
from safety.manifest import Manifest
from safety.settings import Settings
from safety.study.feeds import DAY
from safety.study.model import Study
from tests import build
from tests.faults.corpus import DAYS, STAMP, Format
from tests.faults.table import table

AS_OF = date(2024, 4, 1)
BEFORE = "2024-03-28T08:00:00Z"
LONGEST = 700  # characters of a message
_OF_THE_MACHINE = re.compile(r"/tmp|/home|/work|site-packages|Traceback|0x[0-9a-f]{6}|\.py\b")
_REJECTING = ("XX-001", "reject", "critical", "made for the test")


class WrongOutcomeError(AssertionError):
    """A file was taken in by half, or a message is not for its reader."""


class Outcome(NamedTuple):
    """What became of a delivery. said: the message of what is held. rows: of the file."""

    kind: str
    said: str = ""
    rows: int = 0
    intakes: tuple[Intake, ...] = ()


def study_of(shape: Format) -> Study:
    """Return the small study as if that one feed were all of it."""
    return build.study().model_copy(update={"feeds": [shape.feed]})


def deliver(shape: Format, content: bytes, used: Settings) -> Outcome:
    """Return what becomes of a file, of a feed with a folder a day after a sound one."""
    files = {shape.file: content}
    if shape.feed.is_daily:
        files = {f"{DAYS[0]}/{shape.file}": _sound(shape), f"{DAYS[1]}/{shape.file}": content}
    newest = list(files)[-1]
    try:
        parsed = received(shape, files, used)
    except HeldDeliveryError as error:
        _require_message(str(error), error.file, {newest, Path(newest).name, "lb.*"})
        _require(bool(error.remedy.strip()), f"no remedy: {error}")
        return Outcome("held", str(error))
    return _judged(parsed, newest)


def _sound(shape: Format) -> bytes:
    """Return the file of the day before: where rows have times, they are older."""
    return shape.encode(table()).replace(STAMP.encode(), BEFORE.encode())


def received(shape: Format, files: Mapping[str, bytes], used: Settings) -> Parsed:
    """Put files into the folder of a feed and return what was parsed of them."""
    place = used.home / shape.feed.path.split(DAY)[0]
    shutil.rmtree(place, ignore_errors=True)
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    found = deliveries.receive(shape.feed, deliveries.folder(shape.feed, used), used, AS_OF)
    manifest = Manifest("0", study_of(shape), "", "", AS_OF.isoformat(), "", tuple(found))
    used.work.mkdir(parents=True, exist_ok=True)
    return parsing.parse(used.evidence, used.work, manifest, shape.feed)


def _judged(parsed: Parsed, newest: str) -> Outcome:
    held = [a for a in parsed.accounts if a.file == newest and a.status == "held"]
    for intake in parsed.intakes:
        require_rows(intake)
        _require(
            not held or newest not in set(intake.records["SRCFILE"]),
            f"rows of {newest} are in although it is held",
        )
    if held:
        _require_message(f"{held[0].file}: {held[0].reason}", held[0].file, {newest})
        notes = " ".join(f.note for f in parsed.findings if f.status == "fail")
        _require(newest in notes, f"no finding names {newest}")
        return Outcome("held", held[0].reason)
    rows = _rows_of(parsed, newest)
    return Outcome("used", "", rows, tuple(parsed.intakes))


def _rows_of(parsed: Parsed, file: str) -> int:
    counts = [a.received for i in parsed.intakes for a in i.accounts if a.file == file]
    return sum(counts) + sum(a.received for a in parsed.accounts if a.file == file)


def require_rows(intake: Intake) -> None:
    """Raise WrongOutcomeError unless every row is accounted for and can be used by what follows."""
    taken = sum(a.duplicates + a.superseded + a.deleted for a in intake.accounts)
    _require(
        sum(a.received for a in intake.accounts) == intake.received == len(intake.records) + taken,
        f"{intake.received} rows, {len(intake.records)} records and {taken} set aside",
    )
    rejected = tuple(int(i) for i in intake.records.index[::2])
    id_, handling, severity, title = _REJECTING
    finding = Finding(id_, intake.domain, intake.file, "fail", severity, handling, title, "", 1,
                      rejected, "")  # fmt: skip
    placed = quarantine.split(intake, [finding])
    _require(sum(a.quarantined for a in placed.accounts) == len(rejected), "quarantined rows")
    _require(bool(placed.held["REASON"].str.len().gt(0).all()), "a held row has no reason")
    for frame in (placed.accepted, placed.held):
        pa.Table.from_pandas(frame, preserve_index=False)  # as it is when Parquet is written


def _require_message(text: str, file: str, names: set[str]) -> None:
    _require(file in names, f"{file!r} is no file of the delivery: {text}")
    _require(len(text) <= LONGEST, f"{len(text)} characters: {text[:200]}")
    _require(text.isprintable(), f"not printable: {text!r}")
    _require(not _OF_THE_MACHINE.search(text), f"tells of the machine: {text}")


def _require(is_right: bool, text: str) -> None:
    if not is_right:
        raise WrongOutcomeError(text)
