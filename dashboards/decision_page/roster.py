"""The roster: one row a subject, with what the verdict and the evaluability rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboards.components import verdicts
from dashboards.components.verdicts import given
from dashboards.decision_page import advised, people, taken
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.displays.days import study_day

NAME = "decision-roster"


@shown(NAME)
def roster(view: View) -> Shown:
    """Return every subject, or those behind the number that the address asks for."""
    chosen = _chosen(view)
    shares, drugs = taken.of_cycle_one(view)
    rows = [_row(row, view, shares) for row in chosen.to_dict("records")]
    columns = _columns(view, drugs)
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    note = t("{n} of {m} subjects, by first dose. The data do not tell who replaces whom: who is "
             "not evaluable is marked.", n=len(frame), m=len(view.frame("subject")))  # fmt: skip
    return Shown(_title(view), frame, columns, note, t("No subject."))


def _title(view: View) -> str:
    who, dose = view.address.get("who"), view.address.get("dose")
    if who not in people.HEADERS:
        return t("Roster")
    said = t(people.HEADERS[who])
    return t("Roster: {who}, {level}", who=said, level=dose) if dose else f"{t('Roster')}: {said}"


def _chosen(view: View) -> pd.DataFrame:
    """Return rows of verdict with first doses, by first dose."""
    first = view.frame("exposure").set_index("USUBJID")["TRTSDT"]
    rows = view.frame("verdict")
    rows = rows.assign(FIRST=rows["USUBJID"].map(first).fillna(""))
    who = view.address.get("who")
    if who in people.HEADERS:
        found = people.behind(view, advised.of(view), who, view.address.get("dose"))
        rows = rows[rows["USUBJID"].isin(found)]
    return rows.assign(LAST=rows["FIRST"].eq("")).sort_values(["LAST", "FIRST", "USUBJID"])


def _row(
    row: Mapping[str, Any], view: View, shares: Mapping[tuple[str, str], taken.Taken]
) -> dict[str, Any]:
    usubjid = row["USUBJID"]
    own = {drug: found for (who, drug), found in shares.items() if who == usubjid}
    missed = "; ".join(f"{drug}: {f.missed}" for drug, f in own.items() if f.missed)
    return {
        "USUBJID": usubjid, "LEVEL": given(row["DOSELVL"]), "FIRST": row["FIRST"] or t("none"),
        "DAY": _day(row["FIRST"], view.shot.as_of), "CLOSES": given(row["CLOSES"]),

        **{f"DOSE {drug}": found.said for drug, found in own.items()},
        "MISSED": missed, "ASSESSED": _assessed(view, usubjid), "STATUS": _status(view, usubjid),
        "VERDICT": t(verdicts.WORDS[row["VERDICT"]]) if row["CLOSES"] else t("not treated"),
        "EVALUABLE": _evaluable(given(row["EVALUABLE"])) if row["CLOSES"] else "",
        "REASON": given(row["REASON"]),
    }  # fmt: skip


def _evaluable(value: str) -> str:
    said = t(verdicts.EVALUABLE[value])
    return t("{said}: to be replaced", said=said) if value == "N" else said


def _day(first: str, as_of: str) -> Any:
    if not first:
        return None
    return int(study_day(pd.Series([as_of]), pd.Series([first])).iloc[0])


def _assessed(view: View, usubjid: str) -> str:
    rows = view.frame("surveillance")
    own = rows[rows["USUBJID"].eq(usubjid)]
    over = own[~own["STATUS"].isin(["due", "not_due"])]
    if own.empty:
        return t("none required")
    lacking = over[over["STATUS"].ne("done")]
    said = t("{n} of {m}", n=len(over) - len(lacking), m=len(over))
    names = [
        f"{a} {w}: {s}"
        for a, w, s in zip(
            lacking["ASSESSMENT"], lacking["DUEWINDOW"], lacking["STATUS"], strict=True
        )
    ]
    due = int(own["STATUS"].eq("due").sum())
    more = [t("{n} still due", n=due)] if due else []
    return "; ".join([said, *names, *more])


def _status(view: View, usubjid: str) -> str:
    subject = view.frame("subject")
    own = subject[subject["USUBJID"].eq(usubjid)]
    died = [given(day) for day in own["DTHDTC"] if given(day)]
    if died or own["DTHFL"].eq("Y").any():
        return t("died {day}", day=died[0] if died else "").strip()
    left = view.frame("disposition")
    told = left[left["USUBJID"].eq(usubjid)].sort_values("STDTC")
    said = [f"{given(d)} {given(day)}" for d, day in zip(told["DECOD"], told["STDTC"], strict=True)]
    return "; ".join(said) or t("no end recorded")


def _columns(view: View, drugs: list[str]) -> tuple[Column, ...]:
    return (
        Column("USUBJID", t("Subject"), href=lambda row: view.subject_href(row["USUBJID"])),
        Column("LEVEL", t("Level")), Column("FIRST", t("First dose")),
        Column("DAY", t("Day today"), "number"), Column("CLOSES", t("Window closes")),
        Column("VERDICT", t("Verdict")), Column("EVALUABLE", t("Evaluable")),
        Column("REASON", t("Because"), wide=True),
        *(Column(f"DOSE {d}", t("{drug}, cycle 1", drug=d)) for d in drugs),
        Column("MISSED", t("Missed in cycle 1, by reason")),
        Column("ASSESSED", t("Assessments done in time")), Column("STATUS", t("Status")),
    )  # fmt: skip
