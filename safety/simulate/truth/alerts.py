"""Alerts that somebody must get: of one subject, of held rows, and pauses of the trial (3.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safety.simulate.deliveries import Planted
from safety.simulate.model import Day, Subject
from safety.simulate.truth.case import Case, known_case
from safety.simulate.truth.grades import criteria
from safety.simulate.truth.known import recorded
from safety.simulate.truth.release import RESUMES, is_over
from safety.simulate.truth.rules import Found, fatal_related, term_spells
from safety.simulate.truth.terms import group, organ_class
from safety.simulate.truth.triggers import STOPPING, Trigger
from safety.simulate.truth.verdicts import decide

SEVERE = 4
UNTIL_JUDGED = frozenset({"S12"})  # held until the cause was found
HELD = "R"  # the right handling of a row that goes into quarantine
TOO_TOXIC_AT = "L1"  # PAUSE-4
# Evaluable subjects: DLTs from which Pr(rate > 0.30) > 0.95 (trial reference, 3.7).
BOUNDARY = {3: 3, 4: 3, 5: 4, 6: 4, 7: 5, 8: 5, 9: 5, 10: 6, 11: 6, 12: 7, 13: 7, 14: 8, 15: 8,
            16: 8, 17: 9, 18: 9}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Alert:
    kind: str
    what: str
    on: Day


HeldRow = tuple[str, Alert, Day]  # subject, alert, the day the row came


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pauses of the trial need to know of one subject at one delivery."""

    level: str
    first_dose: Day
    evaluable: bool
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
        said |= {Alert("HOLD", t.rule, t.on) for t in fired if _is_in_force(case, t, fired)}
    if case.death is not None and case.death <= case.now:
        said.add(Alert("DEATH", "death", case.death))
    return frozenset(said)


def _is_in_force(case: Case, trigger: Trigger, fired: Sequence[Trigger]) -> bool:
    """Return whether a drug must not be taken now because of a trigger, and of no stop before it.

    A hold of which it is not written when it ends is not said.
    """
    if trigger.action not in STOPPING or is_over(case, trigger):
        return False
    if trigger.action == "discontinue":
        return True
    stopped = any(t.drug == trigger.drug and t.action == "discontinue" and t.on <= trigger.on
                  for t in fired)  # fmt: skip
    return not stopped and (trigger.rule in RESUMES or trigger.rule in UNTIL_JUDGED)


def facts(case: Case, found: Sequence[Found]) -> Facts:
    """Return what the pauses need."""
    met = [f for f in found if f.state == "met"]
    return Facts(
        case.subject.level,
        case.first_dose,
        decide(case, found).evaluable == "Y",
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


def held(subjects: Mapping[str, Subject], planted: Sequence[Planted]) -> Iterator[HeldRow]:
    """Yield the alerts of rows that a fault holds and that truly are of grade 4 or above.

    Quarantine never silences: each is due on the day the row came.
    """
    for fault in planted:
        subject = subjects.get(fault.usubjid)
        if HELD not in fault.right or subject is None or subject.first_dose is None:
            continue
        names = fault.row.split("|")
        row = "|".join([names[0], subject.usubjid, *names[2:]])  # the fault may be in the subject
        for term, on in _of_row(known_case(subject, recorded(subject), subject.last), row):
            yield subject.usubjid, Alert("HELD4", term, on), fault.day


def _of_row(case: Case, row: str) -> Iterator[tuple[str, Day]]:
    """Yield terms of grade 4 or above, after the first dose, that a row tells of with its day."""
    days = {s.day: t for s in case.subject.samples for t, name in s.rows.items() if name == row}
    for day, test in days.items():
        for term in (c.term for c in criteria().get(test, ())):
            if any(p.day == day and p.least >= SEVERE and not case.before(p)
                   for p in case.points.get(term, ())):  # fmt: skip
                yield term, day
    for report in case.subject.reports:
        if report.row == row and report.grade >= SEVERE and report.start >= case.first_dose:
            yield report.term, report.start


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
    return frozenset(made | set(_two_of_three(known)) | set(_too_toxic(known)))


def _too_toxic(known: Mapping[str, Facts]) -> Iterator[tuple[str, Alert]]:
    """PAUSE-4: as many DLTs at level 1 as its evaluable subjects do not bear."""
    there = {u: f for u, f in known.items() if f.level == TOO_TOXIC_AT and f.evaluable}
    days = sorted((f.dlt_on, u) for u, f in there.items() if f.dlt_on is not None)
    limits = [limit for treated, limit in BOUNDARY.items() if treated <= len(there)]
    if limits and len(days) >= max(limits):
        yield days[-1][1], Alert("PAUSE", "PAUSE-4", days[-1][0])


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
