"""Whether every alert was told and everything told has an alert: each count must be 0."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboards.alerts_page import read
from dashboards.components import table
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View, note
from safety.alerts import reconciliation

SAID = {
    "alerts_without_message": mark("Alerts that somebody had to be told, without a message"),
    "messages_without_alert": mark("Messages about no alert, or about what it never said"),
    "urgent_messages_late": mark("Messages of P1 or P2 that wait longer than their tier allows"),
    "sent_without_log": mark("Messages called sent, of which the log knows no attempt that worked"),
    "logged_sent_but_not_sent": mark("Messages that the log calls sent, and their row does not"),
    "dead_without_another_way": mark("Messages of P1 or P2 that were refused and went no other "
                                     "way"),
}  # fmt: skip


def part(view: View) -> Any:
    """Return the part of the page."""
    return table.part("alerts-reconciled", view)


@shown("alerts-reconciled")
def reconciled(view: View) -> Shown:
    """Return what does not reconcile between alerts and messages, now."""
    note(view.shot.study, "outbox")
    now = read.now()
    found = reconciliation.counts(view.settings.db_url, now, view.shot.study)
    rows = pd.DataFrame(
        [{"WHAT": t(SAID[name]), "COUNT": n, "RESULT": _result(n)} for name, n in found.items()]
    )
    wrong = sum(n > 0 for n in found.values())
    return Shown(
        t("Alerts and their messages"), rows,
        (
            Column("WHAT", t("What must not be"), wide=True),
            Column("COUNT", t("Found"), "number",
                   href=lambda _: view.address.to("/alerts", state="all")),
            Column("RESULT", t("Result")),
        ),
        note=t("{n} of {m} do not reconcile, as of {at} UTC", n=wrong, m=len(found),
               at=f"{now:%Y-%m-%d %H:%M}"),
    )  # fmt: skip


def _result(count: int) -> str:
    return t("\u2717 look into it") if count else t("\u2713 none, as it must be")
