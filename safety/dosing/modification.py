"""Dose modification: every rule and gate that fired for a subject, and which of them wins.

Every rule is evaluated; per drug the most conservative action in force wins (discontinue, hold,
reduce, continue) and all that fired are shown. The investigator decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from safety.assess.case import Case
from safety.assess.moments import DAY
from safety.assess.result import Trigger
from safety.assess.truth import Truth
from safety.dosing.firing import Firing, firings
from safety.dosing.gates import gate_triggers
from safety.dosing.ladder import SAME, STOP, one_lower
from safety.dosing.replay import Replay
from safety.dosing.resume import in_words, resumable_on
from safety.study.modification import ACTIONS, Modification, Resume
from safety.study.treatment import Treatment


def triggers(case: Case) -> tuple[Trigger, ...]:
    """Return what fired by day, drug and rule; nothing before the first dose or after treatment.

    What may have fired (`not_evaluable`) is shown and never wins.
    """
    rules, treatment = case.study.modification, case.study.treatment
    if rules is None or treatment is None or case.first_dose is None:
        return ()
    found = [*_of_rules(case, rules, treatment), *gate_triggers(case)]
    over = case.treatment_ended
    kept = [t for t in found if t.on <= case.as_of and (over is None or t.on <= over)]
    kept.sort(key=lambda t: (t.on, t.drug, t.rule, t.action))
    return tuple(replace(t, wins=_wins(t, kept)) for t in kept)


def _of_rules(case: Case, rules: Modification, treatment: Treatment) -> Iterator[Trigger]:
    replay = Replay(case)
    for rule in rules.rules:
        if rule.active and rule.applies_to(case.first_dose):
            for firing in firings(rule, case, replay):
                yield from _of_firing(firing, case, treatment)


def _of_firing(firing: Firing, case: Case, treatment: Treatment) -> Iterator[Trigger]:
    """Yield the trigger, and the one that follows where recovery took too long."""
    rule, resume = firing.rule, firing.rule.resume
    until = resumable_on(resume, firing.terms, firing.first.onset, firing.on, case)
    if rule.action != "hold" or firing.truth is not Truth.MET:
        until = None
    action, dose = _dose(firing, until, case, treatment)
    trigger = Trigger(
        rule=rule.id,
        drug=firing.drug,
        action=action,
        on=firing.on,
        resume=in_words(resume) if action == "hold" else "",
        next_dose=dose,
        until=until if action == "hold" else None,
        wins=False,
        state="met" if firing.truth is Truth.MET else "not_evaluable",
        evidence=firing.evidence,
        missing=firing.missing,
        advice=rule.advice,
        text=rule.text if action == rule.action else f"{rule.text}; no lower dose is left",
    )
    yield trigger
    if action != "hold" or resume is None or firing.truth is not Truth.MET:
        return
    deadline = _deadline(resume, firing.on)
    if deadline is not None and deadline < case.as_of and (until is None or until > deadline):
        yield replace(
            trigger,
            action="discontinue",
            on=deadline + DAY,
            resume="",
            next_dose=STOP,
            until=None,
            text=f"{rule.text}: not recovered within {resume.within} of {firing.on}",
        )


def _deadline(resume: Resume, on: date) -> date | None:
    if resume.within is None or resume.otherwise != "discontinue":
        return None
    return on + timedelta(days=resume.within.whole_days)


def _dose(firing: Firing, until: date | None, case: Case, treatment: Treatment) -> tuple[str, str]:
    """Return action and next dose; where no lower dose is left the drug is discontinued."""
    rule, resume = firing.rule, firing.rule.resume
    if rule.action == "discontinue":
        return rule.action, STOP
    wanted = [rule.next_dose or ("one_lower" if rule.action == "reduce" else "same")]
    wanted += [resume.dose] if resume is not None else []
    if "one_lower" not in wanted:
        return rule.action, SAME
    lower = one_lower(case, treatment, firing.drug, firing.on)
    quick = resume.same_if_recovered_within if resume is not None else None
    if quick is not None and not firing.earlier and rule.next_dose is None:
        limit = firing.on + timedelta(days=quick.whole_days)
        if until is not None and until < limit:
            return rule.action, SAME
        if until is None and case.as_of < limit:
            return rule.action, f"{SAME} if recovered within less than {quick}, else {lower}"
    return ("discontinue" if lower == STOP else rule.action), lower


def _wins(trigger: Trigger, others: Iterable[Trigger]) -> bool:
    """Return whether nothing more conservative was in force for the drug on the trigger's day."""
    return trigger.state == "met" and not any(
        o.drug == trigger.drug
        and _rank(o) > _rank(trigger)
        and in_force(o, trigger.on)
        for o in others
    )  # fmt: skip


def _rank(trigger: Trigger) -> int:
    return ACTIONS.index(trigger.action)


def in_force(trigger: Trigger, day: date) -> bool:
    """Return whether what a trigger asks for was to be heeded on a day; what is in doubt is not."""
    begun = trigger.state == "met" and trigger.on <= day
    return begun and (trigger.until is None or day < trigger.until)
