"""Whether the data that a decision rests on are complete."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboards.i18n import t
from dashboards.view import View

NOT_LOOKED = ("missing", "late")


def answer(view: View) -> list[Any]:
    """Return what is held, what was not looked for, and which checks could not run."""
    holds = view.holds()
    lines: list[Any] = [
        html.Strong(t("Held, so that older data are shown: {what} (since {day})",
                      what=" ".join(x for x in (h.feed, h.domain) if x), day=h.since))
        for h in holds
    ]  # fmt: skip
    lines += [] if holds else [t("The newest delivery of every feed is in use.")]
    rows = int(view.shot.summary.get("rows", {}).get("quarantined", 0))
    to_data = view.address.to("/data")
    lines.append(dcc.Link(t("{n} rows are held from the statistics.", n=f"{rows:,}"), href=to_data))
    checks = view.shot.summary.get("checks", {})
    lines.append(dcc.Link(
        t("Checks: {fail} fail, {not_run} could not be judged, of {all}.",
          fail=checks.get("fail", 0), not_run=checks.get("not_evaluable", 0),
          all=sum(checks.values())), href=to_data))  # fmt: skip
    return [*lines, _looked_for(view)]


def _looked_for(view: View) -> str:
    status = view.frame("surveillance")["STATUS"].value_counts()
    if status.empty:
        return t("The study file requires no assessment: whether toxicity was looked for is not "
                 "known.")  # fmt: skip
    due = int(status.sum() - status.get("not_due", 0) - status.get("due", 0))
    lacking = sum(int(status.get(name, 0)) for name in NOT_LOOKED)
    return t("Assessments done in time: {done} of {due} whose time is over; missing or late: "
             "{lacking}; still due: {open}.", done=int(status.get("done", 0)), due=due,
             lacking=lacking, open=int(status.get("due", 0)))  # fmt: skip
