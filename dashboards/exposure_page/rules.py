"""Expected against actual, and the dose modification rules that are in force."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards import raw
from dashboards.components import table, verdicts
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View

KINDS = {
    "missed_hold": mark("taken although on hold"),
    "dose_inside_hold": mark("taken again before the hold ended"),
    "missed_reduction": mark("not reduced as asked"),
    "dose_above_level": mark("above the dose of the level"),
    "gate_failed": mark("begun although a gate did not hold"),
    "missed_discontinuation": mark("taken although to be discontinued"),
    "max_delay_exceeded": mark("interrupted for longer than allowed"),
    "wrong_day": mark("on a day that is not planned"),
}
ACTIONS = {"hold": mark("hold"), "reduce": mark("reduce"), "discontinue": mark("discontinue"),
           "continue": mark("continue")}  # fmt: skip
MOST = 3  # files and rows, or missing things, that are named of one rule


def against(view: View) -> list[Any]:
    """Return what went against rules and plan."""
    return [table.part("exposure-kinds", view), table.part("exposure-deviations", view)]


def asking(view: View) -> list[Any]:
    """Return the rules that ask for something now, and those that cannot be judged."""
    return [table.part("exposure-triggers", view), table.part("exposure-doubtful", view)]


def word(words: dict[str, str], value: str) -> str:
    """Return a code in words; one without words as it is."""
    return t(words[value]) if value in words else value.replace("_", " ")


@shown("exposure-kinds")
def kinds(view: View) -> Shown:
    """Return how many deviations there are, by kind and drug."""
    rows = view.population().of(view.frame("deviation"))
    found = rows.groupby(["KIND", "DRUG"], as_index=False).agg(
        N=("KEY", "size"), SUBJECTS=("USUBJID", "nunique")
    )
    listed = found.assign(SAID=[word(KINDS, k) for k in found["KIND"]])

    def href(row: dict[str, Any]) -> str:
        return raw.href(view, "deviation", kind=row["KIND"], drug=row["DRUG"])

    columns = (
        Column("SAID", t("What was done")), Column("DRUG", t("Drug")),
        Column("N", t("Deviations"), "count", href=href),
        Column("SUBJECTS", t("Subjects"), "count", href=href),
    )  # fmt: skip
    ordered = listed.sort_values(["N", "KIND", "DRUG"], ascending=[False, True, True])
    said = t("{n} in {k} of {m} subjects.", n=len(rows), k=rows["USUBJID"].nunique(),
             m=len(view.population()))  # fmt: skip
    return Shown(t("Deviations from rules and plan"), ordered, columns, said, _none(view))


def _none(view: View) -> str:
    if view.study is None or view.study.treatment is None:
        return t("The study file has no planned doses: nothing can be compared.")
    return t("No deviation in {n} subjects.", n=len(view.population()))


@shown("exposure-deviations")
def deviations(view: View) -> Shown:
    """Return each deviation: what was expected, what was done, and where it stands."""
    rows = view.population().of(view.frame("deviation"))
    ordered = rows.sort_values(["USUBJID", "ONDT", "DRUG", "KIND", "RULE"])
    listed = ordered.assign(
        SAID=[word(KINDS, k) for k in ordered["KIND"]],
        PLACE=[places(p) for p in ordered["PLACES"]],
    )  # fmt: skip
    columns = (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("ONDT", t("On")), Column("DRUG", t("Drug")),
        Column("SAID", t("What was done")), Column("RULE", t("Rule")),
        Column("EXPECTED", t("Expected"), wide=True),
        Column("ACTUAL", t("Actual"), wide=True, href=_doses(view)),
        Column("PLACE", t("Files and rows"), wide=True),
    )  # fmt: skip
    return Shown(t("Expected against actual"), listed, columns,
                 t("Doses on the day a rule fired are none: nobody may have known."),
                 _none(view))  # fmt: skip


def _doses(view: View) -> Any:
    return lambda row: raw.href(view, "dose", subject=view.handle(row["USUBJID"]))


def places(stored: Any) -> str:
    """Return the first few files and rows of a stored list, and how many more there are."""
    return few([f"{p['file']} {p['row']}" for p in verdicts.items(stored) if p.get("file")])


def few(texts: list[str]) -> str:
    """Return the first few texts, and how many more there are."""
    unique = list(dict.fromkeys(texts))
    more = t("and {n} more", n=len(unique) - MOST) if len(unique) > MOST else ""
    return "; ".join([*unique[:MOST], *([more] if more else [])])


def in_force(rows: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Return the triggers that fired, give way to no other, and have not been seen to end."""
    until = rows["UNTILDT"].astype("str").fillna("")
    goes_on = until.eq("") | until.gt(as_of)
    asks = rows["ACTION"].ne("continue")
    return rows[rows["STATE"].eq("met") & rows["WINS"].eq("Y") & goes_on & asks]


@shown("exposure-triggers")
def triggers(view: View) -> Shown:
    """Return the rules and gates that are in force."""
    rows = view.population().of(view.frame("trigger"))
    found = in_force(rows, view.shot.as_of)
    n = int(rows["STATE"].eq("not_evaluable").sum())
    said = t("{n} hold, reduce or discontinue a drug and were not seen to end by {day}. {k} more "
             "cannot be judged.", n=len(found), day=view.shot.as_of, k=n)  # fmt: skip
    return Shown(t("Dose modification rules in force"), _listed(found), _columns(view), said,
                 _no_rules(view))  # fmt: skip


@shown("exposure-doubtful")
def doubtful(view: View) -> Shown:
    """Return the rules and gates of which something is missing."""
    rows = view.population().of(view.frame("trigger"))
    found = rows[rows["STATE"].eq("not_evaluable")]
    told = _columns(view)
    columns = (*told[:6], Column("LACKS", t("Missing"), wide=True), told[-1])
    return Shown(t("Rules that cannot be judged"), _listed(found), columns,
                 t("They may have fired: what is missing decides."),
                 t("Every rule could be judged.") if len(rows) else _no_rules(view))  # fmt: skip


def _no_rules(view: View) -> str:
    if view.study is None or view.study.modification is None:
        return t("The study file has no rules of dose modification.")
    return t("No rule is in force in {n} subjects.", n=len(view.population()))


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    ordered = rows.sort_values(["USUBJID", "ONDT", "DRUG", "RULE"])
    return ordered.assign(
        SAID=[word(ACTIONS, a) for a in ordered["ACTION"]],
        LACKS=[few([str(x) for x in verdicts.items(m)]) for m in ordered["MISSING"]],
        PLACE=[places(p) for p in ordered["PLACES"]],
    )


def _columns(view: View) -> tuple[Column, ...]:
    def fired(row: dict[str, Any]) -> str:
        return raw.href(view, "trigger", rule=row["RULE"], subject=view.handle(row["USUBJID"]))

    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("DRUG", t("Drug")), Column("SAID", t("Asks for")),
        Column("ONDT", t("Since")), Column("RULE", t("Rule"), href=fired),
        Column("RULETEXT", t("What"), wide=True), Column("RESUME", t("To resume"), wide=True),
        Column("NEXTDOSE", t("Next dose")), Column("PLACE", t("Files and rows"), wide=True),
    )  # fmt: skip
