"""Where the conditions of a study stand: for checks that name a place, and for lines of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from safety.study.conditions import AllOf, AnyOf, Toxicity

if TYPE_CHECKING:
    from safety.study.model import Study

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """What is wrong, and where it stands in the file."""

    path: Path
    text: str


class Placed(NamedTuple):
    """A condition, or one inside another: its path in the file and what a reader calls it."""

    path: Path
    name: str
    condition: Any


def placed(study: Study) -> Iterator[Placed]:
    """Yield every condition of every rule, outer before inner, in the order of the file."""
    for path, name, condition in _outermost(study):
        for inner_path, inner in inside(condition, path):
            yield Placed(inner_path, name, inner)


def inside(condition: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield a condition and every condition inside it, with their paths."""
    yield path, condition
    for field, parts in _inner(condition):
        for number, part in enumerate(parts):
            yield from inside(part, (*path, field, number))


def _inner(condition: Any) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(condition, AllOf):
        yield "all", condition.all
    elif isinstance(condition, AnyOf):
        yield "any", condition.any
    elif isinstance(condition, Toxicity):
        yield "without", condition.without


def _outermost(study: Study) -> Iterator[tuple[Path, str, Any]]:
    for number, rule in enumerate(study.dose_limiting.rules):
        yield ("dose_limiting", "rules", number, "when"), f"rule {rule.id}", rule.when
    for number, pause in enumerate(study.dose_limiting.pause):
        if pause.toxicity is not None:
            yield (
                ("dose_limiting", "pause", number, "toxicity"),
                f"pause {pause.id}",
                pause.toxicity,
            )
    yield from _of_modification(study)
    for number, monitor in enumerate(study.stopping):
        if monitor.toxicity is not None:
            yield ("stopping", number, "toxicity"), f"stopping {monitor.id}", monitor.toxicity


def _of_modification(study: Study) -> Iterator[tuple[Path, str, Any]]:
    if study.modification is None:
        return
    for number, row in enumerate(study.modification.rules):
        yield ("modification", "rules", number, "when"), f"modification rule {row.id}", row.when
    for number, gate in enumerate(study.modification.gates):
        for place, need in enumerate(gate.requires):
            path: Path = ("modification", "gates", number, "requires", place)
            for field, condition in (("no", need.no), ("where", need.where)):
                if condition is not None:
                    yield (*path, field), f"gate {gate.id}", condition
