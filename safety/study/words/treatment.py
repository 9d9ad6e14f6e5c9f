"""Words for drugs, schedules and dose levels."""

from __future__ import annotations

from collections.abc import Iterator

from safety.study.treatment import DoseRule, Drug, Treatment
from safety.study.words import phrases

FREQUENCIES = {"QD": "once a day", "BID": "twice a day", "TID": "three times a day"}


def treatment_lines(treatment: Treatment) -> Iterator[str]:
    """Yield the treatment as lines of Markdown: cycle, drugs, levels from low to high."""
    yield f"A cycle lasts {phrases.duration(treatment.cycle_length)}. ({treatment.citation})"
    yield ""
    for name, drug in treatment.drugs.items():
        yield f"- **{name}**: {_drug(drug)}"
    yield ""
    yield from _levels(treatment)
    yield ""
    yield f"Treatment starts at level {treatment.start_level}."
    toxicity = phrases.listed(treatment.reasons.toxicity, "or")
    yield f"A dose counts as missed for toxicity if its reason is {toxicity}."
    wait = phrases.duration(treatment.diary_within)
    yield f"One without a record may only be told late: for {wait} it is not taken as missed."


def _drug(drug: Drug) -> str:
    ladder = ", then ".join(f"{step:g}" for step in drug.steps)
    times = "reduction" if drug.max_reductions == 1 else "reductions"
    parts = [
        f"{FREQUENCIES[drug.schedule.frequency]} on {phrases.days(drug.schedule.days)}",
        f"ladder {ladder} mg, then discontinue",
        f"at most {drug.max_reductions} {times}",
        "may go up again" if drug.re_escalation else "never up again",
    ]
    if drug.schedule.latest_start is not None:
        parts.insert(1, f"begins on day {drug.schedule.latest_start} at the latest")
    if drug.max_interruption is not None:
        parts.append(f"interrupted for {phrases.duration(drug.max_interruption)} at most")
    parts += [
        f"lowest {nadir.of} on day {nadir.day} of a course ({nadir.earliest}-{nadir.latest})"
        for nadir in drug.nadirs
    ]
    return f"{'; '.join(parts)}. ({drug.citation})"


def _levels(treatment: Treatment) -> Iterator[str]:
    drugs = list(treatment.drugs)
    yield f"| Level | {' | '.join(drugs)} | Note |"
    yield f"|{' --- |' * (len(drugs) + 2)}"
    for level in treatment.levels:
        doses = " | ".join(dose(level.doses[drug]) for drug in drugs)
        yield f"| {level.id} | {doses} | {level.note} |"


def dose(rule: DoseRule) -> str:
    """Return e.g. `250 mg` or `40 mg below 1.25 m2, else 60 mg`, with the renal steps."""
    steps = [
        f"clearance below {step.below:g} mL/min: "
        + ("not given" if step.not_given else f"{step.lower_by} lower")
        for step in rule.renal
    ]
    return "; ".join([_amount(rule), *steps])


def _amount(rule: DoseRule) -> str:
    if rule.fixed is not None:
        return f"{rule.fixed:g} mg"
    if rule.per_m2 is not None:
        rounded = f", rounded to {rule.round_to:g} mg" if rule.round_to else ""
        most = f", at most {rule.at_most:g} mg" if rule.at_most else ""
        return f"{rule.per_m2:g} mg/m2{rounded}{most}"
    bands = [f"{b.mg:g} mg below {b.below:g} m2" for b in rule.bsa_bands if b.below is not None]
    return ", ".join([*bands, f"else {rule.bsa_bands[-1].mg:g} mg"])
