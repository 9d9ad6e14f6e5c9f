"""Alerts that somebody must get: of one subject, and pauses of the trial (3.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safety.simulate.model import Day
from safety.simulate.truth.case import Case
from safety.simulate.truth.release import is_over
from safety.simulate.truth.rules import Found, fatal_related, term_spells
from safety.simulate.truth.terms import group, organ_class
from safety.simulate.truth.triggers import STOPPING, Trigger

SEVERE = 4


@dataclass(frozen=True, slots=True, order=True)
class Alert:
    kind: str
    what: str
    on: Day


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pauses of the trial need to know of one subject at one delivery."""

    level: str
    first_dose: Day
    dlt_on: Day | None
    hys_law_on: Day | None
    related_death_on: Day | None
    severe: tuple[tuple[str, Day], ...]  # organ class and onset of related grade 4 events


def alerts(
    case: Case, found: Sequence[Found], fired: Sequence[Trigger], judged: bool
) -> frozenset[Alert]:
    """Return the alerts of one subject. judged: whether the DLT rules are."""
    said = {Alert("GRADE4", term, on) for term, on in _severe(case, related_only=False)}
    if judged:
        # a delay that is still short is open, but no alarm yet
        said |= {Alert("DLT", f.rule, f.onset) for f in found
                 if f.state == "met" or (f.state == "open" and f.rule != "T1")}  # fmt: skip
        said |= {Alert("HOLD", t.rule, t.on) for t in fired
                 if t.action in STOPPING and not is_over(case, t)}  # fmt: skip
    if case.death is not None and case.death <= case.now:
        said.add(Alert("DEATH", "death", case.death))
    return frozenset(said)


def facts(case: Case, found: Sequence[Found]) -> Facts:
    """Return what the pauses need."""
    met = [f for f in found if f.state == "met"]
    return Facts(
        case.subject.level,
        case.first_dose,
        min((f.onset for f in met), default=None),
        min((f.onset for f in found if f.rule == "L1" and f.state != "open"), default=None),
        case.death if fatal_related(case) else None,
        tuple((organ_class(t), on) for t, on in _severe(case, related_only=True)
              if t not in group("haematological") | group("white_cells")),
    )  # fmt: skip


def _severe(case: Case, *, related_only: bool) -> Iterator[tuple[str, Day]]:
    """Yield terms of grade 4 or above after the first dose, with the onset of each spell."""
    for term in sorted({e.term for e in case.events} | set(case.points)):
        for s in term_spells(case, term, SEVERE, related=related_only):
            if s.certain:
                yield term, s.first


def pauses(known: Mapping[str, Facts]) -> frozenset[tuple[str, Alert]]:
    """Return the pauses by what is known of every subject, each with the subject that made it."""
    made: set[tuple[str, Alert]] = set()
    for usubjid, f in known.items():
        if f.related_death_on is not None:
            made.add((usubjid, Alert("PAUSE", "PAUSE-1", f.related_death_on)))
        if f.hys_law_on is not None:
            made.add((usubjid, Alert("PAUSE", "PAUSE-3", f.hys_law_on)))
    by_class: dict[str, list[tuple[Day, str]]] = {}
    for usubjid, f in known.items():
        for name, on in f.severe:
            by_class.setdefault(name, []).append((on, usubjid))
    for events in by_class.values():
        if len(events) > 1:
            on, usubjid = sorted(events)[1]
            made.add((usubjid, Alert("PAUSE", "PAUSE-2", on)))
    return frozenset(made | set(_two_of_three(known)))


def _two_of_three(known: Mapping[str, Facts]) -> Iterator[tuple[str, Alert]]:
    levels: dict[str, list[tuple[Day, str]]] = {}
    for usubjid, f in known.items():
        levels.setdefault(f.level, []).append((f.first_dose, usubjid))
    for treated in levels.values():
        first = [known[u] for _, u in sorted(treated)[:3]]
        days = sorted((f.dlt_on, u) for (_, u), f in zip(sorted(treated), first, strict=False)
                      if f.dlt_on is not None)  # fmt: skip
        if len(days) > 1:
            yield days[1][1], Alert("PAUSE", "PAUSE-5", days[1][0])
