"""What must be asked of the site, and what the reader should be told beside a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from safety.assess.attribution import unreported
from safety.assess.case import Case
from safety.assess.dlt import Outcome
from safety.assess.outcomes import died_of_progression
from safety.assess.result import AssessmentDone, Verdict
from safety.assess.toxicities import episodes
from safety.assess.truth import Truth
from safety.assess.window import DltWindow
from safety.dosing.delay import delay
from safety.dosing.doubts import dose_queries
from safety.study.conditions import EVERY_TERM, Toxicity
from safety.study.language import GradeTest

# The text of `safety.dosing.reasons`, taken apart again.
NOT_TAKEN = re.compile(
    r"(?P<drug>\S+) not taken as planned (?P<first>\S+?)(?: to (?P<last>\S+?))?: (?P<asks>.+)"
)
SEVERE = Toxicity(toxicity=EVERY_TERM, grade=GradeTest(3, 5))


def queries(case: Case, outcome: Outcome) -> tuple[str, ...]:
    """Return every query, once, in a fixed order."""
    found = [*case.facts.notes, *outcome.queries, *_unreported(case), *_lower(case)]
    found += [*_death_by_progression(case), *_delay(case), *dose_queries(case)]
    return tuple(dict.fromkeys(found))


def _near(case: Case) -> timedelta:
    return timedelta(days=case.study.dose_limiting.reconcile_within.whole_days)


def _unreported(case: Case) -> Iterator[str]:
    """Yield episodes of grade 3 or more that no reported event of the term accompanies (fault 31).

    A report may begin some days after the value: the site knows of it.
    """
    near = _near(case)
    for episode in episodes(SEVERE, case, 0):
        first = episode.onset.first_day
        told = any(
            r.start.first_day - near <= first and (r.end is None or r.end.last_day + near >= first)
            for r in episode.records.reports
        )
        if not told and episode.truth is Truth.MET:
            finding = min(r.first.source for r in episode.values)
            yield unreported(finding, [episode.records.term])


def _lower(case: Case) -> Iterator[str]:
    """Yield reported events of a lower grade than a value of their time (fault 30)."""
    near = _near(case)
    for r in case.facts.reports:
        highest = max(
            (
                o.lowest
                for o in case.facts.observations
                if o.term.casefold() == r.term.casefold()
                and r.start.first_day - near <= o.when.first_day
                and (r.end is None or o.when.first_day <= r.end.last_day + near)
            ),
            default=0,
        )
        if highest > r.highest and highest > _worst_of_group(r.term, case):
            yield (
                f"{r.term} ({r.source.record}): reported grade {r.grade_text or r.highest}, but a "
                f"value of its time is grade {highest}"
            )


def _worst_of_group(term: str, case: Case) -> int:
    return max(r.highest for r in case.facts.reports if r.term.casefold() == term.casefold())


def _delay(case: Case) -> Iterator[str]:
    """Yield what is asked of the reason of a late cycle 2: it decides how long the window is."""
    late = delay(case, 2)
    if late is not None and late.days > 0:
        yield from (f"delay of cycle 2: {q}" for q in _shortened(late.queries))


def _shortened(asked: Iterable[str]) -> Iterator[str]:
    """Yield queries, those that ask the same of several drugs or days as one.

    A diary has a row a day: each asks for itself why the dose was not taken.
    """
    same: dict[str, list[re.Match[str]]] = {}
    for query in asked:
        found = NOT_TAKEN.fullmatch(query)
        if found is None:
            yield query
        else:
            same.setdefault(found["asks"], []).append(found)
    for asks, group in same.items():
        drugs = " and ".join(sorted({g["drug"] for g in group}))
        first, last = min(g["first"] for g in group), max(g["last"] or g["first"] for g in group)
        when = first if first == last else f"{first} to {last}"
        yield f"{drugs} not taken as planned {when}: {asks}"


def _death_by_progression(case: Case) -> Iterator[str]:
    if case.facts.death is None or any(r.fatal for r in case.facts.reports):
        return
    if died_of_progression(case):
        yield (
            "death without a fatal adverse event, after progression was recorded: taken as due to "
            "progression; confirm the cause"
        )


def flags(
    case: Case,
    verdict: Verdict,
    outcome: Outcome,
    done: tuple[AssessmentDone, ...],
    window: DltWindow | None,
) -> Iterator[str]:
    """Yield what the reader should see beside the verdict."""
    if window is not None:
        yield from _medication(case, window)
    for state, words in (("met", "would have been"), ("not_evaluable", "may have been")):
        names = sorted({t for r in outcome.late if r.state == state for t in r.terms})
        if names:
            yield f"toxicity after the window that {words} dose-limiting: {', '.join(names)}"
    for r in case.facts.reports:
        if r.investigator_dlt is not None and r.investigator_dlt != (verdict == "DLT"):
            said = "is" if r.investigator_dlt else "is not"
            yield f"investigator says {r.term} ({r.source.record}) {said} dose-limiting"
    late = [f"{a.assessment} of {a.window}" for a in done if a.status == "late"]
    if late:
        yield f"assessed late: {', '.join(late)}"
    missing = [f"{a.assessment} of {a.window}" for a in done if a.status == "missing"]
    if missing:
        yield f"required assessment missing: {', '.join(missing)}"


def _medication(case: Case, window: DltWindow) -> Iterator[str]:
    """Yield growth factors and the like given in the window, apart from preventive use."""
    rule = case.study.dose_limiting.evaluability
    for p in rule.prophylaxis if rule else ():
        for c in case.facts.medications:
            same = p.is_meant(c.category, c.name)
            in_window = (
                c.start is not None and window.first_day <= c.start.first_day <= window.closes
            )
            if same and in_window and not p.is_preventive(c.indication):
                purpose = "as treatment" if c.indication else "for a purpose not stated (CMINDC)"
                yield f"{p.category} given in the window {purpose}: {c.source.text}"
