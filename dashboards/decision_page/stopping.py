"""Stopping rules: events so far, the boundary, and how many more would stop."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.decision_page import advised
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.escalation.stopping.monitor import Monitor
from safety.nextdose.signals import Watched

NAME = "decision-stopping"


@shown(NAME)
def stopping(view: View) -> Shown:
    """Return where each stopping rule stands, level by level."""
    found = advised.of(view)
    rows = [_row(each) for each in found.trial.watched] if found else []
    columns = (
        Column("RULE", t("Rule"), wide=True), Column("LEVEL", t("Level")),
        Column("STANDS", t("Stands")), Column("EVENTS", t("Events / subjects")),
        Column("AT", t("Stops at")), Column("MORE", t("What would stop it"), wide=True),
        Column("CHANCE", t("Pr(rate > limit)")), Column("PREDICTED", t("Pr(it will stop)")),
        Column("NOT", t("Not counted")),
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    return Shown(t("Stopping rules"), frame, columns,
                 t("Subjects of whom nobody can tell yet, or for whom it is too early, are not "
                   "counted."), t("The study file has no stopping rule."))  # fmt: skip


def _row(each: Watched) -> dict[str, Any]:
    stands = each.stands
    return {
        "RULE": f"{each.id}: {each.text}", "LEVEL": each.level or t("all"),
        "STANDS": _stands(stands), "EVENTS": f"{stands.y} / {stands.n}", "AT": _at(stands),
        "MORE": stands.further.text if stands.further else t("no number would"),
        "CHANCE": _number(stands.exceeding), "PREDICTED": _number(stands.predictive),
        "NOT": ", ".join(_left_out(each)) or t("nobody"),
    }  # fmt: skip


def _stands(stands: Monitor) -> str:
    if stands.stops:
        return t("STOP")
    if stands.crossed is not None:
        n, y = stands.crossed
        return t("STOP: crossed at {y} of {n}", y=y, n=n)
    return t("goes on") if stands.n else t("nobody counted yet")


def _at(stands: Monitor) -> str:
    if stands.look is None:
        return t("no look is left")
    if stands.stop_at is None:
        return t("no number of {n}", n=stands.look)
    return t("{y} of {n}", y=stands.stop_at, n=stands.look)


def _number(value: float | None) -> str:
    return t("not of this rule") if value is None else f"{value:.3f}"


def _left_out(each: Watched) -> list[str]:
    told = []
    if each.undecided:
        told.append(t("{n} cannot be judged", n=each.undecided))
    if each.waiting:
        told.append(t("{n} too early", n=each.waiting))
    return told
