"""The verdict that the rules propose, and the argument for it down to file and row."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dashboards.components import verdicts
from dashboards.components.parts import nothing, section
from dashboards.i18n import mark, t
from dashboards.subject_page import evidence
from dashboards.view import View

SILENT = (("not_met", mark("Not met")), ("not_evaluable", mark("Cannot be judged")))


def answer(view: View, usubjid: str) -> Any:
    """Return the verdict; who has none is told so."""
    found = view.frame("verdict", usubjid=usubjid)
    title = t("Verdict")
    if found.empty:
        return section(title, "", nothing(t("{subject} was not assessed in this snapshot.",
                                            subject=usubjid)))  # fmt: skip
    row = found.iloc[0]
    closes = verdicts.given(row["CLOSES"])
    window = t("Window: {window}", window=row["WINDOWTEXT"])
    evaluable = t(verdicts.EVALUABLE[row["EVALUABLE"]])
    return section(
        title,
        t("proposed by the rules; people decide, see Adjudication"),
        dmc.Group(
            [
                verdicts.verdict(row["VERDICT"]),
                *_marks(row),
                dmc.Text(f"{evaluable}: {row['REASON']}"),
            ]
        ),
        dmc.Text(f"{window}; {t('closes {day}', day=closes)}" if closes else window, size="sm"),
    )


def _marks(row: Any) -> list[Any]:
    onset = row["ONSETDY"]
    found = [] if pd.isna(onset) else [dmc.Text(t("onset day {day}", day=int(onset)))]
    late = [verdicts.badge(t("late DLT equivalent"), "#A33A08")] if row["LATE"] else []
    return [*found, *late]


def argument(view: View, usubjid: str) -> Any:
    """Return the rules that are met, or that an event leaves undecided; silent ones by name."""
    rules = view.frame("rule_result", usubjid=usubjid)
    if rules.empty:
        unasked = t("No rule was asked of this subject: there is nothing that it could have met.")
        return section(t("The argument"), "", nothing(unasked))
    is_spoken = rules["STATE"].eq("met") | (rules["TERMS"].ne("[]") & rules["STATE"].ne("not_met"))
    spoken, silent = rules[is_spoken], rules[~is_spoken]
    of = evidence.records(view, usubjid)
    rank = spoken["STATE"].map({"met": 0}).fillna(1)
    ordered = spoken.assign(RANK=rank).sort_values(["RANK", "RULE"]).to_dict("records")
    return section(
        t("The argument"),
        t("{n} met or left undecided by an event, of {m} rules", n=len(spoken), m=len(rules)),
        *([_card(row, of) for row in ordered] or [nothing(t("No event speaks for a rule."))]),
        *_silent(silent),
    )


def _card(row: dict[str, Any], of: evidence.Records) -> dmc.Paper:
    shot = of.view.shot
    missing, by = verdicts.items(row["MISSING"]), verdicts.given(row["SETTLESBY"])
    about = "; ".join(x for x in (", ".join(verdicts.items(row["TERMS"])), row["DURATION"]) if x)
    return dmc.Paper(
        [
            dmc.Group(
                [
                    dmc.Title(str(row["RULE"]), order=3, size="h5"),
                    verdicts.state(row["STATE"]),
                    dmc.Text(_text(row, shot.header.get("rules", {}).get(row["RULE"], ""))),
                ]
            ),
            dmc.Text(about, size="sm"),
            evidence.lines(row, of),
            dmc.Text(t("Missing: {what}", what="; ".join(missing)), size="sm", fw=600)
            if missing else None,
            dmc.Text(t("Settles by {day}", day=by), size="sm") if by >= shot.as_of else None,
        ],
        withBorder=True,
        p="sm",
    )  # fmt: skip


def _text(row: dict[str, Any], text: str) -> str:
    late = t("after the window") if row["LATE"] else ""
    exception = t("an exception: its event does not count") if row["KIND"] == "exception" else ""
    return "; ".join(each for each in (late, text, exception) if each)


def _silent(rules: pd.DataFrame) -> list[html.P]:
    """Return the other rules by name, and what those lack that cannot be judged."""
    found = []
    for state, words in SILENT:
        for late in ("", "Y"):
            rows = rules[rules["STATE"].eq(state) & rules["LATE"].ne("").eq(late != "")]
            when = f", {t('after the window')}" if late else ""
            if len(rows):
                found.append(html.P(f"{t(words)}{when} ({len(rows)}): {_named(rows)}"))
    return found


def _named(rows: pd.DataFrame) -> str:
    why = "; ".join(sorted({m for text in rows["MISSING"] for m in verdicts.items(text)}))
    names = ", ".join(rows["RULE"])
    return f"{names} - {why}" if why else names
