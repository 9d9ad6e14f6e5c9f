"""The tables of facts in `data/`, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import resources


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of `data/`; raise FileNotFoundError if there is none."""
    text = resources.files("safety.ctcae").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
