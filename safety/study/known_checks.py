"""Do the checks that a study names exist, may they be changed, and can its own be made."""

from __future__ import annotations

from collections.abc import Iterator

from expectations import register, runner
from safety.intake import own_checks
from safety.intake.records import no_records
from safety.study.checks import AddedCheck
from safety.study.model import Study
from safety.study.names import nearest
from safety.study.places import Fault, Path

INTERNAL = {"KEY", "FEED", "DOMAIN", "SRCFILE", "SRCROW"}  # made by the reader, of no source


def wrong_checks(study: Study) -> list[Fault]:
    """Return everything a study says of the checks that cannot be done."""
    return [*_of_changes(study), *_of_added(study)]


def _of_changes(study: Study) -> Iterator[Fault]:
    known = {c.id: c for c in runner.all_checks()}
    named = [("off", n, c.id) for n, c in enumerate(study.checks.off)]
    named += [("changed", n, c.id) for n, c in enumerate(study.checks.changed)]
    for part, number, check in named:
        path: Path = ("checks", part, number, "id")
        if check not in known:
            yield Fault(path, f"there is no check {check}{nearest(check, known)}")
        elif register.is_protected(known[check]):
            text = (
                f"{check} ({known[check].title}) keeps out what must not be graded, or tells what "
                "was received; no study can switch it off or change it: leave it out"
            )
            yield Fault(path, text)


def _of_added(study: Study) -> Iterator[Fault]:
    taken = {c.id for c in runner.all_checks()}
    delivered = {d.record for feed in study.feeds for d in feed.domains.values()}
    for number, check in enumerate(study.checks.added):
        path: Path = ("checks", "added", number)
        if check.id in taken:
            text = f"{check.id} is the id of a check there is; give an id of your own, as XX-001"
            yield Fault((*path, "id"), text)
        if check.record not in delivered:
            known = ", ".join(sorted(delivered))
            text = f"check {check.id}: no feed delivers {check.record}; delivered are {known}"
            yield Fault((*path, "record"), text)
        yield from _of_fields(check, path)


def _of_fields(check: AddedCheck, path: Path) -> Iterator[Fault]:
    known = sorted({*no_records(check.record).columns} - INTERNAL)
    named = [("field", check.field), *(("when", name) for name in check.when)]
    named += [(t, n) for t in ("not_before", "not_after") if (n := getattr(check, t)) is not None]
    unknown = [(part, name) for part, name in named if name not in known]
    for part, name in unknown:
        hint = nearest(name, known) or f"; known: {', '.join(known)}"
        text = f"check {check.id}: {part} names {name}, no field of a {check.record}{hint}"
        yield Fault((*path, part), text)
    if not unknown:
        yield from _of_test(check, path)


def _of_test(check: AddedCheck, path: Path) -> Iterator[Fault]:
    try:
        own_checks.built(check)
    except ValueError as error:
        yield Fault((*path, check.test), f"check {check.id}: {error}")
