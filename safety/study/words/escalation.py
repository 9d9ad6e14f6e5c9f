"""Words for how the next dose is found."""

from __future__ import annotations

from collections.abc import Iterator

from safety.study.escalation import Escalation
from safety.study.words import phrases


def escalation_lines(design: Escalation) -> Iterator[str]:
    """Yield the design, its cohorts and the end of the trial of doses as sentences."""
    yield (
        f"{design.design} with a target of {design.target:g}, in cohorts of {design.cohort}. "
        f"({design.citation})"
    )
    if design.alongside:
        yield f"Computed alongside, and shown where it disagrees: {', '.join(design.alongside)}."
    if design.enough is not None:
        yield (
            f"The trial of doses ends with {design.enough} evaluable subjects at a level at which "
            "the design would stay."
        )
    yield f"It ends with {design.most} evaluable subjects in all."
    if design.stagger.amount:
        yield (
            "The second subject of a new level is treated no earlier than "
            f"{phrases.duration(design.stagger)} after the first."
        )
    yield f"A phase II dose needs {design.rp2d_least} evaluable subjects."
