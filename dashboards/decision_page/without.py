"""A study without dose levels: escalation does not apply, verdicts are told all the same."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dashboards.components import table, verdicts
from dashboards.components.detail import facts
from dashboards.decision_page import advised, complete, limiting, made, waiting
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View

NAME = "decision-verdicts"
NAMES = (NAME, limiting.DLTS, limiting.LATE, made.NAME, waiting.ALERTS)


def parts(view: View) -> list[Any]:
    """Return the parts of the page of a study without dose levels."""
    said = dmc.Alert(
        t("Dose escalation does not apply: the study file has no dose levels or no design. What "
          "follows tells verdicts; nothing here advises a dose."),
        color="gray", variant="outline", id="recommendation",
    )  # fmt: skip
    lines = [html.Div(line) for line in (*complete.answer(view), waiting.line(view))]
    return [
        said, made.alarm(view),
        facts([(t("Are the data complete?"), lines)], t("Completeness")),
        *(table.part(name, view) for name in NAMES),
    ]  # fmt: skip


@shown(NAME)
def of_all(view: View) -> Shown:
    """Return how many treated subjects have which verdict."""
    rows = view.frame("verdict")
    treated = rows[rows["CLOSES"].notna()]
    told = [
        {"VERDICT": t(verdicts.WORDS[name]), "CODE": name,
         "N": int(treated["VERDICT"].eq(name).sum())}
        for name in verdicts.ORDER
    ]  # fmt: skip
    columns = (
        Column("VERDICT", t("Verdict")),
        Column("N", t("Treated subjects"), "count",
               href=lambda row: advised.rows(view, "verdict", verdict=row["CODE"])),
    )  # fmt: skip
    frame = pd.DataFrame(told, columns=["VERDICT", "CODE", "N"])
    note = t("{n} treated subjects of {m}; the others have no verdict.", n=len(treated),
             m=len(rows))  # fmt: skip
    return Shown(t("Verdicts"), frame, columns, note)
