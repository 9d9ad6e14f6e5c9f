"""Is all as it was written? Chains, anchors, audited rows, snapshots and evidence, read-only."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, inspect, select

from safety.audit import key
from safety.audit.verify import anchors as anchored
from safety.audit.verify import chain, evidence, guards, objects, rows, sent
from safety.audit.verify.problem import Problem, Report
from safety.errors import WrongUseError
from safety.settings import Settings
from safety.store import tables
from safety.store.engine import hold_still, reader

__all__ = ["Problem", "Report", "run", "through"]


def run(settings: Settings, study: str = "") -> Report:
    """Verify everything, or what belongs to one study; nothing is written.

    Raises WrongUseError for a database without a trail, or a study that it does not know.
    """
    engine = reader(settings.db_url)
    try:
        with engine.connect() as connection:
            hold_still(connection)
            return through(connection, settings, study)
    finally:
        engine.dispose()


def through(connection: Connection, settings: Settings, study: str = "") -> Report:
    """Verify as `run` does, through a connection; it only reads."""
    if not inspect(connection).has_table("audit"):
        raise WrongUseError("the database has no trail yet: run `toxwatch db upgrade` first.")
    trail = key.existing(settings)
    keys = (*trail.older, trail.key)
    anchors = anchored.Anchors(settings.anchors, keys)
    known = studies(connection) | anchors.studies()
    if study and study not in known:
        raise WrongUseError(f"nothing is known of a study {study!r}; there are: {_listed(known)}.")
    report = Report(problems=[*anchors.check_file(), *guards.check(connection)])
    for each in [study] if study else sorted(known):
        _verify(connection, settings, each, keys, anchors, report)
    return report


def _verify(
    connection: Connection,
    settings: Settings,
    study: str,
    keys: tuple[bytes, ...],
    anchors: anchored.Anchors,
    report: Report,
) -> None:
    wanted = anchors.of(study)
    told, wrong = chain.follow(connection, study, keys, objects.AUDITED, wanted)
    for name, number in (("chains", 1), ("entries", told.entries), ("anchors", len(wanted))):
        report.count(name, number)
    report.problems += [*wrong, *anchored.check(study, told, wanted)]
    _take(report, "objects", objects.check(connection, study, told))
    report.problems += sent.check(connection, study)
    _take(report, "rows", rows.check(connection, study, told.seals))
    _take(report, "files", evidence.check(connection, study, settings.evidence))
    if told.adopted:
        report.notes.append(f"{study}: {told.adopted:,} objects are older than the trail")


def _take(report: Report, name: str, found: Iterable[Problem | int]) -> None:
    for each in found:
        if isinstance(each, int):
            report.count(name, each)
        else:
            report.problems.append(each)


def studies(connection: Connection) -> set[str]:
    """Return every study of which there is a row anywhere; "" for what belongs to none."""
    owned = [
        t for n, t in objects.AUDITED.items() if "study" in t.c and n not in objects.OF_NO_STUDY
    ]
    found = {""}
    for table in (tables.audit, *owned, *tables.BITEMPORAL.values()):
        found |= set(connection.scalars(select(table.c.study).distinct()))
    return found


def _listed(studies_: set[str]) -> str:
    return ", ".join(sorted(studies_ - {""})) or "none"
