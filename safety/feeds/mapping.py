"""From a feed's columns to canonical fields, as data."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NotRequired, TypedDict

import yaml

from safety.study.feeds import Domain, Feed
from safety.study.wide import FIELDS

SDTM = "sdtm_folder"


class RecordMapping(TypedDict):
    """What a feed knows of one kind of record.

    required: columns without which a file is held. columns: canonical field: column. fields: what
    the study must map or fill by a constant.
    """

    required: list[str]
    columns: dict[str, str]
    fields: NotRequired[list[str]]


@cache
def feed_mapping(kind: str) -> dict[str, RecordMapping]:
    """Return the mapping of a kind of feed, by kind of record, with every field of a record.

    SDTM names them all; a field that a kind has no column for is mapped to "".
    """
    fields, found = _written(SDTM), _written(kind)
    for record, mapped in found.items():
        none = dict.fromkeys(fields[record]["columns"], "")
        mapped["columns"] = none | mapped["columns"]
    return found


def _written(kind: str) -> dict[str, RecordMapping]:
    text = resources.files(f"safety.feeds.{kind}").joinpath("mapping.yaml").read_text("utf-8")
    loaded: dict[str, RecordMapping] = yaml.safe_load(text)
    return loaded


def columns(feed: Feed, name: str, domain: Domain) -> dict[str, str]:
    """Return canonical field -> column of the file, the study's own choices last."""
    base = feed_mapping(feed.kind)[domain.record]["columns"]
    named = {field: _expand(column, name) for field, column in base.items()}
    return named | domain.columns | (FIELDS if domain.wide is not None else {})


def required(feed: Feed, name: str, domain: Domain) -> list[str]:
    """Return the columns without which the file of a domain is held."""
    base = feed_mapping(feed.kind)[domain.record]["required"]
    chosen = [column for column in domain.columns.values() if column]
    if domain.wide is not None:
        told = feed_mapping(feed.kind)[domain.record]["columns"]
        base = [c for c in base if c not in {told[field] for field in FIELDS}]
        chosen += domain.wide.columns
    return list(dict.fromkeys([*(_expand(c, name) for c in base), *domain.key, *chosen]))


def _expand(column: str, domain: str) -> str:
    return column.replace("--", domain)
