"""Do the names in a study's rules exist: term sets, CTCAE terms and grades, rules, drugs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from safety.ctcae import catalogue
from safety.ctcae.search import suggest
from safety.study.conditions import EVERY_TERM, DoseMissed, RuleMet, Toxicity
from safety.study.language import GradeTest
from safety.study.places import Fault, Path, Placed, placed

if TYPE_CHECKING:
    from safety.study.model import Study

MAX_SUGGESTED = 3


def unknown_names(study: Study) -> list[Fault]:
    """Return everything that names what does not exist, in the order of the file."""
    found = [*_of_terms(study), *_of_conditions(study), *_of_events(study)]
    found += [*_of_modification(study), *_of_pauses(study)]
    return [*found, *_of_stopping(study), *_of_checks(study)]


def _of_terms(study: Study) -> Iterator[Fault]:
    organs = sorted({t.soc for t in catalogue.terms(study.ctcae)})
    known = {catalogue.plain(soc) for soc in organs}
    for name, chosen in study.terms.items():
        for number, term in enumerate(chosen.terms):
            if catalogue.by_name(term, study.ctcae) is None:
                yield Fault(
                    ("terms", name, "terms", number), _no_term(study, f"term set {name}", term)
                )
        for number, soc in enumerate(chosen.socs):
            if catalogue.plain(soc) not in known:
                hint = nearest(soc, organs)
                text = f"term set {name}: CTCAE has no system organ class {soc!r}{hint}"
                yield Fault(("terms", name, "socs", number), text)


def _of_conditions(study: Study) -> Iterator[Fault]:
    rules = {r.id for r in study.dose_limiting.rules}
    for place in placed(study):
        part = place.condition
        if isinstance(part, RuleMet) and part.rule not in rules:
            text = f"{place.name}: there is no rule {part.rule}{nearest(part.rule, rules)}"
            yield Fault((*place.path, "rule"), text)
        elif isinstance(part, DoseMissed):
            yield from _drugs(study, place.name, part.drugs, (*place.path, "drugs"))
        elif isinstance(part, Toxicity):
            yield from _of_toxicity(study, place, part)


def _of_toxicity(study: Study, place: Placed, part: Toxicity) -> Iterator[Fault]:
    wrong = [
        *_names(study, place.name, part.toxicity, (*place.path, "toxicity")),
        *_names(study, place.name, part.except_, (*place.path, "except")),
    ]
    yield from wrong
    if not wrong:
        yield from _grades(study, place, part)


def _names(study: Study, where: str, names: str | list[str] | None, path: Path) -> Iterator[Fault]:
    for name in as_list(names):
        if name == EVERY_TERM or name in study.terms:
            continue
        if name != name.lower():
            if catalogue.by_name(name, study.ctcae) is None:
                yield Fault(path, _no_term(study, where, name))
            continue
        term = catalogue.by_name(name, study.ctcae)
        hint = f"; write the CTCAE term as {term.term}" if term else nearest(name, study.terms)
        known = ", ".join(sorted(study.terms)) or "none"
        yield Fault(path, f"{where}: there is no term set {name}{hint}; known: {known}")


def _grades(study: Study, place: Placed, part: Toxicity) -> Iterator[Fault]:
    """A rule on grades that none of its terms has would never fire."""
    wanted = reach(part.grade)
    exist = {g for term in terms_meant(study, part) for g in term.grades}
    if exist.isdisjoint(wanted):
        have = ", ".join(str(g) for g in sorted(exist)) or "none"
        name = ", ".join(as_list(part.toxicity))
        yield Fault(
            (*place.path, "grade"),
            f"{place.name}: {name} never has grade {part.grade}; CTCAE has {have}",
        )
    if part.resolving is not None and part.resolving.to.high >= part.grade.low:
        yield Fault(
            (*place.path, "resolving", "to"),
            f"{place.name}: grade {part.resolving.to} is no improvement of grade {part.grade}; "
            f"write <={part.grade.low - 1} or lower",
        )


def _of_events(study: Study) -> Iterator[Fault]:
    for number, check in enumerate(study.dose_limiting.confirmations):
        if catalogue.by_name(check.term, study.ctcae) is None:
            where: Path = ("dose_limiting", "confirmations", number, "term")
            yield Fault(where, _no_term(study, "confirmations", check.term))
    for number, term in enumerate(study.dose_limiting.cause_of_death.terms):
        if catalogue.by_name(term, study.ctcae) is None:
            where = ("dose_limiting", "cause_of_death", "terms", number)
            yield Fault(where, _no_term(study, "cause_of_death", term))


def _of_modification(study: Study) -> Iterator[Fault]:
    if study.modification is None:
        return
    base = "modification"
    for number, rule in enumerate(study.modification.rules):
        path: Path = (base, "rules", number, "drugs")
        yield from _drugs(study, f"modification rule {rule.id}", rule.drugs, path)
    for number, gate in enumerate(study.modification.gates):
        path = (base, "gates", number)
        yield from _drugs(study, f"gate {gate.id}", gate.drugs, (*path, "drugs"))
        for place, need in enumerate(gate.requires):
            beyond = sorted(set(need.drugs) - set(gate.drugs))
            if beyond:
                text = f"gate {gate.id}: {', '.join(beyond)} is no drug of this gate"
                yield Fault((*path, "requires", place, "drugs"), text)
    for number, blame in enumerate(study.modification.default_attribution):
        path = (base, "default_attribution", number)
        yield from _names(study, "default_attribution", blame.toxicity, (*path, "toxicity"))
        yield from _drugs(study, "default_attribution", blame.drugs, (*path, "drugs"))


def _of_pauses(study: Study) -> Iterator[Fault]:
    levels = [level.id for level in study.treatment.levels] if study.treatment else []
    for number, pause in enumerate(study.dose_limiting.pause):
        level = pause.eliminated_at
        if level is not None and level not in levels:
            path = ("dose_limiting", "pause", number, "eliminated_at")
            known = ", ".join(levels) or "none"
            yield Fault(path, f"pause {pause.id}: there is no level {level}; known: {known}")


def _of_stopping(study: Study) -> Iterator[Fault]:
    levels = [level.id for level in study.treatment.levels] if study.treatment else []
    for number, monitor in enumerate(study.stopping):
        named = monitor.levels if isinstance(monitor.levels, list) else []
        unknown = [level for level in named if level not in levels]
        if unknown:
            known = ", ".join(levels) or "none"
            text = f"stopping {monitor.id}: there is no level {', '.join(unknown)}; known: {known}"
            yield Fault(("stopping", number, "levels"), text)


def _of_checks(study: Study) -> Iterator[Fault]:
    name = study.checks.parameters.special_interest
    if name is not None and name not in study.terms:
        path: Path = ("checks", "parameters", "special_interest")
        known = ", ".join(sorted(study.terms)) or "none"
        hint = nearest(name, study.terms)
        yield Fault(path, f"special_interest: there is no term set {name}{hint}; known: {known}")


def _drugs(study: Study, where: str, drugs: list[str], path: Path) -> Iterator[Fault]:
    known = sorted(study.treatment.drugs) if study.treatment else []
    unknown = sorted(set(drugs) - set(known))
    if unknown:
        yield Fault(
            path,
            f"{where}: {', '.join(unknown)} is no drug of the treatment; known: "
            f"{', '.join(known) or 'none'}",
        )


def _no_term(study: Study, where: str, name: str) -> str:
    near = [s.term.term for s in suggest(name, study.ctcae, MAX_SUGGESTED)]
    hint = f"; nearest: {', '.join(near)}" if near else "; look it up with toxwatch ctcae search"
    return f"{where}: CTCAE v{study.ctcae} has no term {name!r}{hint}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that ends a sentence, empty if nothing is near."""
    near = get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def as_list(names: str | list[str] | None) -> list[str]:
    """Return one name, several or none as a list."""
    return [names] if isinstance(names, str) else names or []


def reach(test: GradeTest) -> set[int]:
    """Return the grades a test holds for."""
    return set(range(test.low, test.high + 1))


def terms_meant(study: Study, part: Toxicity) -> list[catalogue.Term]:
    """Return the CTCAE terms a toxicity is about, in CTCAE's order."""
    wanted = _members(study, as_list(part.toxicity))
    left_out = _members(study, as_list(part.except_))
    return [
        term
        for term, names in _named(study.ctcae)
        if not names.isdisjoint(wanted) and names.isdisjoint(left_out)
    ]


@cache
def _named(version: str) -> tuple[tuple[catalogue.Term, frozenset[str]], ...]:
    """Return every term with the names that mean it: its own, its organ class, every term."""
    return tuple(
        (term, frozenset({EVERY_TERM, catalogue.plain(term.term), catalogue.plain(term.soc)}))
        for term in catalogue.terms(version)
    )


def _members(study: Study, names: list[str]) -> set[str]:
    found = {catalogue.plain(n) for n in names if n not in study.terms}
    for name in names:
        if name in study.terms:
            chosen = study.terms[name]
            found |= {catalogue.plain(n) for n in (*chosen.terms, *chosen.socs)}
    return found
