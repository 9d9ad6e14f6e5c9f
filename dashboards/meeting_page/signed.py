"""What is signed, shown exactly: the content, its sha256, and the signatures on it."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import html

from dashboards.components import detail
from dashboards.components.table import table
from dashboards.i18n import t
from dashboards.meeting_page.words import MEANINGS
from dashboards.shown import Column, Shown
from safety.signing.signature import Signature

QUOTED = "quoted"  # the recommendation of the design, as JSON in the content


def content(told: dict[str, Any], sha256: str, exact: str) -> Any:
    """Return what a person signs. exact: the text over which the sha256 is."""
    rows: list[tuple[str, Any]] = [
        (name, str(value) or t("none")) for name, value in told.items() if name != QUOTED
    ]
    rows.append((t("The design says"), design(str(told.get(QUOTED) or ""))))
    return detail.unfolded(
        t("Exactly what is signed, sha256 {hash}", hash=sha256),
        html.Div([
            detail.facts(rows, t("What is signed")),
            html.Pre(exact, className="toxwatch-command", tabIndex=0),
        ]),
    )  # fmt: skip


def design(quoted: str) -> str:
    """Return what the design had said, in short. quoted: JSON, "" where no design advises."""
    if not quoted:
        return t("not quoted: no design advises here")
    said = json.loads(quoted)
    action = f"{said['action']} {said['level']}".strip() if said["action"] else t("nothing yet")
    return f"{action} ({said['design']}, {said['status']}): {said['why']}"


def signatures(found: list[tuple[Signature, bool]], title: str) -> Any:
    """Return who signed what when; a void one is loud."""
    rows = [
        (s.printed_name, t(MEANINGS[s.meaning]), s.at,
         t("valid") if ok else t("VOID: this is not what was signed"),
         f"{s.method}, {s.auth_at}", s.content_sha256)
        for s, ok in found
    ]  # fmt: skip
    heads = (t("Name"), t("Meaning"), t("Signed (UTC)"), t("State"), t("Identity proved (UTC)"),
             t("Signed sha256"))  # fmt: skip
    columns = tuple(Column(str(n), head) for n, head in enumerate(heads))
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    void = [s for s, ok in found if not ok]
    loud = dmc.Alert(t("{n} signatures are VOID: what they were made on was changed. Run "
                       "`toxwatch audit verify`.", n=len(void)), color="red",
                     variant="outline") if void else None  # fmt: skip
    return html.Div([loud, table(Shown(title, frame, columns, none=t("Nobody has signed.")))])
