"""Words for dose modification: rules by drug, gates, attribution by default."""

from __future__ import annotations

from collections.abc import Iterator

from safety.study.modification import Gate, Modification, ModificationRule, Requirement, Resume
from safety.study.words import phrases
from safety.study.words.conditions import Speaker
from safety.study.words.dlt import in_force, when_lines

ACTIONS = {
    "continue": "go on",
    "reduce": "go on at a lower dose",
    "hold": "hold",
    "discontinue": "discontinue",
}
DOSES = {"same": "the same dose", "one_lower": "one step lower"}
OCCURRENCES = {
    "first": "the first time",
    "again": "when it comes again",
    "same_again": "when the same term comes again",
}


def rule_lines(rules: list[ModificationRule], drug: str, speaker: Speaker) -> Iterator[str]:
    """Yield the rules for one drug."""
    for rule in rules:
        if drug in rule.drugs:
            yield f"- **{rule.id}** {rule.text}{in_force(rule)}{'' if rule.active else _OFF}"
            yield from when_lines(rule.when, speaker)
            yield f"  {_only(rule, drug)}: {_do(rule)}."
            if rule.resume is not None:
                yield f"  Resume {_resume(rule.resume)}."
            if rule.advice:
                yield f"  Advice: {rule.advice}."
            yield f"  Source: {rule.citation} ({rule.confidence})."


_OFF = " (not in use)"


def _only(rule: ModificationRule, drug: str) -> str:
    parts = [f"If related to {drug}" if rule.related else "Whatever its cause"]
    if rule.worsened_by:
        parts.append(f"worse than at baseline by {rule.worsened_by}")
    if rule.phase is not None:
        parts.append(f"begun on {phrases.days(rule.phase)} of a cycle")
    if rule.occurrence is not None:
        parts.append(OCCURRENCES[rule.occurrence])
    return ", ".join(parts)


def _do(rule: ModificationRule) -> str:
    if rule.next_dose is None:
        return ACTIONS[rule.action]
    later = f"{DOSES[rule.next_dose]} from the next cycle on"
    return later if rule.action == "reduce" else f"{ACTIONS[rule.action]}; {later}"


def _resume(resume: Resume) -> str:
    targets = [f"at {phrases.grade(resume.grade)}"] if resume.grade is not None else []
    if resume.or_baseline:
        targets.append("at the baseline grade")
    if resume.values:
        targets.append(f"with {phrases.comparisons(resume.values)}")
    if resume.or_values:
        targets.append(f"with {phrases.comparisons(resume.or_values)}")
    parts = [phrases.listed(targets, "or")] if targets else []
    if resume.next_cycle:
        parts.append("not before the next cycle")
    parts.append(_at_dose(resume))
    if resume.text:
        parts.append(resume.text)
    late = ""
    if resume.within is not None:
        late = f"; {resume.otherwise} if not within {phrases.duration(resume.within)}"
    return ", ".join(parts) + late


def _at_dose(resume: Resume) -> str:
    dose = DOSES[resume.dose]
    if resume.same_if_recovered_within is None:
        return dose
    quick = phrases.duration(resume.same_if_recovered_within)
    return f"{dose} (the first time, recovered within {quick}: the same dose)"


def gate_lines(gate: Gate, speaker: Speaker) -> Iterator[str]:
    """Yield what must hold before a cycle or a course begins."""
    drugs = phrases.listed(gate.drugs)
    yield f"- **{gate.id}** {gate.text}: before a {gate.before} of {drugs} begins"
    for need in gate.requires:
        yield f"  - {need.text}: {_requirement(need, speaker)}"
    yield f"  {_samples(gate)}{_delays(gate)}"
    yield f"  If it stays shut: {gate.otherwise}."
    yield f"  Source: {gate.citation}."


def _requirement(need: Requirement, speaker: Speaker) -> str:
    text = phrases.comparisons(need.values)
    if need.no is not None:
        text = f"no {speaker.say(need.no).removeprefix('any ')}"
        text += ", unless so at baseline" if need.or_baseline else ""
    if need.or_values:
        where = f" with {speaker.say(need.where)}" if need.where is not None else ""
        text += f", or{where} {phrases.comparisons(need.or_values)}"
    return text + (f" (for {phrases.listed(need.drugs)})" if need.drugs else "")


def _samples(gate: Gate) -> str:
    if gate.samples is not None:
        return f"Samples of {phrases.days(gate.samples)} of the cycle."
    return f"Samples not older than {phrases.duration(gate.look_back)}."


def _delays(gate: Gate) -> str:
    again = f" Check again every {phrases.duration(gate.recheck)}." if gate.recheck else ""
    most = f" Longest delay {phrases.duration(gate.max_delay)}." if gate.max_delay else ""
    return again + most


def blame_lines(modification: Modification, speaker: Speaker) -> Iterator[str]:
    """Yield which drugs a toxicity is put down to where the data do not say."""
    for blame in modification.default_attribution:
        phase = f" on {phrases.days(blame.phase)} of a cycle" if blame.phase else ""
        drugs = phrases.listed(blame.drugs)
        yield f"- {speaker.called(blame.toxicity)}{phase}: {drugs}"
