"""Was it looked for? Each required assessment in each of its windows: done, late, missing, due."""

from __future__ import annotations

from datetime import date, timedelta

from safety.assess.case import Case
from safety.assess.moments import day_of
from safety.assess.result import AssessmentDone, Status
from safety.assess.truth import Truth
from safety.dosing.reasons import ended
from safety.study.dlt import Assessment
from safety.study.language import CycleDays

TREATMENT = "treatment"  # as a whole, in the reasons of its end


def surveillance(case: Case) -> tuple[AssessmentDone, ...]:
    """Return every required assessment of the cycles that have started."""
    return tuple(
        _in_window(assessment, window, case)
        for assessment in case.study.dose_limiting.surveillance
        for window in assessment.windows
        if case.cycles.get(window.cycle or 1) is not None
    )


def _in_window(assessment: Assessment, window: CycleDays, case: Case) -> AssessmentDone:
    start = case.cycles[window.cycle or 1]
    first, last = day_of(window.first, start), day_of(window.last, start)
    grace = last + timedelta(days=assessment.grace.whole_days)
    days = days_done(assessment, case)
    in_time = tuple(d for d in days if first <= d <= last)
    in_grace = tuple(d for d in days if first <= d <= grace)
    done_on = in_time
    status: Status
    end = stopped(case)
    if len(in_time) >= assessment.at_least:
        status = "done"
    elif len(in_grace) >= assessment.at_least:
        status, done_on = "late", in_grace
    elif end is not None and end <= last:
        status = "not_due"
    elif case.as_of <= grace:
        status = "due" if case.as_of >= first else "not_due"
    else:
        status = "missing"
    return AssessmentDone(assessment.id, str(window), status, last, done_on)


def stopped(case: Case) -> date | None:
    """Return from when nothing is due: follow-up ended, or treatment did, not for toxicity."""
    ends = [case.follow_up_ended]
    if case.treatment_ended is not None and ended(case, TREATMENT).truth is Truth.NOT_MET:
        ends.append(case.treatment_ended)
    return min((d for d in ends if d is not None), default=None)


def days_done(assessment: Assessment, case: Case) -> tuple[date, ...]:
    """Return the days after the first dose on which every test has a usable value."""
    by_test = [
        {
            s.when.first_day
            for s in case.facts.samples
            if s.test == test and not s.predose and s.when.is_one_day
        }
        for test in assessment.tests
    ]
    return tuple(sorted(set.intersection(*by_test)))


def needed(
    needs: list[str], done: tuple[AssessmentDone, ...], status: Status
) -> tuple[AssessmentDone, ...]:
    """Return which of the needed assessments have a status."""
    return tuple(a for a in done if a.assessment in needs and a.status == status)
