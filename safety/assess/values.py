"""Judge conditions on measured values: beyond a limit for some time, or at the baseline."""

from __future__ import annotations

from dataclasses import replace

from safety.assess.attribution import attribute_test
from safety.assess.case import Case
from safety.assess.moments import on
from safety.assess.occurrence import Occurrence, merged_evidence
from safety.assess.runs import Run, check, in_words, runs, settling_day
from safety.assess.samples import comparable, holds, of_tests, points
from safety.assess.truth import Truth, all_of, any_of
from safety.study.conditions import AtBaseline, Value


def value(condition: Value, case: Case) -> tuple[Occurrence, ...]:
    """Return the runs of each test beyond the limit."""
    by_test = points(condition, case)
    found = [
        _occurrence(test, run, condition, case) for test, p in by_test.items() for run in runs(p)
    ]
    return tuple(sorted((o for o in found if o is not None), key=lambda o: o.onset))


def run_occurrence(test: str, run: Run, case: Case, name: str) -> Occurrence:
    """Return a run of values as an occurrence, attributed as reports of its terms are."""
    unsure = run.truth is Truth.UNKNOWN
    recovery = (run.recovery,) if run.recovery is not None else ()
    first = run.first
    told = attribute_test(test, first.source, first.when, case)
    return Occurrence(
        truth=run.truth,
        onset=first.when,
        known_until=run.last_sure.when,
        end=run.recovered,
        until=run.recovered or max(on(case.known_until), run.last_sure.when),
        terms=(name,),
        related=told.related,
        unattributed=told.unattributed,
        queries=told.queries,
        evidence=merged_evidence(tuple(p.source for p in run.points), recovery),
        missing=tuple(m for p in run.points for m in p.missing) if unsure else (),
        predose_cycle=first.predose_cycle,
    )


def _occurrence(test_: str, run: Run, condition: Value, case: Case) -> Occurrence | None:
    found = run_occurrence(test_, run, case, str(condition.value))
    if condition.lasting is None:
        return found
    test = condition.lasting
    span = run.hours() if test.limit.unit == "h" else run.days()
    truth = check(test, span)
    words = in_words(span, test.limit.unit)
    shown = "; ".join(x for x in (words, run.gaps) if x)
    found = replace(found, duration=shown, truth=all_of([found.truth, truth]))
    if truth is Truth.NOT_MET:
        return None
    if truth is Truth.MET:
        return found
    by = settling_day(test, run.first.when)
    sure = run.truth is Truth.MET and case.follow_up_ended is None
    goes_on = sure and span.high is None
    decides = "decides" if goes_on else "would have decided"
    ask = f"{condition.value} for {words}, the rule asks for {test}: a sample by {by.isoformat()} "
    return found.doubted(ask + decides, settles_by=by, is_open=goes_on)


def at_baseline(condition: AtBaseline, case: Case) -> tuple[Occurrence, ...]:
    """Return whether the subject's baseline record lies within the limits: true throughout."""
    samples = of_tests(condition.at_baseline.tests, case)
    own = [s for s in comparable(samples, condition.at_baseline.limit) if s.is_baseline]
    if not own:
        lacking = f"baseline of {'|'.join(condition.at_baseline.tests)}"
        return (_standing(Truth.UNKNOWN, case, missing=(lacking,)),)
    truths = []
    for sample in own:
        parts = [holds(sample, condition.at_baseline.limit)]
        if condition.up_to is not None:
            parts.append(holds(sample, condition.up_to))
        truths.append(all_of(parts))
    truth = any_of(truths)
    if truth is Truth.NOT_MET:
        return ()
    missing = tuple(s.source.text for s in own) if truth is Truth.UNKNOWN else ()
    found = _standing(truth, case, missing=missing)
    return (replace(found, evidence=merged_evidence(tuple(s.source for s in own))),)


def _standing(truth: Truth, case: Case, missing: tuple[str, ...]) -> Occurrence:
    begin = on(case.first_dose or case.as_of)
    return Occurrence(truth, begin, begin, None, standing=True, missing=missing)
