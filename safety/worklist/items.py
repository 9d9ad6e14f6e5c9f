"""Work items as the database has them; whoever only reads needs no more than this."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import Connection, select

from safety.errors import WrongUseError
from safety.store import tables
from safety.versioning import digest
from safety.worklist.life import Item, Kind

MIN_PREFIX = 8  # characters of an item's id that name it
NAMES: dict[Kind, str] = {"held_row": "held row", "query": "query"}


def items(connection: Connection, studyid: str) -> list[Item]:
    """Return every item of a study."""
    table = tables.work_item
    rows = connection.execute(
        select(*(table.c[f.name] for f in fields(Item))).where(table.c.study == studyid)
    )
    return [Item(*row) for row in rows]


def item_id(studyid: str, kind: str, key: str) -> str:
    """Return the id of an item: the same in every database."""
    return digest(studyid, kind, key)[:32]


def find(connection: Connection, studyid: str, kind: Kind, key: str) -> Item:
    """Return the item of a key, an id or the beginning of an id; raise WrongUseError for none."""
    of_kind = [i for i in items(connection, studyid) if i.kind == kind]
    found = [i for i in of_kind if i.key == key]
    if not found and len(key) >= MIN_PREFIX:
        found = [i for i in of_kind if item_id(studyid, kind, i.key).startswith(key)]
    if len(found) != 1:
        many = "names more than one" if found else "names no"
        raise WrongUseError(
            f"{key!r} {many} {NAMES[kind]} of {studyid}. Give its KEY, or its ITEM (at least "
            f"{MIN_PREFIX} characters), as `list` prints them."
        )
    return found[0]
