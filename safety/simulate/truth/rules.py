"""The rules of `dlt-default-1` (3.2 of the trial reference), judged on one case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from safety.simulate.model import Day, Grade
from safety.simulate.truth.case import HOURS, Case, Observed, Point
from safety.simulate.truth.duration import Answer, Spell, at_least, spells
from safety.simulate.truth.exceptions import beside, both, exempt, not_
from safety.simulate.truth.missed import crossed
from safety.simulate.truth.terms import group
from safety.simulate.truth.window import (
    LONGEST,
    PLANNED,
    for_toxicity,
    waiting_doses,
    window,
)

RULES = ("H1", "H2", "H3", "H4", "H5", "H6", "N1", "N2", "N3", "L1", "L2", "T1", "T2", "D1")
NEUTROPENIA, THROMBOPENIA = "Neutrophil count decreased", "Platelet count decreased"
FEBRILE, PROTEIN = "Febrile neutropenia", "Proteinuria"
ALT, AST = "Alanine aminotransferase increased", "Aspartate aminotransferase increased"
BILIRUBIN = "Blood bilirubin increased"
FEVER, SUSTAINED = 38.3, 38.0  # C
LOW_NEUTROPHILS = 1.0
PAIRED = 14  # days between enzyme and bilirubin (L1)
LIVER_START, LIVER_LIMIT, LIVER_DAYS = (2.5, 5.0), 8.0, 7  # x ULN, x ULN, days (L2)
COLLECTED = 7  # days within which a 24-hour urine settles a dipstick (N3)
DIPSTICK = 4

State = Literal["met", "open", "late"]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule with an event: `settles`: more data may still come of it (else open for good)."""

    rule: str
    term: str
    onset: Day
    state: State
    settles: bool = True


@dataclass(frozen=True, slots=True)
class _Claim:
    rule: str
    spell: Spell
    answer: Answer


def judge(case: Case) -> tuple[Found, ...]:
    """Return the rules with an event, by rule, term and onset."""
    limits = window(case)
    found = [*_delay(case), *_missed(case)]
    for claim in (*_claims(case), *_death(case)):
        inside = limits.has(case.study_day(claim.spell.first), claim.spell.visit)
        state = _state(claim.answer, inside)
        if state is not None:
            s = claim.spell
            settles = inside is None or (s.recovered is None and not case.whole)
            found.append(Found(claim.rule, s.term, s.first, state, settles))
    unique = {(f.rule, f.term, f.onset): f for f in sorted(found, key=lambda f: f.state == "met")}
    return tuple(sorted(unique.values(), key=lambda f: (f.rule, f.term, f.onset)))


def _state(answer: Answer, inside: Answer) -> State | None:
    if answer is False or (answer is None and inside is False):
        return None
    if inside is False:
        return "late"
    return "met" if answer is True and inside is True else "open"


def term_spells(case: Case, term: str, grade: Grade, related: bool = True) -> tuple[Spell, ...]:
    """Return the spells after the first dose that are worse than the baseline by a grade.

    related: only those that count as related.
    """
    threshold = max(grade, case.base_grade(term) + 1)
    points = [p for p in case.points.get(term, ()) if not case.before(p)]
    if term == FEBRILE:
        points = febrile_points(case)
    events = [e for e in case.of(term) if e.start >= case.first_dose]
    found = spells(term, points, events, threshold, case.now, min(grade, threshold) - 1)
    return tuple(s for s in found if not related or is_related(case, s))


def is_related(case: Case, spell: Spell) -> bool:
    """A finding without an adverse event counts as related."""
    said = beside(case, spell)
    return not said or any(e.is_related() for e in said)


def _claims(case: Case) -> Iterator[_Claim]:
    yield from _blood(case)
    liver = [*_hys_law(case), *_liver_metastases(case)]
    yield from liver
    yield from _protein(case)
    yield from _always(case)
    yield from _other(case, any(c.answer is True for c in liver))


def _claim(rule: str, spell: Spell, answer: Answer = True) -> _Claim:
    return _Claim(rule, spell, both(answer, True if spell.certain else None))


def _blood(case: Case) -> Iterator[_Claim]:
    for s in term_spells(case, NEUTROPENIA, 4):
        yield _claim("H1", s, at_least(s, 7))
    for s in term_spells(case, FEBRILE, 3):
        yield _claim("H2", s)
    for infection in _reported(case, "infections", 3):
        yield from _together("H3", term_spells(case, NEUTROPENIA, 3), infection)
    for s in term_spells(case, THROMBOPENIA, 4):
        yield _claim("H4", s)
    for other in (*_reported(case, "bleeding", 2), *_transfusions(case)):
        yield from _together("H5", term_spells(case, THROMBOPENIA, 3), other)
    reports = [e for e in case.of("Anemia") if e.start >= case.first_dose]
    for s in spells("Anemia", (), reports, 4, case.now):
        if is_related(case, s):
            yield _claim("H6", s)


def _reported(case: Case, name: str, grade: Grade) -> list[Spell]:
    """Return the spells of the terms of a group that some adverse event names."""
    terms = sorted({e.term for e in case.events} & group(name))
    return [s for term in terms for s in term_spells(case, term, grade)]


def _transfusions(case: Case) -> list[Spell]:
    return [
        Spell("", p.day, p.day, None, 0, frozenset())
        for p in case.procedures
        if p.name == "PLATELET TRANSFUSION" and case.first_dose <= p.day <= case.now
    ]


def _together(rule: str, low: tuple[Spell, ...], other: Spell) -> Iterator[_Claim]:
    """Yield the low counts at the time of something else, from the day on which both were there."""
    for s in low:
        if s.covers(other.first, other.last):
            both_there = max(s.first, other.first)
            visit = s.visit if both_there == s.first else other.visit
            spell = Spell(s.term, both_there, s.last, s.recovered, s.worst, s.grades, s.certain,
                          visit)  # fmt: skip
            yield _claim(rule, spell)


def febrile_points(case: Case) -> list[Point]:
    """Return fever and low neutrophils within a day of each other, as grade 3.

    Above 38.3 C once, or from 38.0 C for more than an hour. One reading of 38.0 to 38.3 C may have
    lasted: grade 0 to 3.
    """
    found = []
    low = [o for o in case.observed.get("NEUT", ())
           if o.most < LOW_NEUTROPHILS and not case.before(o)]  # fmt: skip
    warm = [o for o in case.observed.get("TEMP", ())
            if o.most >= SUSTAINED and not case.before(o)] if low else []  # fmt: skip
    for reading in warm:
        near = [o for o in low if abs(o.hour - reading.hour) <= HOURS]
        if not near:
            continue
        sure = reading.least > FEVER or _sustained(reading, warm)
        latest = max(min(near, key=lambda o: o.hour), reading, key=lambda o: o.hour)
        found.append(Point(latest.day, latest.hour, 3 if sure else 0, 3, latest.visit))
    return found


def _sustained(reading: Observed, warm: list[Observed]) -> bool:
    return any(o.day == reading.day and abs(o.hour - reading.hour) > 1 for o in warm)


def _other(case: Case, liver_rule: bool) -> Iterator[_Claim]:
    """N1: any other term of grade 3 or above. H7: low white cells are never dose-limiting."""
    judged_elsewhere = group("haematological") | group("white_cells") | {PROTEIN}
    for term in sorted(({e.term for e in case.events} | set(case.points)) - judged_elsewhere):
        for s in term_spells(case, term, 3):
            yield _claim("N1", s, not_(exempt(case, s, liver_rule)))


def _protein(case: Case) -> Iterator[_Claim]:
    """N3, which is a grade 3 of N1 too. A dipstick of 4+ waits for the urine of 24 hours."""
    found = [_claim("N3", s) for s in term_spells(case, PROTEIN, 3)]
    collected = [o.day for o in case.observed.get("PROT24", ())]
    for o in case.observed.get("PROTDIP", ()):
        settled = any(o.day <= day <= o.day + COLLECTED for day in collected)
        known = any(c.spell.covers(o.day, o.day) for c in found)
        if o.least >= DIPSTICK and not case.before(o) and not settled and not known:
            over = o.day + COLLECTED if case.now > o.day + COLLECTED else None
            spell = Spell(PROTEIN, o.day, o.day, over, 3, frozenset({3}), False, o.visit)
            found.append(_claim("N3", spell))
    for claim in found:
        yield claim
        yield _Claim("N1", claim.spell, claim.answer)


def _always(case: Case) -> Iterator[_Claim]:
    limits: dict[str, Grade] = {}
    limits |= dict.fromkeys(group("bleeding"), 3)
    limits |= dict.fromkeys(group("bleeding_head_or_chest"), 2)
    limits |= dict.fromkeys(group("gut_wall") | group("arterial") | group("other_always"), 1)
    limits["Hypertension"] = 4
    for term in sorted({e.term for e in case.events} & set(limits)):
        for s in term_spells(case, term, limits[term]):
            yield _claim("N2", s)


def times_uln(case: Case, test: str, o: Observed) -> tuple[float, float, float | None]:
    """Return a value as multiple of ULN, least and most, and the baseline as such a multiple."""
    high = case.subject.curves[test].high
    if not high:
        return 0.0, 0.0, None
    base = case.base.get(test)
    return o.least / high, o.most / high, None if base is None else base.least / high


def _raised(case: Case, test: str, times: float) -> list[Observed]:
    """Return values above so many times ULN, and the baseline too where that is above ULN."""
    found = []
    for o in case.observed.get(test, ()):
        least, _, base = times_uln(case, test, o)
        limit = times * max(1.0, base or 1.0)
        if not case.before(o) and least > limit:
            found.append(o)
    return found


def _hys_law(case: Case) -> Iterator[_Claim]:
    """L1. The alkaline phosphatase is that of the later sample, or the last one before it."""
    bilirubin = _raised(case, "BILI", 2)
    enzymes = [o for test in ("ALT", "AST") for o in _raised(case, test, 3)]
    pairs = [(max(e, b, key=lambda o: o.hour), e) for e in enzymes for b in bilirubin
             if abs(e.day - b.day) <= PAIRED]  # fmt: skip
    said = [e for t in (ALT, AST, BILIRUBIN) for e in case.of(t) if e.start >= case.first_dose]
    later, enzyme = min(pairs, key=lambda p: p[0].hour, default=(None, None))
    if later is None or enzyme is None or (said and not any(e.is_related() for e in said)):
        return
    answers = [_no_cholestasis(case, o) for o, _ in pairs]
    answer = True if True in answers else (None if None in answers else False)
    if True in answers:
        later, enzyme = min((p for p, a in zip(pairs, answers, strict=True) if a),
                            key=lambda p: p[0].hour)  # fmt: skip
    term = ALT if enzyme.test == "ALT" else AST
    yield _claim("L1", Spell(term, later.day, later.day, None, 3, frozenset({3}),
                             visit=later.visit), answer)  # fmt: skip


def _no_cholestasis(case: Case, later: Observed) -> Answer:
    near = [o for o in case.observed.get("ALP", ()) if 0 <= later.day - o.day <= PAIRED
            and not case.before(o)]  # fmt: skip
    if not near:
        return None
    return times_uln(case, "ALP", near[-1])[1] < 2


def _liver_metastases(case: Case) -> Iterator[_Claim]:
    if not case.subject.liver_metastases:
        return
    for test, term in (("ALT", ALT), ("AST", AST)):
        base = case.base.get(test)
        if base is None:
            continue
        start = times_uln(case, test, base)[0]
        if not LIVER_START[0] <= start <= LIVER_START[1]:
            continue
        points = [
            Point(o.day, o.hour, int(times_uln(case, test, o)[0] > LIVER_LIMIT),
                  int(times_uln(case, test, o)[1] > LIVER_LIMIT), o.visit)
            for o in case.observed.get(test, ()) if not case.before(o)
        ]  # fmt: skip
        for s in spells(term, points, (), 1, case.now):
            if is_related(case, s):
                yield _claim("L2", s, at_least(s, LIVER_DAYS + 1))


def _death(case: Case) -> Iterator[_Claim]:
    """D1: a death not clearly due to progression or to another cause."""
    if case.death is None or case.death > case.now:
        return
    spell = Spell("Death", case.death, case.death, None, 5, frozenset({5}))
    if case.whole:
        yield _claim("D1", spell, case.subject.died_of == "toxicity")
        return
    fatal = [e for e in case.events if e.fatal]
    if fatal:
        yield _claim("D1", spell, any(e.is_related() for e in fatal))
        return
    progressed = any(d.name == "PROGRESSIVE DISEASE" for d in case.dispositions)
    yield _claim("D1", spell, not progressed)


def _delay(case: Case) -> Iterator[Found]:
    """T1: cycle 2 not begun through study day 36 because of toxicity; declared on day 37."""
    declared = case.first_dose + LONGEST
    if case.second_cycle is not None:
        late = case.study_day(case.second_cycle) > LONGEST
        if late and for_toxicity(case):
            yield Found("T1", "", declared, "met")
        return
    waited = [d.day for d in waiting_doses(case)]
    stopped = any(d.name == "ADVERSE EVENT" for d in case.dispositions)
    if case.death is not None or not (waited or stopped) or window(case).status == "unknown":
        return
    if window(case).last != LONGEST or not for_toxicity(case):
        return
    through = stopped or case.study_day(max(waited)) >= LONGEST
    if through and case.now >= declared:
        yield Found("T1", "", declared, "met")
    elif case.now >= case.first_dose + PLANNED - 1:
        yield Found("T1", "", declared, "open")


def _missed(case: Case) -> Iterator[Found]:
    for drug, day in crossed(case):
        yield Found("T2", drug, day, "met")


def fatal_related(case: Case) -> bool:
    """Return whether a death counts as related (3.7)."""
    return any(c.answer is True for c in _death(case))
