"""One meeting: its state and data, and all that its minutes tell, each with what can be added."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import minutes
from dashboards.address import written
from dashboards.components import detail
from dashboards.components.parts import section
from dashboards.i18n import t
from dashboards.meeting_page import agenda, close, dose, life, people, read, recommended, tasks
from dashboards.meeting_page.read import Held
from dashboards.meeting_page.words import STATES
from dashboards.view import View
from safety.decisions.decision import ADJUDICATION, DOSE, SHORT
from safety.meetings.life import OPEN


def part(view: View, meeting_id: str) -> list[Any]:
    """Return a meeting. What is judged in it is judged on the snapshot that it looks at."""
    held = read.held(view, meeting_id)
    return [
        _head(view, held),
        life.part(view, held),
        agenda.part(view, held),
        *people.part(view, held),
        dose.says(view) if is_here(view, held) else None,
        recommended.part(view, held),
        _decisions(view, held),
        *tasks.part(view, held),
        close.part(view, held),
    ]


def is_here(view: View, held: Held) -> bool:
    """Return whether the page shows the snapshot that an open meeting looks at."""
    return held.of.state == OPEN and held.of.snapshot_id == view.shot.snapshot_id


def _head(view: View, held: Held) -> Any:
    of, content = held.of, held.content
    state = t("FINAL") if held.minutes.is_final else t("DRAFT")
    rows: list[tuple[str, Any]] = [
        (t("State"), t(STATES[of.state])),
        (t("Planned on"), of.planned_on),
        (t("Data cut (as of)"), content["as_of"] or t("none yet: it is bound when it is opened")),
        (t("Snapshot"), content["snapshot_id"] or None),
        (t("Quorum"), _quorum(content["quorum"])),
        (t("Ended"), f"{of.ended_at}, {of.ended_by}" if of.ended_at else None),
        (t("Cancelled because"), of.cancelled_for or None),
        (t("Minutes"), state),
    ]  # fmt: skip
    return dmc.Stack(
        [
            dmc.Title(t("Meeting: {title}", title=of.title), order=2, size="h3"),
            dmc.Group(
                [
                    html.A(t("Read the minutes"), href=minutes.href(view, of.meeting_id),
                           target="_blank", className="toxwatch-chip"),
                    html.A(t("Download them"), className="toxwatch-chip",
                           href=minutes.href(view, of.meeting_id, download=True)),
                ],
                gap="xs",
            ),
            _elsewhere(view, held),
            detail.facts(rows, t("This meeting")),
        ],
        gap="xs", align="flex-start",
    )  # fmt: skip


def _quorum(quorum: dict[str, Any]) -> str:
    present, needed = quorum["present"], quorum["needed"]
    if needed is None:
        return t("the study file states none: whether it is reached cannot be judged; {n} members "
                 "present", n=present)  # fmt: skip
    said = t("reached") if quorum["reached"] else t("NOT reached")
    return t("{said}: {n} members present without a conflict, {m} needed", said=said, n=present,
             m=needed)  # fmt: skip


def _elsewhere(view: View, held: Held) -> Any:
    of = held.of
    if of.state != OPEN or is_here(view, held):
        return None
    here = replace(view.address, at=of.snapshot_id[:SHORT])
    return dmc.Alert(
        [t("The meeting looks at snapshot {id}; this page shows another one. Recommendations, "
           "votes and proposals are made on that of the meeting.", id=of.snapshot_id[:SHORT]), " ",
         dcc.Link(t("Show the snapshot of the meeting"), href=written(here))],
        color="red", variant="outline", title=t("Another snapshot"),
    )  # fmt: skip


def _decisions(view: View, held: Held) -> Any:
    rows = [
        (t("{kind} of {what}", kind=d["kind"], what=d["usubjid"] or d["doselvl"]),
         t("{statement}: {state}", statement=d["statement"], state=t(STATES[d["state"]])))
        for d in held.content["decisions"]
    ]  # fmt: skip
    links = [
        dcc.Link(label, href=view.address.to("/meeting", about=about, meeting=held.of.meeting_id),
                 className="toxwatch-chip")
        for about, label in ((DOSE, t("Propose a dose decision")),
                             (ADJUDICATION, t("Adjudicate a DLT")))
    ]  # fmt: skip
    return section(
        t("Proposals and decisions of this meeting"),
        t("{n} so far", n=len(rows)),
        detail.facts(list(rows), t("Proposals and decisions of this meeting")) if rows else
        dmc.Text(t("None so far.")),
        dmc.Group(links, gap="xs") if is_here(view, held) else None,
    )  # fmt: skip
