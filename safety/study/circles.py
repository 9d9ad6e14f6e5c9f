"""Rules that ask for each other in a circle: none of them could ever be judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from safety.study.conditions import RuleMet
from safety.study.places import Fault, Path, inside

if TYPE_CHECKING:
    from safety.study.model import Study

Links = dict[str, list[tuple[str, Path]]]


def circles(study: Study) -> list[Fault]:
    """Return every circle of rules once, where its last step closes it."""
    links = _links(study)
    found: dict[frozenset[str], Fault] = {}
    done: set[str] = set()
    for start in links:
        for names, path in _closed(start, links, done):
            fault = Fault(path, f"rule {names[0]}: {_words(names)}; none of them can be judged")
            found.setdefault(frozenset(names), fault)
    return list(found.values())


def _links(study: Study) -> Links:
    """Return, by rule, the rules whose judgement its own needs: in conditions, and exceptions."""
    links: Links = {}
    for number, rule in enumerate(study.dose_limiting.rules):
        base: Path = ("dose_limiting", "rules", number)
        named = [
            (part.rule, (*path, "rule"))
            for path, part in inside(rule.when, (*base, "when"))
            if isinstance(part, RuleMet)
        ]
        heeded = [(name, (*base, "unless", n)) for n, name in enumerate(rule.unless)]
        links.setdefault(rule.id, []).extend([*named, *heeded])
    return links


def _closed(start: str, links: Links, done: set[str]) -> Iterator[tuple[list[str], Path]]:
    """Yield the circles that can be reached from a rule; what was walked before is left out."""
    trail: list[str] = []
    steps: list[Iterator[tuple[str, Path]]] = [iter([(start, ())])]
    while steps:
        following = next(steps[-1], None)
        if following is None:
            steps.pop()
            if trail:
                done.add(trail.pop())
            continue
        name, path = following
        if name in trail:
            yield trail[trail.index(name) :], path
        elif name not in done:
            trail.append(name)
            steps.append(iter(links.get(name, [])))


def _words(names: list[str]) -> str:
    if len(names) == 1:
        return "asks for itself"
    return f"asks for itself in a circle: {' -> '.join([*names, names[0]])}"
