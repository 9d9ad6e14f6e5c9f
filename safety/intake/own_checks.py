"""What a study file says of the checks, in the form in which they are run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from expectations import added
from expectations.added import CellTest
from expectations.check import Changes, Check, Compare, Weight
from safety.intake.records import DERIVED
from safety.study.checks import AddedCheck, Between
from safety.study.model import Study


def changes(study: Study) -> Changes:
    """Return what the study changes. Raises ValueError for a pattern that cannot be used."""
    said = study.checks
    return Changes(
        off={c.id: c.reason for c in said.off},
        severity={c.id: c.severity for c in said.changed if c.severity is not None},
        handling={c.id: c.handling for c in said.changed if c.handling is not None},
        reasons={c.id: c.reason for c in said.changed},
        added=tuple(built(c) for c in said.added),
    )


def built(check: AddedCheck) -> tuple[Check, Compare]:
    """Return an added check and what makes its column. Raises ValueError as `changes`."""
    weight = Weight(severity=check.severity, handling=check.handling)
    test = replace(TESTS[check.test](check), when=check.when)
    return added.added(check.id, check.record, check.title, check.citation, test, weight)


def _between(check: AddedCheck) -> CellTest:
    limits = check.between or Between()
    return added.between(check.field, limits.min, limits.max)


def _not_before(check: AddedCheck) -> CellTest:
    other = check.not_before or ""
    return added.not_before(check.field, other, bounds(check.field)[1], bounds(other)[0])


def _not_after(check: AddedCheck) -> CellTest:
    other = check.not_after or ""
    return added.not_after(check.field, other, bounds(check.field)[0], bounds(other)[1])


TESTS: dict[str, Callable[[AddedCheck], CellTest]] = {
    "one_of": lambda check: added.one_of(check.field, check.one_of or []),
    "not_in": lambda check: added.not_in(check.field, check.not_in or []),
    "between": _between,
    "matches": lambda check: added.matches(check.field, check.matches or ""),
    "present": lambda check: added.present(check.field),
    "not_before": _not_before,
    "not_after": _not_after,
}


def bounds(name: str) -> tuple[str, str]:
    """Return the columns of the first and last day that a date may mean. Raises ValueError."""
    of_it = {d[-3:]: d for d, source in DERIVED.items() if source == name}
    if not {"MIN", "MAX"} <= set(of_it):
        known = sorted({s for d, s in DERIVED.items() if d.endswith("MIN")})
        raise ValueError(f"{name} is no date with bounds; dates are {', '.join(known)}")
    return of_it["MIN"], of_it["MAX"]
