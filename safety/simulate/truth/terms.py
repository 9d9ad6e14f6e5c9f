"""Groups of CTCAE terms that the reference's rules name, from `terms.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def _read() -> Mapping[str, Any]:
    return yaml.safe_load(resources.files(__package__).joinpath("terms.yaml").read_text("utf-8"))


@cache
def group(name: str) -> frozenset[str]:
    """Return the terms of a group; KeyError for an unknown group."""
    return frozenset(_read()[name])


def organ_class(term: str) -> str:
    """Return the organ class of a term, the term itself where it is not listed."""
    classes: Mapping[str, list[str]] = _read()["classes"]
    return next((name for name, terms in classes.items() if term in terms), term)
