"""The register: which checks answer which fault of the catalogue, and which no study may change.

Which fault a check answers is told by its citation alone; `faults.yaml` holds what the catalogue
says of each fault, and why a check is handled otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

import yaml

from expectations import runner
from expectations.check import Check, Handling

LETTERS: dict[str, Handling] = {
    "R": "reject", "W": "warn", "Q": "query", "H": "hold", "C": "convert",
}  # fmt: skip
_NUMBERS = re.compile(r"\bfaults? (?P<first>\d+)(?P<more>(?:(?:,| and|, and| to) \d+)*)")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the catalogue.

    handling: letters R, W, Q, H, C as there. shown_by: where a conversion, an alert or another
    part of the system shows it. why: the reason of each check that is handled otherwise, by its id
    or a pattern of ids, as SU-00[45].
    """

    number: int
    title: str
    handling: str
    shown_by: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


@cache
def faults() -> tuple[Fault, ...]:
    """Return the 56 faults of the catalogue, in order."""
    text = resources.files("expectations").joinpath("faults.yaml").read_text("utf-8")
    raw: list[dict[str, Any]] = yaml.safe_load(text)
    return tuple(Fault(**entry) for entry in raw)


def numbers(citation: str) -> tuple[int, ...]:
    """Return the faults that a citation names: `faults 46 to 48 and 19` are four."""
    found: set[int] = set()
    for match in _NUMBERS.finditer(citation):
        found.add(int(match["first"]))
        last = int(match["first"])
        for joined, number in re.findall(r"(,| and|, and| to) (\d+)", match["more"]):
            found |= set(range(last, int(number) + 1)) if joined == " to" else {int(number)}
            last = int(number)
    return tuple(sorted(found))


def checks_of(fault: int) -> list[Check]:
    """Return the checks that answer a fault, in the order of the suites."""
    return [c for c in runner.all_checks() if fault in numbers(c.citation)]


def agrees(check: Check, fault: Fault) -> bool:
    """Return whether a check is handled as the catalogue says, or the register says why not."""
    is_usual = check.handling in {LETTERS[letter] for letter in fault.handling}
    return is_usual or any(fnmatchcase(check.id, pattern) for pattern in fault.why)


def is_protected(check: Check) -> bool:
    """Return whether no study may switch a check off or change it.

    What keeps a row out also makes it alarm unverified: without the check a count in a wrong unit
    would be graded as it stands. And a study cannot change what is told of what was received.
    """
    return check.record == "file" or check.handling == "reject"
