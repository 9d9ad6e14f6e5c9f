"""One alert in full: what it says, whom it was told, what happened to it, what may be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
from dash import dcc

from dashboards.alerts_page import body, clock, forms, read
from dashboards.alerts_page.inbox import CONDITIONS, STATES
from dashboards.components import detail
from dashboards.components.parts import nothing, section
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.alerts.states import CLEARED, HOLDS, OPEN, OVER, Alert
from safety.errors import WrongUseError

DATA_SAY = {
    HOLDS: mark("The newest data support it."),
    CLEARED: mark("The newest data do not support it any more: it still wants an answer."),
    OVER: mark("It is still in the data, and its time has passed."),
}
KINDS = {
    "raise": mark("raised"), "worsen": mark("worse"), "lower": mark("lowered"),
    "clear": mark("cleared"), "return": mark("open again"), "escalate": mark("not acknowledged"),
    "remind": mark("reminder"), "digest": mark("digest"), "over": mark("time passed"),
    "update": mark("updated, nobody told"), "acknowledge": mark("acknowledged"),
    "review": mark("in review"), "resolve": mark("resolved"), "suppress": mark("suppressed"),
    "unsuppress": mark("suppression ended"), "reopen": mark("reopened"),
    "assign": mark("assigned"),
}  # fmt: skip


def part(view: View, alert_id: str) -> Any:
    """Return the part of the page; an id that the study does not have gives a message."""
    try:
        alert, allowed = read.alert(view, alert_id)
    except WrongUseError:
        return nothing(t("No alert of {study} has this id, or none that you may see.",
                         study=view.shot.study))  # fmt: skip
    return section(
        alert.title,
        "",
        dcc.Link(t("Back to the inbox"), href=view.address.here(alert="")),
        _standing(view, alert),
        detail.under(t("What it says"), body.lines(view, alert)),
        forms.part(view, alert, allowed),
        detail.inner("alert-messages", view),
        detail.inner("alert-events", view),
    )


def _standing(view: View, alert: Alert) -> Any:
    now = read.now()
    row = {"STATE": alert.state, "DUE_AT": alert.due_at, "TIER": alert.tier, "STEP": alert.step}
    condition = f"{t(CONDITIONS[alert.condition])}. {t(DATA_SAY[alert.condition])}"
    suppressed = clock.minute(alert.suppressed_until) if alert.suppressed_until else None
    return detail.facts(
        [
            (t("Tier"), alert.tier),
            (t("State"), t(STATES[alert.state])),
            (t("To be acknowledged"), _clock(alert, now)),
            (t("If nobody acknowledges it"),
             clock.next_step(read.study(view), row) if alert.state == OPEN else None),
            (t("Suppressed until (UTC)"), suppressed),
            (t("Outcome"), alert.outcome.replace("_", " ") or None),
            (t("Condition"), condition),
            (t("Verified"), t("verified") if alert.verified else t("unverified")),
            (t("Subject"), _subject(view, alert.usubjid)),
            (t("Owner"), alert.owner or t("nobody")),
            (t("Rule"), alert.rule),
            (t("Raised (UTC)"), clock.minute(alert.created_at)),
            (t("Last told (UTC)"), t("{at}, revision {n}", at=clock.minute(alert.told_at),
                                     n=alert.revision)),
            (t("Snapshot"), (alert.last_snapshot or "")[:12] or t("none: about the work of "
                                                                  "toxwatch itself")),
            (t("Alert"), alert.alert_id),
        ],
        t("Where the alert stands"),
    )  # fmt: skip


def _clock(alert: Alert, now: datetime) -> str | None:
    said = clock.waits(alert.state, alert.due_at, now)
    due = clock.minute(alert.due_at)
    return t("{said}, due {due} UTC", said=said, due=due) if said and due else said or None


def _subject(view: View, usubjid: str) -> Any:
    if not usubjid:
        return t("not about one subject")
    if usubjid not in set(view.frame("subject")["USUBJID"]):
        return t("{id}, which this snapshot does not know", id=usubjid)
    return dcc.Link(usubjid, href=view.subject_href(usubjid))


@shown("alert-messages")
def told(view: View) -> Shown:
    """Return whom the alert in the address was told, and what came of each attempt."""
    alert, _ = read.alert(view, view.address.get("alert"))
    found = read.messages(view, alert.alert_id)
    rows = found.assign(
        KIND=[t(KINDS.get(k, k)) for k in found["KIND"]],
        PUT=[clock.minute(at) for at in found["CREATED_AT"]],
        OUTCOME=[_outcome(row) for row in found.to_dict("records")],
        TRIED=[clock.minute(at) for at in found["AT"].fillna("")],
    )
    sent, messages = alert_counts(view, alert.alert_id)
    return Shown(
        t("Who was told"), rows,
        (
            Column("PUT", t("Written (UTC)")), Column("KIND", t("What")),
            Column("TIER", t("Tier")), Column("RECIPIENT", t("To")),
            Column("CHANNEL", t("By")), Column("OUTCOME", t("Outcome")),
            Column("TRIED", t("Tried (UTC)")), Column("ATTEMPT", t("Attempt"), "number"),
            Column("REPLY", t("Answer")),
        ),
        note=t("{n} of {m} messages sent", n=sent, m=messages),
        none=t("No message of its own: it is in the digest only."),
    )  # fmt: skip


def _outcome(row: dict[str, Any]) -> str:
    """Return what came of an attempt; of a message that nobody tried to send yet, why."""
    if not pd.isna(row["OUTCOME"]):
        return str(row["OUTCOME"])
    if not row["NOT_BEFORE"]:
        return str(row["STATE"])
    return t("{state}, not before {at} UTC", state=row["STATE"],
             at=clock.minute(row["NOT_BEFORE"]))  # fmt: skip


def alert_counts(view: View, alert_id: str) -> tuple[int, int]:
    """Return how many messages about an alert were sent, of how many."""
    found = view.store.alerts(view.shot.study)
    row = found[found["ALERT_ID"].eq(alert_id)].iloc[0]
    return int(row["SENT"]), int(row["MESSAGES"])


@shown("alert-events")
def happened(view: View) -> Shown:
    """Return what happened to the alert in the address."""
    alert, _ = read.alert(view, view.address.get("alert"))
    found = read.events(view, alert.alert_id)
    rows = found.assign(
        AT=[clock.minute(at) for at in found["AT"]],
        DONE=[t(KINDS.get(a, a)) for a in found["ACTION"]],
        SNAPSHOT=found["SNAPSHOT_ID"].fillna("").str[:12],
        STATE=[t(STATES[s]) for s in found["STATE_AFTER"]],
        CONDITION=[t(CONDITIONS[c]) for c in found["CONDITION"]],
    )
    return Shown(
        t("What happened"), rows,
        (
            Column("AT", t("At (UTC)")), Column("DONE", t("What")), Column("ACTOR", t("Who")),
            Column("REASON", t("Why"), wide=True), Column("STATE", t("State after")),
            Column("CONDITION", t("Condition")), Column("TIER", t("Tier")),
            Column("REVISION", t("Revision"), "number"),
            Column("SNAPSHOT", t("Snapshot")),
        ),
    )  # fmt: skip
