"""The decision tables of the study's designs, with the rows at which its levels stand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.decision_page import advised
from dashboards.decision_page.advised import Advised
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.escalation.state import Count
from safety.escalation.subjects import counts
from safety.nextdose import tables

NAME = "decision-design"

STEPS = ("escalate_if_le", "deescalate_if_ge", "eliminate_if_ge")


@shown(NAME)
def design(view: View) -> Shown:
    """Return the tables of every design that the study names, side by side."""
    found = advised.of(view)
    content = _tables(found)
    names = [each["design"] for each in content["tables"]]
    rows = [_row(found, content["tables"], n) for n in range(1, content["most"] + 1)
            ] if found else []  # fmt: skip
    heads = (t("up if at most"), t("down if at least"), t("closed if at least"))
    columns = (
        Column("N", t("Evaluable"), "number"), Column("HERE", t("Stands here")),
        *(Column(f"{name} {step}", head, "number")
          for name in names for step, head in zip(STEPS, heads, strict=True)),
    )  # fmt: skip
    return Shown(
        t("Decision table of the design"),
        pd.DataFrame(rows, columns=[c.name for c in columns]), columns,
        t("Numbers of DLTs among so many evaluable subjects of one level, nobody treated "
          "elsewhere; between up and down it stays. A dash: no number does."),
        t("The study has no dose levels."),
        (("", 2), *((name, len(STEPS)) for name in names)),
    )  # fmt: skip


def _tables(found: Advised | None) -> dict[str, Any]:
    return tables.of_study(found.trial.study) if found else {"tables": [], "most": 0}


def _row(found: Advised, known: list[dict[str, Any]], n: int) -> dict[str, Any]:
    row: dict[str, Any] = {"N": n, "HERE": "; ".join(_here(found, n))}
    for each in known:
        steps = each["rows"][n - 1]
        row |= {f"{each['design']} {s}": "-" if steps[s] is None else steps[s] for s in STEPS}
    return row


def _here(found: Advised, n: int) -> list[str]:
    """Return the levels that have so many evaluable subjects."""
    trial = found.trial
    every: tuple[Count, ...] = counts(trial.subjects, len(trial.levels))
    return [
        t("{level}: {y} with DLT", level=name, y=count.y)
        + (f" ({t('current')})" if name == found.found.current else "")
        for name, count in zip(trial.levels, every, strict=True) if count.n == n
    ]  # fmt: skip
