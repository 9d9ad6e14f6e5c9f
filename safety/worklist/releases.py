"""Held rows that a named user lets in: which may be, and which are."""

from __future__ import annotations

from sqlalchemy import Connection, func, inspect, select

from expectations import runner
from safety.errors import WrongUseError
from safety.manifest import Release
from safety.store import tables
from safety.store.engine import reader
from safety.store.tables import FOREVER
from safety.study.model import Study
from safety.worklist import facts
from safety.worklist.items import items
from safety.worklist.life import Item


def releasable(study: Study) -> frozenset[str]:
    """Return ids of the checks that a named user may overrule.

    These are checks of plausibility, the study's own checks and those that it made stricter; never
    one on whose row it is.
    """
    checks = {c.id: c for c in runner.all_checks()}
    usual = {i for i, c in checks.items() if c.releasable}
    strict = {i for i, c in checks.items() if c.handling == "reject"}
    stricter = {c.id for c in study.checks.changed} - strict
    return frozenset(usual | stricter | {c.id for c in study.checks.added})


def in_force(db_url: str, studyid: str) -> tuple[tuple[Release, ...], int]:
    """Return the releases of a study, sorted, and how often one was given or withdrawn so far.

    With that number the data before a release and after its withdrawal are two states.
    """
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("work_item"):
                return (), 0
            return _released(connection, studyid), _decisions(connection, studyid)
    finally:
        engine.dispose()


def _released(connection: Connection, studyid: str) -> tuple[Release, ...]:
    i, e = tables.work_item, tables.work_event
    given = select(func.max(e.c.id)).where(e.c.action == "release").group_by(e.c.item_id)
    query = (
        select(i.c.key, i.c.fingerprint, e.c.actor, e.c.reason)
        .join(e, (e.c.item_id == i.c.item_id) & e.c.id.in_(given))
        .where(i.c.study == studyid, i.c.kind == "held_row", i.c.state == "released")
    )
    return tuple(sorted(Release(*row) for row in connection.execute(query)))


def _decisions(connection: Connection, studyid: str) -> int:
    i, e = tables.work_item, tables.work_event
    query = (
        select(func.count())
        .select_from(e)
        .join(i, i.c.item_id == e.c.item_id)
        .where(i.c.study == studyid, e.c.action.in_(("release", "withdraw")))
    )
    return int(connection.scalar(query) or 0)


def waiting(db_url: str, studyid: str) -> list[str]:
    """Return the keys of rows that the newest snapshot of a study holds."""
    table = tables.BITEMPORAL["quarantine"]
    query = select(table.c.key).where(table.c.study == studyid, table.c.tx_to == FOREVER)
    engine = reader(db_url)
    try:
        with engine.connect() as connection:
            return sorted(connection.scalars(query))
    finally:
        engine.dispose()


def require(connection: Connection, studyid: str, item: Item, allowed: frozenset[str]) -> None:
    """Raise WrongUseError if a held row may not be let in.

    allowed: ids of checks that may be overruled. Rows that nothing tells apart cannot be let in
    singly, and of rows that share a natural key only one can.
    """
    held = _checks(connection, studyid)
    if item.key not in held:
        raise WrongUseError(f"{item.key} is not held in the newest snapshot: nothing to let in.")
    never = sorted(set(held[item.key].split(";")) - allowed)
    if never:
        raise WrongUseError(
            f"{item.key} cannot be released: nobody may overrule {', '.join(never)}. Ask for a "
            "correction (`ask`)."
        )
    if _is_one_of_several(item.key, held):
        raise WrongUseError(
            f"{item.key} cannot be released: other held rows look exactly like it. Ask for a "
            "correction (`ask`)."
        )
    _require_no_rival(connection, studyid, item)


def _checks(connection: Connection, studyid: str) -> dict[str, str]:
    table = tables.BITEMPORAL["quarantine"]
    query = select(table.c.key, table.c.checks).where(
        table.c.study == studyid, table.c.tx_to == FOREVER
    )
    return {key: checks or "" for key, checks in connection.execute(query)}


def _is_one_of_several(key: str, held: dict[str, str]) -> bool:
    """Return whether held rows differ from this one only in what was masked: they are numbered."""
    is_numbered = key.removeprefix(facts.natural(key)).count("#") > 1
    return is_numbered or f"{key}#2" in held


def _require_no_rival(connection: Connection, studyid: str, item: Item) -> None:
    for other in items(connection, studyid):
        if (
            other.kind == "held_row"
            and other.state == "released"
            and facts.natural(other.key) == facts.natural(item.key)
        ):
            raise WrongUseError(
                f"{item.key} cannot be released: {other.key} of the same key is. Withdraw that one "
                "first."
            )
