"""Which reports a study owes, in words."""

from __future__ import annotations

from collections.abc import Iterator

from safety.reporting.kinds import Clocks, Kind, clocks
from safety.study.model import Study
from safety.study.reporting import Reporting

UP_TO = {"serious": "", "life_threatening": " up to life-threatening", "fatal": " up to fatal"}


def report_lines(study: Study) -> Iterator[str]:
    """Yield a line for every kind of report, for what is expected, and for what is left out."""
    said, rules = study.reporting or Reporting(), clocks(study)
    state = f"Confirmed by {said.confirmed_by}" if said.confirmed_by else "NOT CONFIRMED"
    yield f"{state}. Day 0 is the day of awareness in {rules.zone.key}; every day counts."
    for kind in rules.kinds.values():
        yield f"- **{kind.name}** {kind.text}: {_clock(kind, rules)}, to {kind.recipient}."
        if kind.terms:
            yield f"  Terms: {', '.join(kind.terms)}."
        yield f"  Source: {kind.basis}."
    for version in said.expectedness:
        terms = ", ".join(f"{t.term}{UP_TO[t.up_to]}" for t in version.terms) or "nothing"
        yield f"- Expected by version {version.version}, from {version.effective_from}: {terms}."
    if not said.expectedness:
        yield "- Nothing is expected."
    left_out = ", ".join(said.progression_terms) or "none"
    yield f"- Left out if no drug is suspected, as progression: {left_out}."


def _clock(kind: Kind, rules: Clocks) -> str:
    days = rules.days(kind)
    if days is None:
        return f"within {kind.hours} hours of awareness"
    beyond = f" ({kind.days} after {kind.after})" if kind.after else ""
    return f"by the end of day {days}{beyond}"
