"""One subject: verdict, the argument for it down to file and row, and what is still open."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from dashboards import lasting
from dashboards.components.parts import nothing
from dashboards.components.table import part
from dashboards.i18n import mark, t
from dashboards.page import Page
from dashboards.subject_page import adjudication, analytes, doses, owed, timeline, verdict, who
from dashboards.subject_page.pending import NAME as PENDING
from dashboards.subject_page.whose import NONE, chooser, subject
from dashboards.view import View


def draw(view: View) -> Any:
    """Return everything about the subject of the address, or about the most urgent one."""
    usubjid = subject(view)
    if not usubjid:
        return nothing(t(NONE))
    return dmc.Stack(
        [
            chooser(view, usubjid),
            who.part(view, usubjid),
            verdict.answer(view, usubjid),
            verdict.argument(view, usubjid),
            adjudication.part(view, usubjid),
            part(PENDING, view),
            lasting.drawn(view, "subject", lambda: _of_the_snapshot(view, usubjid)),
            owed.notes(view, usubjid),
            part(owed.ALERTS, view),
            part(owed.REPORTS, view),
        ],
        gap="lg",
    )


def _of_the_snapshot(view: View, usubjid: str) -> Any:
    return dmc.Stack(
        [
            timeline.part(view, usubjid),
            analytes.part(view, usubjid),
            part(doses.SURVEILLANCE, view),
            part(doses.EXPOSURE, view),
            part(doses.MODIFICATION, view),
            doses.all_evidence(view, usubjid, "trigger"),
            part(doses.DEVIATIONS, view),
            doses.all_evidence(view, usubjid, "deviation"),
        ],
        gap="lg",
    )


PAGE = Page("/subject", mark("Subject"), draw)
