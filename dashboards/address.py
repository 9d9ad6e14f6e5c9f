"""Addresses of pages: study, filters and what a page is asked, never the id of a subject.

A subject stands in an address as a handle (dashboards.handles). Whatever a browser sends is read
here, once, and bounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

from safety.displays.population import Scope
from safety.errors import WrongUseError

MOST = 2_000  # characters of an address after the question mark
MOST_VALUE = 300  # characters of one value
STUDY, AT = "study", "at"
FILTERS = ("level", "related", "serious", "grade", "emergent")
SEPARATOR = "~"  # between levels; no id of a level has it
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,20}$")


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is. at: how the id of a past snapshot begins, "" for the newest.

    asked: what the page itself is asked, by name.
    """

    path: str
    study: str = ""
    at: str = ""
    scope: Scope = field(default_factory=Scope)
    asked: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Return what the page is asked under a name."""
        return self.asked.get(name, default)

    def to(self, path: str, **asked: str) -> str:
        """Return the address of another page of the study, under the same filters."""
        return written(replace(self, path=path, asked=asked))

    def here(self, **changed: str) -> str:
        """Return the address of this page with something else asked; "" takes a name away."""
        return written(replace(self, asked={**self.asked, **changed}))


def read(path: str, search: str | None) -> Address:
    """Return the address that a browser is at; raise WrongUseError for one that is none."""
    text = (search or "").lstrip("?")
    if len(text) > MOST:
        raise WrongUseError(f"this address is longer than {MOST:,} characters.")
    given = dict(parse_qsl(text))
    for name, value in given.items():
        if not _NAME.match(name) or len(value) > MOST_VALUE or not value.isprintable():
            raise WrongUseError(f"this address asks something that no page knows: {name[:20]!r}.")
    asked = {k: v for k, v in given.items() if k not in {STUDY, AT, *FILTERS}}
    return Address(path, given.get(STUDY, ""), given.get(AT, ""), _scope(given), asked)


def _scope(given: Mapping[str, str]) -> Scope:
    grade = given.get("grade", "0")
    if grade not in set("012345"):
        raise WrongUseError(f"grade {grade!r} is none: give 1 to 5.")
    levels = tuple(level for level in given.get("level", "").split(SEPARATOR) if level)
    return Scope(
        levels=levels,
        related=given.get("related") == "1",
        serious=given.get("serious") == "1",
        least_grade=int(grade),
        emergent=given.get("emergent") != "0",
    )


def written(address: Address) -> str:
    """Return an address as a link has it."""
    given = {STUDY: address.study, AT: address.at} | filters(address.scope) | dict(address.asked)
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{address.path}?{query}" if query else address.path


def filters(scope: Scope) -> dict[str, str]:
    """Return the filters that are on, as an address has them."""
    found = {
        "level": SEPARATOR.join(scope.levels),
        "related": "1" if scope.related else "",
        "serious": "1" if scope.serious else "",
        "grade": str(scope.least_grade) if scope.least_grade else "",
        "emergent": "" if scope.emergent else "0",
    }
    return {name: value for name, value in found.items() if value}
