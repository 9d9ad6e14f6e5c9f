"""Dose modification (reference dose_modification.md, 3): the rules that are plain to state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from safety.simulate.model import Day, Grade
from safety.simulate.truth.by_grade import ALL, BLOOD, RULES, GradeRule
from safety.simulate.truth.case import Case, Observed
from safety.simulate.truth.duration import Spell
from safety.simulate.truth.exceptions import beside
from safety.simulate.truth.ladder import is_lowest
from safety.simulate.truth.rules import FEBRILE, THROMBOPENIA, Found, term_spells, times_uln
from safety.simulate.truth.terms import group

JUDGED = (
    "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S15",
    "S15-G4", "T1", "T2", "T3", "T5", "F1", "F2", "F3", "F4", "F6", "F8", "A1", "A1-LOWER",
    "A3", "A3-HOLD",
)  # fmt: skip
# After these the dose is one step lower: where there is none, the drug is stopped.
LOWERING = frozenset({"S2", "S3", "S9", "S11", "S15-G4", "T1", "T2", "F3", "A1-LOWER", "A3"})
STOPPING = frozenset({"hold", "discontinue"})
S1_DAYS = 14  # days of a cycle on which S-1 is taken
PROTEIN, PROTEIN_LIMIT, DIPSTICK = 1.0, 2.0, 2  # g/d (S8, S9), plus (S7)
RAISED, ENZYMES = 3.0, 5.0  # x ULN (S10, S11)
ENZYMES_STOP, BILIRUBIN_STOP = 20.0, 10.0  # x ULN (S12)
CREATININE, CREATININE_HOLD = (2.0, 3.0), 1.5  # x ULN or baseline (S3), x ULN (F6)
BLAMED = (
    ("haematological", ("temozolomide", "s1")),
    ("white_cells", ("temozolomide", "s1")),
    ("hypertension_proteinuria_bleeding", ("surufatinib",)),
    ("diarrhea_stomatitis", ("s1", "surufatinib")),
    ("hand_foot", ("s1",)),
)
LOW_FOR_S1 = {"NEUT": 1.0, "PLAT": 75.0}  # F1
APART = 3  # days after which a toxicity is another one (F4)

Stretch = tuple[Day, Day]  # first day, and the last one on which it is known to be there
Holds = Callable[[Observed], bool]


@dataclass(frozen=True, slots=True, order=True)
class Trigger:
    rule: str
    drug: str
    action: str
    on: Day


def triggers(case: Case, found: tuple[Found, ...]) -> tuple[Trigger, ...]:
    """Return what fired. found: the DLT rules, of which Hy's law is one of S12.

    Nothing after the end of treatment, when there is no dose to modify.
    """
    fired = {*_by_grade(case), *_surufatinib(case), *_s1(case), *_all(case, found)}
    ends = [d.day for d in case.dispositions] + [d for d in (case.death,) if d is not None]
    over = min(ends, default=case.now)
    return tuple(sorted(_stepped(case, t) for t in fired if t.on <= over))


def _stepped(case: Case, trigger: Trigger) -> Trigger:
    if trigger.rule in LOWERING and is_lowest(case, trigger.drug, trigger.on):
        return replace(trigger, action="discontinue")
    return trigger


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


def _terms(case: Case) -> frozenset[str]:
    return frozenset({e.term for e in case.events} | set(case.points))


def _spells(case: Case, term: str, grade: Grade, drug: str) -> list[Spell]:
    return [s for s in term_spells(case, term, grade) if _of_drug(case, term, s, drug)]


def _stretch(spell: Spell) -> Stretch:
    return spell.first, spell.last if spell.recovered is None else spell.recovered


def _begun(stretches: Iterable[Stretch], near: int = 0) -> list[Day]:
    """Return the first days of events: stretches that overlap, or nearly so, are one."""
    first: list[Day] = []
    reach = -1
    for begin, end in sorted(stretches):
        if not first or begin > reach + near:
            first.append(begin)
            reach = end
        reach = max(reach, end)
    return first


def _by_grade(case: Case) -> Iterator[Trigger]:
    for rule in RULES:
        for day in _begun(_graded(case, rule), rule.near):
            yield Trigger(rule.rule, rule.drug, rule.action, day)


def _graded(case: Case, rule: GradeRule) -> Iterator[Stretch]:
    """Yield the spells of events that began within the grades of the rule."""
    for term in sorted(rule.names(_terms(case))):
        found = [
            s for s in term_spells(case, term, rule.low, related=rule.related)
            if (_of_drug(case, term, s, rule.drug) if rule.related else s.certain)
        ]  # fmt: skip
        firsts = set(_begun(map(_stretch, found)))  # a spell that follows at once is no new event
        for s in found:
            if s.first in firsts and _first_grade(case, s) <= rule.high:
                yield _stretch(s)


def _first_grade(case: Case, spell: Spell) -> Grade:
    """Return the grade with which a spell began; what it grew to later has a rule of its own."""
    day = spell.first
    said = [e.grade for e in case.of(spell.term) if e.start <= day and e.on(day, day)]
    measured = [p.least for p in case.points.get(spell.term, ())
                if p.day == day and not case.before(p)]  # fmt: skip
    return max([*said, *measured], default=spell.worst)


def _surufatinib(case: Case) -> Iterator[Trigger]:
    drug = "surufatinib"
    for term, grade in sorted(_stopping_events().items()):
        for s in _spells(case, term, grade, drug):
            yield Trigger("S1", drug, "discontinue", s.first)
    rules: tuple[tuple[str, str, dict[str, Holds]], ...] = (
        ("S3", "hold", {"CREAT": _raised_creatinine(case)}),
        ("S7", "continue", {"PROTDIP": lambda o: o.least >= DIPSTICK}),
        ("S8", "continue", {"PROT24": lambda o: o.least >= PROTEIN and o.most < PROTEIN_LIMIT}),
        ("S9", "hold", {"PROT24": lambda o: o.least >= PROTEIN_LIMIT}),
        ("S10", "continue", dict.fromkeys(("ALT", "AST"), _times(case, RAISED, ENZYMES))),
        ("S11", "hold", dict.fromkeys(("ALT", "AST"), _times(case, ENZYMES))),
    )
    for rule, action, tests in rules:
        for day in _begun(r for test, holds in tests.items() for r in _runs(case, test, holds)):
            yield Trigger(rule, drug, action, day)


def _stopping_events() -> dict[str, Grade]:
    """Return the terms of S1 with the grade from which each counts."""
    perforations = {t for t in group("gut_wall") if "fistula" not in t}
    any_grade = dict.fromkeys(perforations | group("arterial") | {"Nephrotic syndrome"}, 1)
    return dict.fromkeys(group("bleeding"), 3) | any_grade | {"Hypertension": 4}


def _times(case: Case, above: float, up_to: float = float("inf")) -> Holds:
    """Return whether a value surely is above so many times ULN, and not above `up_to` times."""

    def holds(o: Observed) -> bool:
        least, most, _ = times_uln(case, o.test, o)
        return least > above and most <= up_to

    return holds


def _raised_creatinine(case: Case) -> Holds:
    above, up_to = CREATININE
    of_limit = _times(case, above, up_to)

    def holds(o: Observed) -> bool:
        base = case.base.get(o.test)
        own = base is not None and o.least > above * base.least and o.most <= up_to * base.least
        return own or of_limit(o)

    return holds


def _s1(case: Case) -> Iterator[Trigger]:
    low = (r for test, limit in LOW_FOR_S1.items() for r in _runs(case, test, _below(limit)))
    for day in _begun(r for r in low if _cycle_day(case, r[0]) <= S1_DAYS):
        yield Trigger("F1", "s1", "hold", day)
    for day in _begun(_runs(case, "CREAT", _times(case, CREATININE_HOLD))):
        yield Trigger("F6", "s1", "hold", day)
    severe = (_stretch(s) for term in _terms(case) - BLOOD for s in _spells(case, term, 3, "s1"))
    for number, day in enumerate(_begun(severe, APART)):
        again = number > 0
        yield Trigger("F4" if again else "F3", "s1", "discontinue" if again else "hold", day)


def _below(limit: float) -> Holds:
    return lambda o: o.most < limit


def _all(case: Case, found: tuple[Found, ...]) -> Iterator[Trigger]:
    stops = [f.onset for f in found if f.rule == "L1" and f.state != "open"]
    for test in ("ALT", "AST", "BILI"):
        times = BILIRUBIN_STOP if test == "BILI" else ENZYMES_STOP
        stops += [first for first, _ in _runs(case, test, _times(case, times))]
    for drug in ALL:
        for day in stops:
            yield Trigger("S12", drug, "hold", day)
    fevers = [_stretch(s) for s in term_spells(case, FEBRILE, 3, related=False) if s.certain]
    for day in _begun(fevers):  # whichever drug it is put down to
        yield from (Trigger("A1", drug, "hold", day) for drug in ALL)
        yield from (Trigger("A1-LOWER", drug, "reduce", day) for drug in ("temozolomide", "s1"))
    yield from _platelets(case, found)


def _platelets(case: Case, found: tuple[Found, ...]) -> Iterator[Trigger]:
    bled = [f.onset for f in found if f.rule == "H5" and f.state != "open" and _bleeds(case)]
    for drug in ("temozolomide", "s1"):
        low = [_stretch(s) for s in _spells(case, THROMBOPENIA, 4, drug)]
        for day in _begun([*low, *((d, d) for d in bled)], APART):
            yield Trigger("A3", drug, "reduce", day)
    every = [_stretch(s) for s in term_spells(case, THROMBOPENIA, 4, related=False) if s.certain]
    for day in _begun([*every, *((d, d) for d in bled)]):
        yield Trigger("A3-HOLD", "surufatinib", "hold", day)


def _bleeds(case: Case) -> bool:
    return any(e.term in group("bleeding") for e in case.events)


def _runs(case: Case, test: str, holds: Holds) -> list[Stretch]:
    """Return the runs of such values after the first dose, each up to the value that ends it."""
    found: list[Stretch] = []
    before = False
    for o in case.observed.get(test, ()):
        now = not case.before(o) and holds(o)
        if now and not before:
            found.append((o.day, o.day))
        elif before:
            found[-1] = found[-1][0], o.day
        before = now
    return found


def _cycle_day(case: Case, day: Day) -> int:
    starts = [c for c in case.subject.cycles if c <= day]
    return day - max(starts, default=case.first_dose) + 1
