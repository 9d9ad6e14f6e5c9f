"""Words for dose-limiting toxicity: window, rules, assessments, evaluability, pauses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safety.study.conditions import AllOf, AnyOf, RuleMet
from safety.study.dlt import (
    Assessment,
    Confirmation,
    DltRule,
    DoseLimiting,
    Evaluability,
    PauseRule,
    Scope,
    Window,
)
from safety.study.parts import Effective
from safety.study.words import phrases
from safety.study.words.conditions import Speaker

SHORT = 2  # so many alternatives stay in the sentence, more become a list


def window_lines(rules: DoseLimiting) -> Iterator[str]:
    """Yield the window and what is counted in it."""
    window = rules.window
    days = f"Days {window.first_day} to {window.last_day}"
    yield f"{days}; day 1 is that of the first dose.{_extended(window)}"
    if window.presets:
        others = phrases.listed([str(p) for p in window.presets if p != window.last_day])
        yield f"For comparison: windows of {others} days."
    late = "count" if rules.count_late else "are shown and do not count"
    yield f"Events that begin later {late}."
    cause = " and another cause is documented" if rules.unrelated_needs_cause else ""
    yield f"An event is unrelated only if it is unrelated to every drug{cause}."


def _extended(window: Window) -> str:
    if window.extends_to_day is None:
        return ""
    return f" While the next cycle is delayed for toxicity: to day {window.extends_to_day}."


def rule_lines(rules: DoseLimiting, speaker: Speaker) -> Iterator[str]:
    """Yield what is dose-limiting, rule by rule, then the exceptions."""
    yield f"Unless a rule says otherwise, an event counts {_counts(Scope())}."
    yield ""
    for rule in rules.rules:
        if rule.kind == "dose_limiting":
            yield from _rule(rule, speaker)
    exceptions = [r for r in rules.rules if r.kind == "exception"]
    if exceptions:
        yield ""
        yield "Not dose-limiting, although a rule above names it as an exception:"
        yield ""
        for rule in exceptions:
            yield from _rule(rule, speaker)
    for check in rules.confirmations:
        yield ""
        yield _confirmed(check)


def _rule(rule: DltRule, speaker: Speaker) -> Iterator[str]:
    yield f"- **{rule.id}** {rule.text}{in_force(rule)}"
    yield from when_lines(rule.when, speaker)
    if rule.unless:
        yield f"  Unless {phrases.listed(rule.unless, 'or')} applies."
    if rule.scope != Scope():
        yield f"  Counts {_counts(rule.scope)}."
    if rule.needs:
        yield f"  Silence counts only if {phrases.listed(rule.needs)} {_was(rule.needs)} done."
    yield f"  Source: {rule.citation}."


def when_lines(condition: Any, speaker: Speaker) -> Iterator[str]:
    """Yield a condition as a sentence, or as a list if it has alternatives that are not short."""
    if not isinstance(condition, AnyOf) or _is_short(condition):
        yield f"  {phrases.sentence_case(speaker.say(condition))}."
        return
    yield "  Any of:"
    for part in condition.any:
        yield f"  - {speaker.say(part)}"


def _is_short(condition: AnyOf) -> bool:
    if all(isinstance(c, RuleMet) for c in condition.any):
        return True
    return len(condition.any) <= SHORT and not any(
        isinstance(c, AllOf | AnyOf) for c in condition.any
    )


def _was(names: list[str]) -> str:
    return "was" if len(names) == 1 else "were"


def in_force(rule: Effective) -> str:
    """Return for which subjects a rule is in force, if not for all."""
    if rule.effective_from is None and rule.effective_until is None:
        return ""
    since = f" from {rule.effective_from}" if rule.effective_from else ""
    until = f" until {rule.effective_until}" if rule.effective_until else ""
    return f" (first dose{since}{until})"


def _counts(scope: Scope) -> str:
    """Return e.g. `if it began in the window and is related, whatever the baseline`."""
    steps = "1 grade" if scope.worsened_by == 1 else f"{scope.worsened_by} grades"
    needed = [
        *(["began in the window"] if scope.in_window else []),
        *(["is related to a drug or not attributed"] if scope.related else []),
        *([f"is {steps} worse than at baseline"] if scope.worsened_by else []),
    ]
    open_ = [
        *([] if scope.in_window else ["whenever it begins"]),
        *([] if scope.related else ["whatever its cause"]),
        *([] if scope.worsened_by else ["whatever the baseline"]),
    ]
    asked = f"if it {phrases.listed(needed)}" if needed else ""
    return ", ".join(part for part in (asked, phrases.listed(open_)) if part)


def _confirmed(check: Confirmation) -> str:
    return (
        f"{check.term}: {phrases.listed(phrases.tests([check.test]))} in "
        f"{phrases.unit(check.screening_unit)} is surely grade {check.from_grade} or worse only "
        f"once a result in {phrases.unit(check.confirming_unit)} within "
        f"{phrases.duration(check.within)} says so; that result replaces it. "
        f"Source: {check.citation}."
    )


def surveillance_lines(assessments: list[Assessment]) -> Iterator[str]:
    """Yield the required assessments."""
    for a in assessments:
        windows = phrases.windows(a.windows)
        times = "once" if a.at_least == 1 else f"on {a.at_least} different days"
        each = " in each of" if len(a.windows) > 1 else " in"
        late = f", or {phrases.duration(a.grace)} later" if a.grace.amount else ""
        what = phrases.listed(phrases.tests(a.tests))
        yield f"- **{a.id}** {a.text}: {what} {times}{each} {windows}{late}."


def evaluability_lines(rule: Evaluability) -> Iterator[str]:
    """Yield when a subject counts for the dose decision."""
    done = phrases.listed(rule.assessments)
    yield (
        "A subject counts who had a DLT, or who completed the window with "
        f"{phrases.share(rule.minimum_dose)} of the planned dose of each drug of cycle 1 and with "
        f"{done} done. Doses missed for related toxicity never make a subject not evaluable."
    )
    for drug in rule.prophylaxis:
        yield (
            f"{drug.category} given for {phrases.listed(drug.indications, 'or')} in the window: "
            "the committee decides."
        )
    yield f"Source: {rule.citation}."


def pause_lines(rules: list[PauseRule], speaker: Speaker) -> Iterator[str]:
    """Yield what stops enrolment at once."""
    for rule in rules:
        yield f"- **{rule.id}** {rule.text}: {_pause(rule, speaker)}. Source: {rule.citation}."


def _pause(rule: PauseRule, speaker: Speaker) -> str:
    if rule.rule is not None:
        return f"rule {rule.rule} is met by any subject"
    if rule.related_deaths is not None:
        return f"{rule.related_deaths} related death{'s' if rule.related_deaths > 1 else ''}"
    if rule.toxicity is not None:
        what = speaker.say(rule.toxicity)
        return f"{rule.same_soc_events} related events of one organ class, each {what}"
    if rule.dlts is not None:
        return f"{rule.dlts} DLTs in the first {rule.in_first} subjects of a level"
    boundary = ", ".join(f"{dlts} of {n}" for n, dlts in sorted(rule.boundary.items()))
    return f"at level {rule.eliminated_at}, DLTs in so many evaluable subjects: {boundary}"
