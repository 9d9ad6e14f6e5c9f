"""The recommendation in one statement, and the five questions of the committee, answered."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards.components.detail import facts
from dashboards.components.parts import section
from dashboards.decision_page import complete, made, words
from dashboards.decision_page.advised import Advised
from dashboards.i18n import t
from dashboards.view import View
from safety.nextdose.recommend import Said
from safety.nextdose.signals import Watched


def part(view: View, advised: Advised) -> Any:
    """Return the statement and the answers."""
    found = advised.found
    plain = t(words.NOTHING[found.status]) if found.action is None else t(
        "The design recommends: {what}", what=words.verb(found.action, found.level))  # fmt: skip
    return section(
        t("Recommendation"),
        t("By {design}, target DLT rate {target}. The design advises; the committee decides and "
          "signs.", design=found.primary.design, target=advised.escalation.target),
        dmc.Alert(
            [
                dmc.Title(plain, order=3),
                dmc.Text(t(words.STATUS[found.status]), fw=600),
                *(dmc.Text(line) for line in _above(advised)),
                dmc.Text(found.why) if found.action else dmc.Text(
                    t("As verdicts stand it would say: {what}. That is no recommendation.",
                      what=_said(found.primary))),
                dmc.Text(_bound(advised)),
            ],
            variant="outline", color=words.COLOURS[found.status], id="recommendation",
            styles={"message": {"color": "var(--ink)"}},
        ),
        html.Div(dcc.Link(t("Propose a decision"), className="toxwatch-chip",
                          href=view.address.to("/meeting", about="dose"))),
        made.waiting(view),
        _answers(view, advised),
    )  # fmt: skip


def _above(advised: Advised) -> list[str]:
    """Return what stands above the design."""
    trial = advised.trial
    told = [t("Enrolment is paused. {rule}", rule=pause) for pause in trial.pauses]
    told += [t("Stopped: {who}", who=trial.stopped)] if trial.stopped else []
    if trial.unplaced:
        told.append(t("Treated, and counted nowhere, since level or first dose is not known: "
                      "{who}", who=", ".join(trial.unplaced)))  # fmt: skip
    return told


def _bound(advised: Advised) -> str:
    """Return how high the next level can be at most, whatever becomes of who is open."""
    found = advised.found
    if not found.fan.open:
        return t("Nobody is open.")
    if not found.not_above:
        return t("Whatever becomes of those who are open, the design stops.")
    return t("Whatever becomes of those who are open, the design does not go above {level}.",
             level=found.not_above)  # fmt: skip


def _answers(view: View, advised: Advised) -> html.Div:
    asked = (
        (t("What does the design say, and why?"), _says(advised)),
        (t("On whom does it rest?"), _rests(advised)),
        (t("What is still open and could change it?"), _open(advised)),
        (t("Did late toxicity or stopping rules intervene?"), _intervened(advised)),
        (t("Are the data complete?"), complete.answer(view)),
    )
    lines = [(question, [html.Div(line) for line in told]) for question, told in asked]
    return facts(lines, t("Five questions"))


def _says(advised: Advised) -> list[Any]:
    found, trial = advised.found, advised.trial
    lines: list[Any] = [
        t("The next subject would be treated at {level}: {why}.", level=found.current,
          why=trial.why_at),
        t("As verdicts stand: {what}", what=_said(found.primary)),
        *(_alongside(each, found.primary) for each in found.alongside),
    ]  # fmt: skip
    if trial.not_before is not None:
        lines.append(t("One subject was treated at {level}; the second is not before {day}.",
                       level=found.current, day=trial.not_before))  # fmt: skip
    lacks = [t("To be the phase II dose it lacks {what}.", what=each) for each in found.lacks]
    return [*lines, *(html.Strong(each) for each in lacks)]


def _said(each: Said) -> str:
    return f"{each.design}: {words.verb(each.action, each.level)} ({each.why})"


def _alongside(each: Said, primary: Said) -> Any:
    if (each.action, each.level) == (primary.action, primary.level):
        return t("Agrees: {what}", what=_said(each))
    return html.Strong(t("Disagrees: {what}", what=_said(each)))


def _rests(advised: Advised) -> list[str]:
    lines = [
        t("{level}: {dlt} with DLT among {n} evaluable of {treated} treated.", level=each.name,
          dlt=each.tally.dlt, n=each.tally.evaluable, treated=each.tally.treated)
        for each in advised.found.levels if each.tally.treated
    ]  # fmt: skip
    return lines or [t("Nobody was treated yet.")]


def _open(advised: Advised) -> list[Any]:
    fan, levels = advised.found.fan, advised.trial.levels
    if not fan.open:
        return [t("Nobody is open: nothing can change it but new data.")]
    matter = [s for s in fan.open if s.level in fan.mattering]
    lines: list[Any] = [
        t("{n} subjects are open; {m} of them can change what the design says.",
          n=len(fan.open), m=len(matter))
    ]  # fmt: skip
    if fan.left_out:
        lines.append(t("Too many ways: these were taken as they stand: {who}",
                       who=", ".join(fan.left_out)))  # fmt: skip
    if fan.robust:
        return [*lines, html.Strong(t("ROBUST: every way leads to the same."))]
    where = ", ".join(levels[i] for i in fan.mattering)
    told = t("NOT ROBUST until {day} at the latest: who is open at {levels} can change it.",
             day=fan.settles, levels=where) if fan.settles else t(
             "NOT ROBUST: who is open at {levels} can change it; some of it has no date, it waits "
             "for an answer.", levels=where)  # fmt: skip
    return [*lines, html.Strong(told)]


def _intervened(advised: Advised) -> list[Any]:
    found, trial = advised.found, advised.trial
    late = sum(each.tally.late for each in found.levels)
    lines: list[Any] = [
        html.Strong(found.late) if found.late else t(
            "Late toxicity: {n} subjects; counted too, the design would say the same.", n=late)
    ]  # fmt: skip
    reached = [each for each in trial.watched if _is_reached(each)]
    lines += [html.Strong(t("Stopping boundary reached: {rule}", rule=stopping_name(each)))
              for each in reached]  # fmt: skip
    if not reached:
        lines.append(t("No stopping boundary is reached ({n} rules and levels are watched).",
                       n=len(trial.watched)))  # fmt: skip
    return lines + [t("Paused: {rule}", rule=pause) for pause in trial.pauses]


def _is_reached(each: Watched) -> bool:
    return each.stands.stops or each.stands.crossed is not None


def stopping_name(each: Watched) -> str:
    """Return a stopping rule with the level that it watches."""
    where = f", {each.level}" if each.level else ""
    return f"{each.id}{where}: {each.text}"
