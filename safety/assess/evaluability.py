"""Does a subject count for the dose decision? Section 3.4 of the trial reference."""

from __future__ import annotations

from typing import NamedTuple

from safety.assess.case import Case
from safety.assess.facts import Course
from safety.assess.result import AssessmentDone, Verdict
from safety.assess.truth import Truth, all_of
from safety.assess.window import DltWindow
from safety.dosing.account import missed
from safety.dosing.share import Missed
from safety.study.dlt import Evaluability
from safety.study.language import COMPARE


class Evaluable(NamedTuple):
    """evaluable None: not decided yet, or for the committee to decide."""

    evaluable: bool | None
    reason: str
    flags: tuple[str, ...] = ()


def evaluability(
    case: Case, verdict: Verdict, window: DltWindow | None, done: tuple[AssessmentDone, ...]
) -> Evaluable:
    """Return whether the subject is evaluable for DLT, and why or why not."""
    rule = case.study.dose_limiting.evaluability
    if window is None:
        return Evaluable(False, "no dose was taken")
    if rule is None:
        return Evaluable(None, "the study file defines no evaluability")
    given = _preventive(rule, case, window)
    flags = tuple(
        f"{c.category or c.name} given preventively in the window: {c.source.text}" for c in given
    )
    decided = _by_course(verdict, window) or _by_protocol(rule, case, done, flags)
    return decided._replace(flags=flags)


def _by_course(verdict: Verdict, window: DltWindow) -> Evaluable | None:
    """Decide by what happened, before doses and assessments are looked at."""
    if verdict == "DLT":
        return Evaluable(True, "dose-limiting toxicity after at least one dose")
    if window.cut_short:
        return Evaluable(False, f"{window.text}: to be replaced")
    if verdict == "PENDING":
        return Evaluable(None, f"not decided: {window.text}")
    return None


def _by_protocol(
    rule: Evaluability, case: Case, done: tuple[AssessmentDone, ...], prevented: tuple[str, ...]
) -> Evaluable:
    truth, reasons = _requirements(rule, case, done)
    if truth is Truth.NOT_MET:
        return Evaluable(False, "; ".join(reasons) + ": to be replaced")
    if truth is Truth.UNKNOWN:
        return Evaluable(None, "; ".join(reasons))
    if prevented:
        return Evaluable(None, "evaluable only if the committee so decides: " + prevented[0])
    return Evaluable(True, "window completed, doses and required assessments sufficient")


def _requirements(
    rule: Evaluability, case: Case, done: tuple[AssessmentDone, ...]
) -> tuple[Truth, list[str]]:
    """Return whether dose and assessments suffice, and what does not."""
    found: list[tuple[Truth, str]] = []
    drugs = case.study.treatment.drugs if case.study.treatment else {}
    found += [_dose(rule, missed(case, drug, 1)) for drug in drugs]
    for a in done:
        if a.assessment in rule.assessments and a.status in {"missing", "late"}:
            found.append((Truth.NOT_MET, f"{a.assessment} of {a.window} is {a.status}"))
    truth = all_of(t for t, _ in found)
    return truth, [text for t, text in found if t is truth and truth is not Truth.MET]


def _dose(rule: Evaluability, account: Missed) -> tuple[Truth, str]:
    """Doses missed for related toxicity never make a subject non-evaluable (gap rule)."""
    low, high = (round(100 * x, 9) for x in (account.counted_share_low, account.counted_share_high))
    name = f"{account.drug}: {low:.0f} % of the planned dose taken or missed for toxicity"
    enough = COMPARE[rule.minimum_dose.sign]
    if enough(low, rule.minimum_dose.percent):
        return Truth.MET, ""
    if enough(high, rule.minimum_dose.percent):
        return Truth.UNKNOWN, f"{name}, up to {high:.0f} % if what is unclear was taken"
    return Truth.NOT_MET, f"{name}, {rule.minimum_dose} asked for"


def _preventive(rule: Evaluability, case: Case, window: DltWindow) -> list[Course]:
    return [
        c
        for p in rule.prophylaxis
        for c in case.facts.medications
        if p.is_meant(c.category, c.name)
        and p.is_preventive(c.indication)
        and c.start is not None
        and window.first_day <= c.start.last_day
        and c.start.first_day <= window.closes
    ]
