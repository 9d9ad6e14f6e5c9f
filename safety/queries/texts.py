"""The texts of queries: data, by check. Fields are named; nothing in them is ever run."""

from __future__ import annotations

from functools import cache
from importlib import resources
from string import Template
from typing import NamedTuple

import yaml

from safety.errors import ToxwatchError

FIELDS = frozenset({"subject", "term", "records", "expected"})
PARTS = frozenset({"topic", "problem", "ask", "citation"})
GENERIC = "generic"


class Text(NamedTuple):
    """What is said of a check: its topic, what is wrong, and the one thing to do."""

    topic: str
    problem: str
    ask: str
    citation: str


def text(check: str) -> Text:
    """Return the text of a check; of one without its own the generic one."""
    found = texts()
    return found.get(check, found[GENERIC])


@cache
def texts() -> dict[str, Text]:
    """Return every text by check. Raises ToxwatchError for one that cannot be used."""
    raw = resources.files("safety.queries").joinpath("texts.yaml").read_text("utf-8")
    return {check: parsed(check, parts) for check, parts in yaml.safe_load(raw).items()}


def parsed(check: str, parts: dict[str, str]) -> Text:
    """Return the text of a check. Raises ToxwatchError for a part or field there is not."""
    if set(parts) != PARTS:
        raise ToxwatchError(f"texts.yaml, {check}: give {', '.join(sorted(PARTS))}.")
    named = {n for part in parts.values() for n in Template(part).get_identifiers()}
    if named - FIELDS:
        unknown, known = ", ".join(sorted(named - FIELDS)), ", ".join(sorted(FIELDS))
        raise ToxwatchError(f"texts.yaml, {check}: no field {unknown}; known: {known}.")
    return Text(**parts)


def filled(part: str, **fields: str) -> str:
    """Return a part of a text with its fields; what stands in a field is not read again."""
    return Template(part).substitute(fields)
