"""The events of those whom a number counts, each with the file and row it came from.

who: `term` (of a class and term, or of a term in any letter case), `kind` (a row of the overview).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from dashboards import raw
from dashboards.events_page import asked
from dashboards.events_page.asked import ALL
from dashboards.events_page.drugs import qualifiers
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.events import ANY
from safety.displays.overview import SEVERE, overview
from safety.displays.reported import reported, worst
from safety.errors import WrongUseError

NAME = "events-behind"
YES = {"Y": "yes", "N": "no"}
COLUMNS = ["USUBJID", "LEVEL", "TERM", "AETERM", "LABEL", "SERIOUS", "RELATED", "STDTC", "ASTDY",
           "ENDTC", "AEACN", "AEOUT", "SRCFILE", "SRCROW", "KEY"]  # fmt: skip


def rows(view: View) -> pd.DataFrame:
    """Return the events of the scope of those whom the number in the address counts."""
    choose = WHO.get(view.address.get("who"))
    if choose is None:
        raise WrongUseError("this address names no number: open it from the page of events.")
    found = reported(asked.frames(view), view.population(), view.address.scope).rows
    level = view.address.get("of") or ALL
    here = found[found["LEVEL"].eq(level)] if level != ALL else found
    return choose(view, here)


def _of_term(view: View, here: pd.DataFrame) -> pd.DataFrame:
    get = view.address.get
    name, soc, label = get("term"), get("soc"), get("label")
    named = here["TERM"].str.casefold().eq(name.casefold()) | (name in {"", ANY})
    # the row of a class names its term exactly; elsewhere a term is one in any letter case
    exact = here["SOC"].eq(soc) & (here["TERM"].eq(name) | (name in {"", ANY}))
    own = here[exact if soc else named]
    if get("subject"):
        own = own[own["USUBJID"].eq(_whose(view))]
    tops = worst(own, ["USUBJID"])
    kept = tops[tops["LABEL"].eq(label)] if label else tops
    flags = {"related": kept["RELATED"], "serious": kept["SERIOUS"].eq("Y")}
    counted = kept[flags[get("only")]] if get("only") in flags else kept
    return own[own["USUBJID"].isin(counted["USUBJID"])]


def _whose(view: View) -> str:
    found = view.chosen()
    if found is None:
        raise WrongUseError("the subject of this address is none of this study.")
    return found


def _of_kind(view: View, here: pd.DataFrame) -> pd.DataFrame:
    """Return the events of those who are counted: in the overview each is a level of their own."""
    chosen = view.population()
    own = chosen.table[chosen.table["USUBJID"].isin(here["USUBJID"])]
    alone = replace(chosen, table=own.assign(LEVEL=own["USUBJID"]),
                    levels=tuple(own["USUBJID"]))  # fmt: skip
    found = overview(asked.frames(view), alone, view.address.scope, qualifiers(view)).rows
    of_kind = found[found["KIND"].eq(view.address.get("kind"))]
    column = "MAYBE" if view.address.get("maybe") else "SUBJECTS"
    theirs = here[here["USUBJID"].isin(of_kind.loc[of_kind[column].gt(0), "LEVEL"])]
    return theirs[_is_of_kind(view, theirs)]


def _is_of_kind(view: View, theirs: pd.DataFrame) -> pd.Series:
    """Return which events make somebody count; all where one event does not tell it."""
    words = set(view.address.get("kind").split(", "))
    found = pd.Series(data=True, index=theirs.index)
    if "related" in words:
        found &= theirs["RELATED"]
    if "grade 3 or more" in words:
        found &= theirs["MAXGR"].ge(SEVERE)
    if "serious" in words:
        found &= theirs["SERIOUS"].eq("" if view.address.get("maybe") else "Y")
    return found


WHO: Mapping[str, Callable[[View, pd.DataFrame], pd.DataFrame]] = {
    "term": _of_term, "kind": _of_kind,
}  # fmt: skip


@shown(NAME)
def behind(view: View) -> Shown:
    """Return the events behind a number, worst first."""
    found = rows(view)
    order = found.sort_values(["USUBJID", "MAXGR", "MINGR", "STDTMIN", "KEY"],
                              ascending=[True, False, False, True, True])  # fmt: skip
    table = order.reset_index(drop=True).reindex(columns=COLUMNS)
    said = table.assign(
        SERIOUS=[t(YES.get(x, "not told")) for x in table["SERIOUS"]],
        RELATED=[t("yes") if x else t("no") for x in table["RELATED"]],
        LABEL=[t(x) if x == "missing" else x for x in table["LABEL"]],
    )
    note = t("{n} subjects, {m} events under the filters.", n=f"{table['USUBJID'].nunique():,}",
             m=f"{len(table):,}")  # fmt: skip
    every = t("Of whom an action or an outcome counts, every event is listed.")
    is_every = view.address.get("kind").startswith(("leading", "fatal"))
    return Shown(_title(view), said, _columns(view),
                 f"{note} {every}" if is_every else note, t("No events."))  # fmt: skip


def _title(view: View) -> str:
    get = view.address.get
    level = get("of") if get("of") not in {"", ALL} else t("every level")
    if get("who") == "kind":
        what = get("kind")
        told = t("cannot be judged: {what}", what=what) if get("maybe") else what
        return t("Subjects with events: {what}; {level}", what=told, level=level)
    name = get("term") if get("term") not in {"", ANY} else get("soc")
    more = [t("worst grade {label}", label=get("label"))] if get("label") else []
    more += [t("{only} only", only=get("only"))] if get("only") else []
    return "; ".join([name or t("Every event"), *more, level])


def _columns(view: View) -> tuple[Column, ...]:
    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("TERM", t("Term")),
        Column("AETERM", t("As reported")), Column("LABEL", t("Grade"), "grade"),
        Column("SERIOUS", t("Serious")), Column("RELATED", t("Related, or not told")),
        Column("STDTC", t("Start")), Column("ASTDY", t("Day"), "number"),
        Column("ENDTC", t("End")), Column("AEACN", t("Action taken")),
        Column("AEOUT", t("Outcome")), Column("SRCFILE", t("File")),
        Column("SRCROW", t("Row"), "number",
               href=lambda row: raw.href_row(view, "event", row["USUBJID"], row["KEY"])),
    )  # fmt: skip
