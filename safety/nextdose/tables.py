"""The decision tables of a study: printed before its first subject, and kept beside its file."""

from __future__ import annotations

import json
from typing import Any

from safety.errors import WrongUseError
from safety.escalation.table import table
from safety.nextdose.recommend import plan
from safety.study.model import Study


def of_study(study: Study) -> dict[str, Any]:
    """Return the table of every design that a study names, its own first, up to its cap.

    Raises WrongUseError for a study without levels or without a design.
    """
    if study.treatment is None or study.escalation is None:
        raise WrongUseError(
            f"{study.studyid} has no dose escalation: its study file needs `treatment` and "
            "`escalation`."
        )
    said, levels = study.escalation, [level.id for level in study.treatment.levels]
    names = [said.design, *said.alongside]
    return {
        "study": study.studyid,
        "cohort": said.cohort,
        "enough": said.enough,
        "most": said.most,
        "citation": said.citation,
        "tables": [table(plan(said, levels, name).design, said.most) for name in names],
    }


def text(content: dict[str, Any]) -> str:
    """Return tables as the text that is kept: a row a line, so that a change of one can be read."""
    rows = json.dumps(content, indent=1, ensure_ascii=False)
    return f"{rows}\n"
