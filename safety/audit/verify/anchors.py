"""Chains against the anchors that were written down outside the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from safety.audit.anchor import lines_of
from safety.audit.anchor_lines import FORGED, Head, read
from safety.audit.verify.chain import Told
from safety.audit.verify.problem import Problem

LONGEST = timedelta(hours=48)  # a chain is anchored once a day
REMEDY = "Compare the file with its backup, or with the heads that the daily digests told."
WRITE = "Write one by `toxwatch audit anchor`; the dispatcher does it every day."


class Anchors:
    """The anchors of a home: what those of its lines tell that were written with the key."""

    def __init__(self, path: Path, keys: Sequence[bytes]) -> None:
        self._name, lines = path.name, lines_of(path)
        self._heads, self._wrong = read(lines, keys)
        faults = [what for _, what in self._wrong]
        self._is_foreign = len(lines) > 1 and faults == [FORGED] * len(lines)

    def studies(self) -> set[str]:
        return {head.study for head in self._heads}

    def of(self, study: str) -> dict[int, Head]:
        """Return the anchors of a chain by the number of the entry."""
        return {head.number: head for head in self._heads if head.study == study}

    def check_file(self) -> Iterator[Problem]:
        """Yield which lines of the file were changed, added or taken out."""
        if self._is_foreign:
            what = f"no line of {self._name} was written with the key of this home"
            yield Problem("", "anchor", what, REMEDY)
            return
        for number, what in self._wrong:
            yield Problem("", "anchor", f"line {number} of {self._name} {what}", REMEDY)


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
