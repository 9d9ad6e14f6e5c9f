"""Dose modification (reference dose_modification.md, 3): the rules that are plain to state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from safety.simulate.model import Day, Grade
from safety.simulate.truth.case import Case, Observed
from safety.simulate.truth.duration import Spell
from safety.simulate.truth.exceptions import beside
from safety.simulate.truth.rules import (
    FEBRILE,
    NEUTROPENIA,
    THROMBOPENIA,
    Found,
    term_spells,
    times_uln,
)
from safety.simulate.truth.terms import group

JUDGED = ("S1", "S4", "S9", "S11", "S12", "S15", "T1", "F1", "F3", "A1", "A3")
ALL = ("surufatinib", "temozolomide", "s1")
STOPPING = frozenset({"hold", "discontinue"})
S1_DAYS = 14  # days of a cycle on which S-1 is taken
CYCLE = 21
PROTEIN_LIMIT = 2.0  # g/d (S9)
ENZYMES, ENZYMES_STOP, BILIRUBIN_STOP = 5.0, 20.0, 10.0  # x ULN (S11, S12)
BLAMED = (
    ("haematological", ("temozolomide", "s1")),
    ("white_cells", ("temozolomide", "s1")),
    ("hypertension_proteinuria_bleeding", ("surufatinib",)),
    ("diarrhea_stomatitis", ("s1", "surufatinib")),
    ("hand_foot", ("s1",)),
)
LOW_FOR_S1 = {"NEUT": 1.0, "PLAT": 75.0}  # F1


@dataclass(frozen=True, slots=True, order=True)
class Trigger:
    rule: str
    drug: str
    action: str
    on: Day


def triggers(case: Case, found: tuple[Found, ...]) -> tuple[Trigger, ...]:
    """Return what fired. found: the DLT rules, of which Hy's law is one of S12."""
    return tuple(sorted({*_surufatinib(case), *_temozolomide(case), *_s1(case),
                         *_all(case, found)}))  # fmt: skip


def _of_drug(case: Case, term: str, spell: Spell, drug: str) -> bool:
    """Return whether a spell is put down to the drug: by its adverse event, else by default."""
    said = beside(case, spell)
    related = any(e.related.get(drug, True) for e in said) if said else drug in blamed(term)
    return spell.certain and related


def blamed(term: str) -> tuple[str, ...]:
    """Return the drugs that a finding without an adverse event is put down to (3, at the end)."""
    for name, drugs in BLAMED:
        if term in group(name):
            return drugs
    return ALL


def _spells(case: Case, term: str, grade: Grade, drug: str) -> list[Spell]:
    return [s for s in term_spells(case, term, grade) if _of_drug(case, term, s, drug)]


def _surufatinib(case: Case) -> Iterator[Trigger]:
    drug = "surufatinib"
    for term, grade in sorted(_stopping_events().items()):
        for s in _spells(case, term, grade, drug):
            yield Trigger("S1", drug, "discontinue", s.first)
    for day in _at_grade_3(case, "Hypertension", drug):
        yield Trigger("S4", drug, "continue", day)
    for o in _starts(case, "PROT24", lambda o: o.least >= PROTEIN_LIMIT):
        yield Trigger("S9", drug, "hold", o.day)
    for test in ("ALT", "AST"):
        for o in _starts(case, test, _above_uln(case, ENZYMES)):
            yield Trigger("S11", drug, "hold", o.day)
    for term in (NEUTROPENIA, THROMBOPENIA):
        # whatever the counts are put down to; grade 4 is held too, only the dose after it differs
        for s in term_spells(case, term, 3, related=False):
            if s.certain:
                yield Trigger("S15", drug, "hold", s.first)


def _stopping_events() -> dict[str, Grade]:
    """Return the terms of S1 with the grade from which each counts."""
    perforations = {t for t in group("gut_wall") if "fistula" not in t}
    any_grade = dict.fromkeys(perforations | group("arterial") | {"Nephrotic syndrome"}, 1)
    return dict.fromkeys(group("bleeding"), 3) | any_grade | {"Hypertension": 4}


def _at_grade_3(case: Case, term: str, drug: str) -> list[Day]:
    return [s.first for s in _spells(case, term, 3, drug) if 3 in s.grades]


def _above_uln(case: Case, times: float) -> Callable[[Observed], bool]:
    return lambda o: times_uln(case, o.test, o)[0] > times


def _temozolomide(case: Case) -> Iterator[Trigger]:
    for term in (NEUTROPENIA, THROMBOPENIA):
        for s in term_spells(case, term, 3, related=False):
            if s.certain:
                yield Trigger("T1", "temozolomide", "reduce", s.first)


def _s1(case: Case) -> Iterator[Trigger]:
    for test, limit in LOW_FOR_S1.items():
        for o in _starts(case, test, _below(limit)):
            if _cycle_day(case, o.day) <= S1_DAYS:
                yield Trigger("F1", "s1", "hold", o.day)
    others = group("haematological") | group("white_cells")
    first = min((s.first for term in {e.term for e in case.events} | set(case.points)
                 if term not in others for s in _spells(case, term, 3, "s1")),
                default=None)  # fmt: skip
    if first is not None:
        yield Trigger("F3", "s1", "hold", first)


def _below(limit: float) -> Callable[[Observed], bool]:
    return lambda o: o.most < limit


def _all(case: Case, found: tuple[Found, ...]) -> Iterator[Trigger]:
    stops = [f.onset for f in found if f.rule == "L1" and f.state != "open"]
    for test in ("ALT", "AST", "BILI"):
        times = BILIRUBIN_STOP if test == "BILI" else ENZYMES_STOP
        stops += [o.day for o in _starts(case, test, _above_uln(case, times))]
    for drug in ALL:
        for day in stops:
            yield Trigger("S12", drug, "hold", day)
    for s in term_spells(case, FEBRILE, 3):  # whichever drug it is put down to
        if s.certain:
            yield from (Trigger("A1", drug, "hold", s.first) for drug in ALL)
    yield from _platelets(case, found)


def _platelets(case: Case, found: tuple[Found, ...]) -> Iterator[Trigger]:
    for drug in ("temozolomide", "s1"):
        for s in _spells(case, THROMBOPENIA, 4, drug):
            yield Trigger("A3", drug, "reduce", s.first)
    for f in found:
        if f.rule == "H5" and f.state != "open" and _bleeds(case):
            for drug in ("temozolomide", "s1"):
                yield Trigger("A3", drug, "reduce", f.onset)


def _bleeds(case: Case) -> bool:
    return any(e.term in group("bleeding") for e in case.events)


def _starts(case: Case, test: str, holds: Callable[[Observed], bool]) -> Iterator[Observed]:
    """Yield the values with which a run of such values after the first dose begins."""
    before = False
    for o in case.observed.get(test, ()):
        now = not case.before(o) and holds(o)
        if now and not before:
            yield o
        before = now


def _cycle_day(case: Case, day: Day) -> int:
    starts = [c for c in case.subject.cycles if c <= day]
    return day - max(starts, default=case.first_dose) + 1
