"""Judge a condition of the rules on one subject: the interpreter of `study.conditions`."""

from __future__ import annotations

from typing import Any

from safety.assess.case import Case
from safety.assess.occurrence import Occurrence


def occurrences(condition: Any, case: Case, *, worsened_by: int = 0) -> tuple[Occurrence, ...]:
    """Return every occurrence of a condition that is met or cannot be judged, by onset.

    worsened_by: grades above the baseline's that a toxicity must reach to count.
    """
    raise NotImplementedError
