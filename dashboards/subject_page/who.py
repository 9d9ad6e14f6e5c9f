"""Who the subject is: level, arm, first dose, where in the treatment, and what ended."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc

from dashboards import raw
from dashboards.components import verdicts
from dashboards.components.parts import section, stat
from dashboards.exposure_page.regimen import cycle_visit
from dashboards.i18n import t
from dashboards.subject_page import whose
from dashboards.view import View
from safety.displays.days import cycle_starts, study_day


def part(view: View, usubjid: str) -> Any:
    """Return who the subject is."""
    person = view.frame("subject", usubjid=usubjid).iloc[0]
    cards = [
        stat(t("Dose level"), _level(view, usubjid) or t("none"), _arm(person)),
        *_treatment(view, usubjid),
        stat(t("Death"), _death(person), t("by demographics")),
        stat(t("Treatment"), *_end(view, usubjid)),
        stat(t("Age, sex"), f"{_known(person['AGE'])}, {_known(person['SEX'])}",
             t("as received")),
    ]  # fmt: skip
    return section(
        usubjid,
        t("as of {day}", day=view.shot.as_of),
        dmc.SimpleGrid(cards, cols={"base": 2, "md": 3, "lg": 7}, spacing="xs"),
        dmc.Group([dcc.Link(label, href=href) for label, href in _rows(view, usubjid)], gap="md"),
    )


def _level(view: View, usubjid: str) -> str:
    """Return the dose level by the verdict; "" in a study without levels."""
    found = view.frame("verdict", usubjid=usubjid)
    return verdicts.level(verdicts.given(found["DOSELVL"].iloc[0]), view.shot) if len(found) else ""


def _arm(person: Any) -> str:
    named = [verdicts.given(person[c]) for c in ("ACTARM", "ARM", "ACTARMCD", "ARMCD")]
    arm = next((name for name in named if name), "")
    return t("arm {name}", name=arm) if arm else t("no arm told")


def _known(value: Any) -> str:
    if pd.isna(value) or value == "":
        return t("not told")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _treatment(view: View, usubjid: str) -> list[Any]:
    own = whose.alone(view, usubjid).table
    if own.empty:
        return [stat(t("First dose"), t("none recorded"), t("not treated: no study days"))]
    dosed = own.iloc[0]
    last = verdicts.given(dosed["TRTEDT"])
    today = study_day(pd.Series([view.shot.as_of]), own["TRTSDT"]).iloc[0]
    return [
        stat(t("First dose"), str(dosed["TRTSDT"]),
             t("last {day}", day=last) if last else t("no last dose recorded")),
        stat(t("Study day"), str(today), t("on {day}", day=view.shot.as_of)),
        stat(t("Cycle"), *_cycle(view, usubjid, own)),
    ]  # fmt: skip


def _cycle(view: View, usubjid: str, own: pd.DataFrame) -> tuple[str, str]:
    """Return the cycle that has begun last, and since when."""
    if view.study is None or view.study.treatment is None:
        return t("none"), t("the study file has no cycles")
    found = begun(view, usubjid, own).iloc[-1]
    day = study_day(pd.Series([view.shot.as_of]), pd.Series([found["STARTDT"]])).iloc[0]
    said = t("day {day} of it, begun {date}", day=day, date=found["STARTDT"])
    return str(found["CYCLE"]), said


def begun(view: View, usubjid: str, own: pd.DataFrame) -> pd.DataFrame:
    """Return the cycles that the subject began by as_of, see `safety.displays.days`."""
    visits = view.frame("visit", usubjid=usubjid)
    found = cycle_starts(visits, own, cycle_visit(view))
    return found[found["STARTDT"].le(view.shot.as_of)].sort_values("CYCLE")


def _death(person: Any) -> str:
    day = verdicts.given(person["DTHDTC"])
    if day or person["DTHFL"] == "Y":
        return day or t("yes, no date told")
    return t("none recorded")


def _end(view: View, usubjid: str) -> tuple[str, str]:
    """Return what the dispositions say, the latest first."""
    told = view.frame("disposition", usubjid=usubjid).sort_values("STDTMIN", ascending=False)
    if told.empty:
        return t("no end recorded"), t("no disposition of the subject was received")
    said = [
        f"{verdicts.given(r.DECOD) or verdicts.given(r.TERM)} {verdicts.given(r.STDTC)}".strip()
        for r in told.itertuples(index=False)
    ]
    return said[0], "; ".join(said[1:])


def _rows(view: View, usubjid: str) -> list[tuple[str, str]]:
    subject = view.handle(usubjid)
    named = (
        (t("Adverse events"), "event"), (t("Graded values"), "graded_value"),
        (t("Measurements"), "measurement"), (t("Doses"), "dose"),
        (t("Medications"), "medication"), (t("Procedures"), "procedure"),
        (t("Dispositions"), "disposition"), (t("Demographics"), "subject"),
    )  # fmt: skip
    return [(label, raw.href(view, table, subject=subject)) for label, table in named]
