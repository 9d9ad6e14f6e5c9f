"""Who stands behind each number of a dose level: the same test counts them and lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from dashboards.decision_page.advised import Advised, unfiltered
from dashboards.i18n import mark
from dashboards.view import View
from safety.escalation.subjects import EVALUABLE, INDETERMINATE, PENDING, Subject

ENROLLED, WINDOW = "enrolled", "window"  # told by the table of verdicts, not by the design
WHO: Mapping[str, Callable[[Subject], bool]] = {
    "treated": lambda _: True,
    "evaluable": lambda s: s.stands in EVALUABLE,
    "pending": lambda s: s.stands is None and s.verdict == PENDING,
    "indeterminate": lambda s: s.stands is None and s.verdict == INDETERMINATE,
    "doubtful": lambda s: s.is_open and s.stands is not None,
    "excluded": lambda s: s.stands == "EXCLUDED",
    "dlt": lambda s: s.stands == "DLT",
    "grave": lambda s: s.stands == "DLT" or (s.late and s.stands == "NO_DLT"),
    "late": lambda s: s.late,
}
HEADERS = {
    ENROLLED: mark("Enrolled"), "treated": mark("Treated"), "evaluable": mark("Evaluable"),
    WINDOW: mark("In window"), "pending": mark("Pending"),
    "indeterminate": mark("Cannot be judged"), "doubtful": mark("In doubt"),
    "excluded": mark("To be replaced"), "dlt": mark("With DLT"),
    "grave": mark("With DLT or late toxicity"), "late": mark("With late toxicity"),
}  # fmt: skip


def behind(view: View, advised: Advised | None, who: str, dose: str) -> frozenset[str]:
    """Return the subjects of a level ("": of all) whom a number counts.

    who: a key of HEADERS; nobody for another one. advised: None of a study without levels.
    """
    if who in WHO and advised is not None:
        levels = advised.trial.levels
        test = WHO[who]
        found = advised.trial.subjects
        return frozenset(s.usubjid for s in found if dose in ("", levels[s.level]) and test(s))
    return frozenset(_of_verdicts(view, who, dose)["USUBJID"])


def _of_verdicts(view: View, who: str, dose: str) -> pd.DataFrame:
    rows = view.frame("verdict")
    here = rows[rows["DOSELVL"].fillna("").eq(dose)] if dose else rows
    if who == ENROLLED:
        return here
    if who == WINDOW:
        return here[here["CLOSES"].fillna("").gt(view.shot.as_of)]
    return here.head(0)


def href(view: View, who: str, dose: str = "") -> str:
    """Return the address of the list of those whom a number counts."""
    return unfiltered(view).address.to("/decision", who=who, dose=dose)
