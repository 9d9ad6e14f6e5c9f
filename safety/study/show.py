"""A study file as a protocol would read, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from safety.study.conditions import TermSet
from safety.study.load import rule_set_hash
from safety.study.model import Study
from safety.study.modification import ACTIONS
from safety.study.words import (
    checks,
    dlt,
    escalation,
    modification,
    phrases,
    reporting,
    stopping,
    treatment,
)
from safety.study.words.conditions import Speaker

NOT_THERE = "The study file has none."


def show(study: Study) -> str:
    """Return the whole study in plain English, as Markdown."""
    lines = [f"# {study.studyid}: {study.title}", "", *_version(study)]
    for title, section in _sections(study):
        found = list(section)
        lines += ["", f"## {title}", "", *(found or [NOT_THERE])]
    return "\n".join(lines) + "\n"


def _sections(study: Study) -> Iterator[tuple[str, Iterable[str]]]:
    rules, ladder = study.dose_limiting, study.modification
    speaker = Speaker(study.terms)
    yield (
        "Treatment and dose levels",
        (treatment.treatment_lines(study.treatment) if study.treatment else []),
    )
    yield "DLT window", dlt.window_lines(rules)
    yield "Dose-limiting toxicity", dlt.rule_lines(rules, speaker)
    yield "Required assessments", dlt.surveillance_lines(rules.surveillance)
    yield "Evaluability", (dlt.evaluability_lines(rules.evaluability) if rules.evaluability else [])
    yield "Immediate pause of enrolment", dlt.pause_lines(rules.pause, speaker)
    yield (
        "The next dose",
        (escalation.escalation_lines(study.escalation) if study.escalation else []),
    )
    yield "Stopping for toxicity", stopping.stopping_lines(study.stopping, speaker)
    if ladder is None:
        yield "Dose modification", []
    else:
        yield "Dose modification", [_conservative()]
        for drug in study.treatment.drugs if study.treatment else []:
            yield f"Dose modification: {drug}", modification.rule_lines(ladder.rules, drug, speaker)
        gates = (line for gate in ladder.gates for line in modification.gate_lines(gate, speaker))
        yield "Gates", gates
        yield "Attribution by default", modification.blame_lines(ladder, speaker)
    yield "Groups of CTCAE terms", (_group(n, t) for n, t in study.terms.items())
    yield (
        "Reports about serious adverse events",
        (reporting.report_lines(study) if study.reporting else []),
    )
    yield "Checks on the data, where they differ", checks.check_lines(study.checks)


def _version(study: Study) -> Iterator[str]:
    version = study.protocol
    approved = "no version"
    if version is not None:
        state = f"approved by {version.approved_by}" if version.approved_by else "a DRAFT"
        approved = f"version {version.version} of {version.effective_from}, {state}"
    yield f"Phase {study.phase}. CTCAE v{study.ctcae}. Rule set {rule_set_hash(study)}, {approved}."


def _conservative() -> str:
    order = ", ".join(modification.ACTIONS[a] for a in reversed(ACTIONS))
    return f"Of the rules that fire for a drug the most conservative wins: {order}."


def _group(name: str, group: TermSet) -> str:
    organs = [f"all of {soc}" for soc in group.socs]
    called = f" ({group.text})" if group.text else ""
    return f"- **{phrases.name(name)}**{called}: {', '.join([*group.terms, *organs])}"
