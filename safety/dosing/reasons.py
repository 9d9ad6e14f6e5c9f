"""Why a dose was not taken: because of toxicity that may be related to treatment, or not.

Attribution of a missed dose follows the adverse event of those days (trial reference, section 3.2;
examples, conventions). What is missing is read conservatively and asked for.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Report, Source
from safety.assess.moments import DAY
from safety.assess.truth import Truth

# AEACN, CDISC controlled terminology C66767
CHANGED = frozenset({"DRUG INTERRUPTED", "DRUG WITHDRAWN", "DOSE REDUCED", "DOSE DELAYED"})
NOT_SAID = frozenset({"", "UNKNOWN", "NOT EVALUABLE"})


class Judged(NamedTuple):
    """Whether treatment-related toxicity was the reason, what says so, what is to be asked."""

    truth: Truth
    evidence: tuple[Source, ...]
    queries: tuple[str, ...]


def because_of_toxicity(case: Case, first: date, last: date, reason: str, drug: str) -> Judged:
    """Return whether doses of a drug not taken from one day to another were lost to toxicity.

    reason: as the dose record gives it; blank counts as toxicity, with a query.
    """
    when = f"{first}" if first == last else f"{first} to {last}"
    what = f"{drug} not taken as planned {when}"
    if not reason.strip():
        return Judged(Truth.MET, (), (f"{what}: reason not given, taken as toxicity",))
    treatment = case.study.treatment
    if treatment is None or reason.strip().upper() not in treatment.reasons.toxicity:
        return Judged(Truth.NOT_MET, (), ())
    about = [r for r in case.facts.reports if _overlaps(r, first - DAY, last)]
    if not about:
        query = f"{what}: no adverse event explains {reason.strip()}; taken as related"
        return Judged(Truth.MET, (), (query,))
    judged = _attribution(case, about, drug, what)
    bare = [d for d in _days(first, last) if not any(_explains(r, d, case) for r in about)]
    if judged.truth is Truth.MET or not bare:
        return judged
    query = f"{what}: no adverse event explains {reason.strip()} on {bare[0]}; taken as related"
    return Judged(Truth.MET, judged.evidence, (*judged.queries, query))


def ended(case: Case, drug: str) -> Judged:
    """Return whether doses after the end of treatment are lost to toxicity: by its disposition."""
    name, source = ended_by(case)
    day = case.treatment_ended
    if day is None or not name:
        return Judged(Truth.NOT_MET, (), ())
    judged = because_of_toxicity(case, day, day, name, drug)
    own = (source,) if source is not None else ()
    return judged._replace(evidence=(*own, *judged.evidence))


def ended_by(case: Case) -> tuple[str, Source | None]:
    """Return the disposition that ended treatment; a toxicity first. ("", None): still going on."""
    day, treatment = case.treatment_ended, case.study.treatment
    if day is None:
        return "", None
    limits = case.study.dose_limiting
    known = {*limits.follow_up_ends, *limits.treatment_ends}
    names = sorted(
        (d for d in case.facts.dispositions if d.when and d.when.first_day == day),
        key=lambda d: (d.name.upper(), d.source),
    )
    names = [d for d in names if d.name.upper() in known]
    toxic = set(treatment.reasons.toxicity) if treatment is not None else set()
    for event in [*(d for d in names if d.name.upper() in toxic), *names]:
        return event.name.upper(), event.source
    return "DEATH", None


def _days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def _explains(report: Report, day: date, case: Case) -> bool:
    """Whether an event may still be why a dose was missed: until some days after it ended."""
    near = case.study.dose_limiting.reconcile_within.whole_days * DAY
    over = None if report.end is None else report.end.last_day + near
    return report.start.first_day - DAY <= day and (over is None or day <= over)


def _overlaps(report: Report, first: date, last: date) -> bool:
    end = report.end.last_day if report.end is not None else None
    return report.start.first_day <= last and (end is None or end >= first)


def _action(report: Report, drug: str) -> str:
    return (report.actions.get(drug) or report.action).strip().upper()


def _attribution(case: Case, about: list[Report], drug: str, what: str) -> Judged:
    """Follow the events that changed the dose; else those that may have; else all of the days."""
    changed = [r for r in about if _action(r, drug) in CHANGED]
    unsaid = [r for r in about if _action(r, drug) in NOT_SAID]
    told = changed or unsaid or about
    related = [r for r in told if not _is_unrelated(case, r)]
    evidence = tuple(sorted(r.source for r in (related or told)))
    queries = [f"{what}: which adverse event was the reason?"] if not changed else []
    queries += [
        f"{r.term} of {r.start}: causality not given, taken as related"
        for r in related
        if True not in r.related.values() and not _is_rejected(r)
    ]
    queries += [
        f"{r.term} of {r.start}: unrelated, but no other cause is documented; taken as related"
        for r in related
        if _is_rejected(r)
    ]
    if related:
        return Judged(Truth.MET, evidence, tuple(queries))
    # An event that left the dose as it was does not show why doses were missed.
    return Judged(
        Truth.NOT_MET if changed or unsaid else Truth.UNKNOWN, evidence, tuple(queries)
    )  # fmt: skip


def _is_rejected(report: Report) -> bool:
    """Whether it was said of every drug that it is not the cause."""
    return bool(report.related) and all(r is False for r in report.related.values())


def _is_unrelated(case: Case, report: Report) -> bool:
    documented = report.other_cause or not case.study.dose_limiting.unrelated_needs_cause
    return _is_rejected(report) and documented
