"""The whole assessment: from facts of subjects to verdicts with their arguments. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from safety.assess.case import Case, make_case
from safety.assess.clip import clip
from safety.assess.dlt import Outcome, judge
from safety.assess.evaluability import evaluability
from safety.assess.facts import Facts
from safety.assess.queries import flags, queries
from safety.assess.result import RuleResult, SubjectAssessment, Verdict
from safety.assess.surveillance import stopped, surveillance
from safety.assess.window import DltWindow, dlt_window
from safety.dosing.account import exposure
from safety.dosing.deviations import deviations
from safety.dosing.modification import triggers
from safety.study.model import Study

NOT_TREATED = Outcome((), (), (), ())


def assess(facts: Mapping[str, Facts], study: Study, as_of: date) -> list[SubjectAssessment]:
    """Return the assessment of every subject, by id, with what was known at the end of a day."""
    return [assess_subject(facts[u], study, as_of) for u in sorted(facts)]


def assess_subject(facts: Facts, study: Study, as_of: date) -> SubjectAssessment:
    """Return the assessment of one subject."""
    case = make_case(clip(facts, as_of), study, as_of)
    window = dlt_window(case)
    done = surveillance(case)
    outcome = judge(case, window, done) if window is not None else NOT_TREATED
    verdict = _verdict(case, window, outcome)
    found = evaluability(case, verdict, window, done)
    fired = triggers(case)
    told = [*found.flags, *flags(case, verdict, outcome, done, window)]
    return SubjectAssessment(
        usubjid=facts.usubjid,
        dose_level=facts.level if study.treatment else "",
        verdict=verdict,
        evaluable=found.evaluable,
        evaluability_reason=found.reason,
        late_dlt_equivalent=bool(_positive(outcome.late, "met")),
        dlt_onset_day=_onset([*outcome.results, *outcome.late]) if verdict == "DLT" else None,
        window_closes=window.closes if window else None,
        window_text=window.text if window else "not treated",
        rules=outcome.results,
        late=outcome.late,
        flags=tuple(dict.fromkeys(told)),
        queries=queries(case, outcome),
        surveillance=done,
        exposure=exposure(case),
        triggers=fired,
        deviations=deviations(case, fired),
    )


def _positive(results: Iterable[RuleResult], state: str) -> list[RuleResult]:
    return [r for r in results if r.kind == "dose_limiting" and r.state == state]


def _verdict(case: Case, window: DltWindow | None, outcome: Outcome) -> Verdict:
    """DLT if any rule is met; else what is still open is pending; what nobody can tell is not."""
    if window is None:
        return "NO_DLT" if case.follow_up_ended is not None else "PENDING"
    if _positive(outcome.results, "met"):
        return "DLT"
    if case.study.dose_limiting.count_late and _positive(outcome.late, "met"):
        return "DLT"
    undecided = _positive(outcome.results, "not_evaluable")
    end = stopped(case)
    if window.cut_short or (end is not None and end <= window.last_day):
        # it is not evaluable: only an event can still make it more than that
        undecided = [r for r in undecided if r.terms]
    if window.is_open or any(r.open for r in undecided):
        return "PENDING"
    return "INDETERMINATE" if undecided else "NO_DLT"


def _onset(results: Iterable[RuleResult]) -> int | None:
    """First exposure to failure: the earliest onset of the rules that are met."""
    return min(
        (r.onset_day for r in _positive(results, "met") if r.onset_day is not None), default=None
    )
