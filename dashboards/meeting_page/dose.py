"""The dose decision: what the design says, and the proposal of what the committee decides."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc

from dashboards.acts import Doing, act
from dashboards.components import forms
from dashboards.components.parts import nothing, section
from dashboards.decision_page import advised as advice
from dashboards.decision_page import words as design
from dashboards.decision_page.advised import Advised
from dashboards.i18n import t
from dashboards.meeting_page import propose
from dashboards.meeting_page.words import INK, plain
from dashboards.page import COMMITTEE
from dashboards.view import View
from safety.decisions.decision import DOSE, STOP
from safety.decisions.statement import Statement

PROPOSE = "decide-dose"


def part(view: View) -> list[Any]:
    """Return what the design says and the form; a study without levels is told so."""
    levels = levels_treated(view)
    if not levels:
        return [nothing(t("The study has no dose levels, or nobody was treated at one: there is "
                          "no dose decision to make."))]  # fmt: skip
    fields = (
        forms.choice(PROPOSE, DOSE, "level", t("Dose level that is decided on"), plain(levels),
                     _now(view) if _now(view) in levels else levels[-1]),
        forms.line(PROPOSE, DOSE, "statement", t("What is decided, in one sentence")),
        forms.choice(PROPOSE, DOSE, "next", t("Level of the next subjects"),
                     [*plain(list(view.levels)), {"value": STOP, "label": t("stop: nobody is to "
                                                                            "be treated")}]),
    )  # fmt: skip
    about = Statement(DOSE, propose.BLANK, doselvl=levels[0])
    return [says(view), propose.part(view, PROPOSE, DOSE, about, *fields)]


def levels_treated(view: View) -> list[str]:
    """Return the levels of the study that somebody has in the snapshot, lowest first."""
    there = set(view.frame("verdict")["DOSELVL"])
    return [level for level in view.levels if level in there]


def _now(view: View) -> str:
    found = advice.of(view)
    return found.found.current if found else ""


def says(view: View) -> Any:
    """Return what the design says of the snapshot that is shown, in short."""
    found = advice.of(view)
    if found is None:
        return nothing(t("No design advises in this study: whether something deviates from it "
                         "cannot be judged."))  # fmt: skip
    said = found.found
    plain_ = t(design.NOTHING[said.status]) if said.action is None else t(
        "The design recommends: {what}", what=design.verb(said.action, said.level))  # fmt: skip
    return section(
        t("What the design says"),
        t("of the snapshot shown here; it advises, the committee decides"),
        dmc.Alert(
            [dmc.Text(t(design.STATUS[said.status]), fw=600),
             *(dmc.Text(line) for line in _why(found)),
             dmc.Text(t("An adjudication counts in place of what the rules propose, until newer "
                        "data call it in question."), size="sm"),
             dcc.Link(t("The whole argument"), href=view.address.to("/decision"))],
            title=plain_, variant="outline", color=design.COLOURS[said.status],
            styles=INK,
        ),
    )  # fmt: skip


def _why(found: Advised) -> list[str]:
    """Return what stands behind it: the argument of the design, or what stands above the design."""
    trial = found.trial
    if found.found.action is not None:
        return [found.found.why]
    paused = [t("Paused: {rule}", rule=pause) for pause in trial.pauses]
    return [*paused, t("Stopped: {who}", who=trial.stopped)] if trial.stopped else paused


@act(PROPOSE, COMMITTEE)
def decide(doing: Doing) -> str:
    """Propose a dose decision, signed."""
    said = Statement(DOSE, doing.value("statement"), doselvl=doing.value("level"),
                     next_level=doing.value("next"))  # fmt: skip
    return propose.propose(doing, said)
