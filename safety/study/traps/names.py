"""Traps of names: what is defined and never used, asked for and never delivered."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from safety.ctcae.derive import DERIVATIONS
from safety.ctcae.units import conversion
from safety.study.conditions import Declared, History, Medication, Procedure, Toxicity
from safety.study.language import Limit, ValueTest
from safety.study.looked_at import units_by_test, value_tests
from safety.study.model import Study
from safety.study.names import as_list
from safety.study.parts import Part
from safety.study.places import Placed, placed
from safety.study.traps.trap import Trap

RECORD_OF: dict[type[Part], str] = {
    Procedure: "procedure",
    Medication: "medication",
    History: "history",
    Declared: "declaration",
}
DIPSTICK = "{plus}"


def name_traps(study: Study) -> Iterator[Trap]:
    """Yield the traps of a study's names, and whether it is a draft."""
    if study.protocol is not None and not study.protocol.approved_by:
        text = f"version {study.protocol.version} is a draft: approved_by is empty"
        yield Trap("protocol", text)
    if study.reporting is not None and not study.reporting.confirmed_by:
        text = "recipients and clocks are not confirmed by the sponsor: confirmed_by is empty"
        yield Trap("reporting", text)
    yield from _unheeded(study)
    yield from _unused(study)
    for place in placed(study):
        yield from _not_delivered(place, study)
    for where, test in _comparisons(study):
        yield from _unknown_test(where, test, study)


def _unheeded(study: Study) -> Iterator[Trap]:
    heeded = {name for rule in study.dose_limiting.rules for name in rule.unless}
    for rule in study.dose_limiting.rules:
        if rule.kind == "exception" and rule.id not in heeded:
            text = "no rule names this exception under `unless`: it excepts nothing"
            yield Trap(f"rule {rule.id}", text)


def _unused(study: Study) -> Iterator[Trap]:
    used: set[str] = set()
    for place in placed(study):
        if isinstance(place.condition, Toxicity):
            used |= {*as_list(place.condition.toxicity), *as_list(place.condition.except_)}
    if study.modification is not None:
        used |= {blame.toxicity for blame in study.modification.default_attribution}
    for name in sorted(set(study.terms) - used):
        yield Trap(f"terms.{name}", "no rule uses this term set")


def _not_delivered(place: Placed, study: Study) -> Iterator[Trap]:
    """A rule on records that no domain of the feed holds can only stay silent."""
    part = place.condition
    delivered = {d.record for feed in study.feeds for d in feed.domains.values()}
    wanted = RECORD_OF.get(type(part))
    if isinstance(part, Toxicity) and part.treated_with is not None:
        wanted = "medication"
    if wanted is not None and wanted not in delivered:
        yield Trap(place.name, f"asks for a {wanted}, but no domain of the feed is one")
    if isinstance(part, Toxicity) and part.symptomatic and study.supplements.symptomatic is None:
        text = "asks for symptoms, but supplements.symptomatic names no QNAM that tells of them"
        yield Trap(place.name, text)


def _comparisons(study: Study) -> Iterator[tuple[str, ValueTest]]:
    """Yield every comparison of a value in the file, with what a reader calls its place."""
    for place in placed(study):
        for test in value_tests(place.condition):
            yield place.name, test
    if study.modification is None:
        return
    for rule in study.modification.rules:
        if rule.resume is not None:
            for test in (*rule.resume.values, *rule.resume.or_values):
                yield f"modification rule {rule.id}", test
    for gate in study.modification.gates:
        for need in gate.requires:
            for test in (*need.values, *need.or_values):
                yield f"gate {gate.id}", test


def _unknown_test(where: str, test: ValueTest, study: Study) -> Iterator[Trap]:
    """A test or unit that no data have makes a comparison that never holds."""
    units = units_by_test(study.ctcae)
    derived = {d.paramcd: d.unit for d in DERIVATIONS.values() if d.unit}
    required = {t for a in study.dose_limiting.surveillance for t in a.tests}
    for name in test.tests:
        if name not in units and name not in {*derived, *required}:
            near = get_close_matches(name, sorted(units), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield Trap(where, f"{name} is no test that CTCAE grades or the study requires{hint}")
            continue
        known = [*units.get(name, ()), *([derived[name]] if name in derived else [])]
        if known and not _comparable(name, test.limit, known):
            text = f"{name} in {test.limit.of} does not convert to {' or '.join(known)}"
            yield Trap(where, text)


def _comparable(name: str, limit: Limit, units: list[str]) -> bool:
    """Whether a limit is relative or converts; a dipstick's plusses are a scale of their own."""
    if limit.is_relative or limit.of == DIPSTICK:
        return True
    code = name.partition("/")[0]
    return any(conversion(code, limit.of, unit) is not None for unit in units)
