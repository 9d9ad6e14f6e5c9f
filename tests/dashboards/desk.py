"""Somebody at a page, without a browser: views of a home, and what a page says."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from dash.development.base_component import Component

from dashboards import address
from dashboards.view import View, Visit
from safety.accounts.account import ACTIVE, EVERY, Account, Person
from safety.accounts.session import PASSWORD, Session
from safety.settings import Settings, from_environment

KEY = b"k" * 32
NOW = "2026-01-05T09:00:00+00:00"


def person(*roles: str, study: str = EVERY, name: str = "lee") -> Person:
    account = Account(name, name, name.capitalize(), "", ACTIVE, demo=False)
    return Person(account, {study: frozenset(roles)})


def visit(settings: Settings, url: str, who: Person) -> Visit:
    session = Session("s", who, PASSWORD, NOW, NOW, NOW)
    path, _, search = url.partition("?")
    return Visit(settings, session, address.read(path, search), KEY)


def view(environ: dict[str, str], url: str, *roles: str) -> View:
    """The view of a page of a home (its environment) in the eyes of somebody with these roles."""
    settings = from_environment(environ)
    return visit(settings, url, person(*(roles or ("committee",)))).view()


def walk(part: Any) -> Iterator[Any]:
    """Every component and text of a page, outer ones first."""
    if isinstance(part, list | tuple):
        for each in part:
            yield from walk(each)
        return
    if part is None:
        return
    yield part
    if isinstance(part, Component):
        yield from walk(getattr(part, "children", None))


def said(part: Any) -> str:
    """What a page says, as one text."""
    found = []
    for each in walk(part):
        if isinstance(each, str | int | float):
            found.append(str(each))
        found += [text for row in _drawn(each) for text in row]
    return " ".join(found)


def hrefs(part: Any) -> list[str]:
    """Where the links of a page lead."""
    found = []
    for each in walk(part):
        found += [each.href] if getattr(each, "href", None) else []
        told = _told(each)
        rows = [told["head"], *told["body"]] if told else []
        found += [href for row in rows for cell in row for href in _links(cell)]
    return found


def _links(cell: Any) -> list[str]:
    if not isinstance(cell, list):
        return []
    if isinstance(cell[0], list):
        return [part[1] for part in cell[0] if len(part) > 1 and part[1]]
    return [cell[2]] if len(cell) > 2 and cell[2] else []


def tables(part: Any) -> dict[str, list[list[str]]]:
    """The tables of a page by caption: rows of texts, those of the head first."""
    found = {}
    for each in walk(part):
        if _told(each):
            found[_told(each)["caption"]] = _drawn(each)
        if type(each).__name__ == "Table":
            rows = [r for r in walk(each) if type(r).__name__ == "Tr"]
            caption = next(said(c) for c in walk(each) if type(c).__name__ == "Caption")
            found[caption] = [[said(cell) for cell in row.children] for row in rows]
    return found


def _told(part: Any) -> dict[str, Any]:
    """What the browser is told to draw as a table."""
    text = getattr(part, "data-table", None)
    return json.loads(text) if text else {}


def _drawn(part: Any) -> list[list[str]]:
    told = _told(part)
    if not told:
        return []
    above = [[text for text, _ in told["groups"]]] if told["groups"] else []
    return [*above, *([_text(cell) for cell in row] for row in (told["head"], *told["body"]))]


def _text(cell: Any) -> str:
    content = cell[0] if isinstance(cell, list) else cell
    return "".join(part[0] for part in content) if isinstance(content, list) else str(content)


def ids(part: Any) -> Collection[Any]:
    """The ids of the components of a page."""
    return [each.id for each in walk(part) if getattr(each, "id", None) is not None]
