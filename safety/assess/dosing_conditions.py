"""Conditions on dosing: a cycle delayed, or dose missed, for treatment-related toxicity."""

from __future__ import annotations

from datetime import timedelta

from safety.assess.attribution import drugs_of
from safety.assess.case import Case
from safety.assess.moments import Span, on
from safety.assess.occurrence import Occurrence
from safety.assess.runs import check
from safety.assess.truth import Truth, all_of
from safety.dosing.account import missed
from safety.dosing.delay import delay
from safety.dosing.share import Missed
from safety.study.conditions import CycleDelay, DoseMissed, judged_by


def cycle_delay(condition: CycleDelay, case: Case) -> tuple[Occurrence, ...]:
    """Return a delay that is, or may become, as long as asked, declared on the day it is."""
    found = delay(case, condition.cycle)
    if found is None:
        return ()
    test = condition.cycle_delay
    days = Span(found.days, None if found.open else found.days)
    length = check(test, days)
    truth = all_of([length, found.toxicity])
    if truth is Truth.NOT_MET or (found.open and not found.days):
        return ()
    declared = found.planned + timedelta(days=test.limit.amount + (test.sign == ">"))
    name = f"Cycle {condition.cycle} delayed"
    occurrence = Occurrence(
        truth=truth,
        onset=on(declared),
        known_until=on(declared),
        end=None,
        terms=(name,),
        related=dict.fromkeys(drugs_of(case.study), Truth.MET),
        evidence=found.evidence,
        duration=f"{found.days} days late" + (" so far" if found.open else ""),
    )
    unread = [k for k in judged_by(condition) if not case.looked_at(k)]
    if unread:
        kinds = " and ".join(unread)
        return (occurrence.doubted(f"{kinds} records were not delivered: when it began, and why"),)
    if truth is Truth.MET:
        return (occurrence,)
    ask = f"first dose of cycle {condition.cycle} by {(declared - timedelta(days=1)).isoformat()}"
    missing = found.missing or (ask,)
    is_open = found.open and length is Truth.UNKNOWN
    return (occurrence.doubted(*missing, settles_by=declared, is_open=is_open),)


def dose_missed(condition: DoseMissed, case: Case) -> tuple[Occurrence, ...]:
    """Return each drug of which as much was, or may have been, lost to toxicity."""
    treatment = case.study.treatment
    drugs = condition.drugs or list(treatment.drugs if treatment else {})
    if condition.cycle not in case.cycles:
        return ()
    accounts = [missed(case, drug, condition.cycle) for drug in drugs]
    found = [_of_drug(account, condition, case) for account in accounts]
    return tuple(o for o in found if o is not None)


def _of_drug(account: Missed, condition: DoseMissed, case: Case) -> Occurrence | None:
    share = condition.dose_missed
    truth = account.loses(share)
    low, high = (100 * share_ for share_ in account.missed_for_toxicity)
    # doses still to come may be lost too, but nothing has happened until the share may be reached
    surely_not_yet = truth is Truth.UNKNOWN and not account.may_have_lost(share)
    if truth is Truth.NOT_MET or surely_not_yet:
        return None
    day = account.reached(share.percent, share.sign) or account.last_due or case.as_of
    occurrence = Occurrence(
        truth=truth,
        onset=on(day),
        known_until=on(day),
        end=None,
        terms=(f"{account.drug} missed",),
        related=dict.fromkeys(drugs_of(case.study), Truth.MET),
        evidence=account.evidence,
        queries=account.queries,
        duration=_share_in_words(account.drug, low, high),
    )
    if truth is Truth.MET:
        return occurrence
    due = account.last_due
    pending = due is not None and case.as_of < due and case.treatment_ended is None
    waiting = f"doses of {account.drug}, due until {due}" if pending else ""
    untold = f"doses of {account.drug} without a record or a reason"
    missing = account.missing or (waiting or untold,)
    return occurrence.doubted(*missing, settles_by=due, is_open=pending)


def _share_in_words(drug: str, low: float, high: float) -> str:
    share = f"{low:.1f} %" if low == high else f"{low:.1f} to {high:.1f} %"
    return f"{share} of the planned dose of {drug} missed for toxicity"
