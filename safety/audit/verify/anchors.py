"""Chains against the anchors that were written down outside the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from safety.audit.anchor import Head, broken, lines_of, read
from safety.audit.verify.chain import Told
from safety.audit.verify.problem import Problem

LONGEST = timedelta(hours=48)  # a chain is anchored once a day
TODO = "Compare the file with its backup, or with the heads that the daily digests told."
WRITE = "Write one by `toxwatch audit anchor`; the dispatcher does it every day."


class Anchors:
    """The anchors of a home."""

    def __init__(self, path: Path) -> None:
        self._path, self._lines = path, lines_of(path)
        self._heads = [head for head in read(self._lines) if head is not None]

    def studies(self) -> set[str]:
        return {head.study for head in self._heads}

    def of(self, study: str) -> dict[int, Head]:
        """Return the anchors of a chain by the number of the entry."""
        return {head.number: head for head in self._heads if head.study == study}

    def check_file(self, keys: Sequence[bytes]) -> Iterator[Problem]:
        """Yield whether a line of the file was changed or taken out."""
        line = broken(self._lines, keys)
        if line is not None:
            what = f"line {line} of {self._path.name} does not follow the line before it"
            yield Problem("", "anchor", what, TODO)


def check(study: str, told: Told, anchors: Mapping[int, Head]) -> Iterator[Problem]:
    """Yield where a chain is not what its anchors say, and whether it has any."""
    for number, head in sorted(anchors.items()):
        if told.entries < number and number not in told.hashes:
            yield Problem(
                study, "anchor",
                f"its end was cut off: on {head.at} it had {number:,} entries, now it has "
                f"{told.entries:,}",
            )  # fmt: skip
        elif told.hashes.get(number) != head.hash:
            what = f"entry {number} is not the one that was anchored on {head.at}"
            yield Problem(study, "anchor", what)
    newest = max((head.at for head in anchors.values()), default=told.first_at)
    if told.last_at and _moment(told.last_at) - _moment(newest) > LONGEST:
        what = f"its newest entry is of {told.last_at}, but no anchor is newer than {newest}"
        yield Problem(study, "anchor", what, WRITE)


def _moment(text: str) -> datetime:
    """Return a time; an entry whose time was altered is told of as such elsewhere."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")
