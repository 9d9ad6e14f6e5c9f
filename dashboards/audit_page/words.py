"""Who may read the trail, and what it is asked, in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.i18n import mark
from dashboards.page import Roles

READERS: Roles = frozenset({"auditor", "chair"})
AUDITORS: Roles = frozenset({"auditor"})
# What kinds of entries there are, by what is done. Looking is most of them.
PEOPLE, LOOKED, MACHINE = "people", "looked", "machine"
KINDS: Mapping[str, str] = {
    "": mark("all"), PEOPLE: mark("what people did"), LOOKED: mark("what was looked at or left"),
    MACHINE: mark("what the program did"),
}  # fmt: skip
SEARCHED: Mapping[str, str] = {
    "id": mark("Id of an object, or a subject"), "since": mark("From day (UTC, 2024-03-31)"),
    "until": mark("To day (UTC, 2024-03-31)"),
}  # fmt: skip
