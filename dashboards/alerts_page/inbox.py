"""The inbox: open alerts first, of these the most severe, of these the most overdue."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboards.alerts_page import clock, read
from dashboards.components import choose, long
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.alerts.states import (
    ACKNOWLEDGED,
    CLEARED,
    HOLDS,
    IN_REVIEW,
    OPEN,
    OVER,
    RESOLVED,
    SUPPRESSED,
)

CURRENT, OVERDUE, ALL = "current", "overdue", "all"
STATES = {
    CURRENT: mark("not resolved"), OVERDUE: mark("overdue"), OPEN: mark("open"),
    ACKNOWLEDGED: mark("acknowledged"), IN_REVIEW: mark("in review"), RESOLVED: mark("resolved"),
    SUPPRESSED: mark("suppressed"), ALL: mark("all"),
}  # fmt: skip
CONDITIONS = {HOLDS: mark("holds"), CLEARED: mark("cleared"), OVER: mark("over")}
TIERS = ("P1", "P2", "P3", "P4")
MINE, NOBODY = "mine", "nobody"
OWNERS = {"": mark("all"), MINE: mark("mine"), NOBODY: mark("nobody's")}


def part(view: View) -> Any:
    """Return the part of the page."""
    return long.part("alerts", view, lead=_choices(view))


def in_state(alerts: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return the alerts of a state, or of CURRENT, OVERDUE or ALL."""
    if state == ALL:
        return alerts
    if state == OVERDUE:
        return alerts[alerts["OVERDUE"].astype(bool)]
    state_of = alerts["STATE"]
    return alerts[state_of.ne(RESOLVED) if state == CURRENT else state_of.eq(state)]


def owned(alerts: pd.DataFrame, by: str, name: str) -> pd.DataFrame:
    """Return the alerts of a person (`name`), of nobody, or of all."""
    if by not in {MINE, NOBODY}:
        return alerts
    return alerts[alerts["OWNER"].eq(name if by == MINE else "")]


def of_tier(alerts: pd.DataFrame, tier: str) -> pd.DataFrame:
    """Return the alerts of a tier; all of them for what is none."""
    return alerts[alerts["TIER"].eq(tier)] if tier in TIERS else alerts


def chosen(view: View, alerts: pd.DataFrame) -> pd.DataFrame:
    """Return the alerts that the address asks for."""
    found = in_state(alerts, state_of(view))
    found = of_tier(found, view.address.get("tier"))
    return owned(found, view.address.get("owner"), view.person.account.name)


def state_of(view: View) -> str:
    """Return the state that is asked for; CURRENT for none that there is."""
    asked = view.address.get("state")
    return asked if asked in STATES else CURRENT


@shown("alerts")
def listed(view: View) -> Shown:
    """Return the alerts that are asked for."""
    now = read.now()
    everything = read.alerts(view, now)
    found = chosen(view, everything)
    return Shown(
        t("Inbox"), _rows(view, found), _columns(view),
        note=t("{n} of {m} alerts of the study, as they stand at {at} UTC, whatever snapshot is "
               "shown. Cleared: the newest data do not support it any more; over: its time has "
               "passed. Both still want an answer", n=f"{len(found):,}", m=f"{len(everything):,}",
               at=f"{now:%Y-%m-%d %H:%M}"),
        none=t("No alert is in this choice.") if len(everything) else
        t("No rule has raised an alert in this study so far."),
    )  # fmt: skip


def _rows(view: View, found: pd.DataFrame) -> pd.DataFrame:
    if found.empty:
        return found
    study, now = read.study(view), read.now()
    rows = found.to_dict("records")
    known = set(view.frame("subject")["USUBJID"])
    return found.assign(
        STATE_SAID=[t(STATES[s]) for s in found["STATE"]],
        CONDITION_SAID=[t(CONDITIONS[c]) for c in found["CONDITION"]],
        CLOCK=[clock.waits(r["STATE"], r["DUE_AT"], now) for r in rows],
        NEXT=[clock.next_step(study, r) for r in rows],
        SURE=[t("verified") if v else t("unverified") for v in found["VERIFIED"]],
        OWNER_SAID=[o or t("nobody") for o in found["OWNER"]],
        RAISED=found["CREATED_AT"].str[:10],
        KNOWN=found["USUBJID"].isin(known),
    )  # fmt: skip


def _columns(view: View) -> tuple[Column, ...]:
    return (
        Column("TIER", t("Tier")),
        Column("CLOCK", t("To be acknowledged")),
        Column("WHAT", t("Alert"), wide=True,
               href=lambda row: view.address.here(alert=row["ALERT_ID"])),
        Column("USUBJID", t("Subject"), href=lambda row: subject_href(view, row)),
        Column("STATE_SAID", t("State")),
        Column("CONDITION_SAID", t("Condition")),
        Column("SURE", t("Verified")),
        Column("OWNER_SAID", t("Owner")),
        Column("NEXT", t("Escalation")),
        Column("DELIVERY", t("Message")),
        Column("RAISED", t("Raised (UTC)")),
    )  # fmt: skip


def subject_href(view: View, row: dict[str, Any]) -> str:
    """Return the page of an alert's subject; "" for one that the data do not know."""
    return view.subject_href(str(row["USUBJID"])) if row["KNOWN"] else ""


def _choices(view: View) -> dmc.Stack:
    everything = read.alerts(view, read.now())
    tier, owner = view.address.get("tier"), view.address.get("owner")
    name = view.person.account.name
    by_owner = owned(everything, owner, name)
    states = [
        choose.chip(f"{t(said)} ({len(in_state(of_tier(by_owner, tier), state)):,})",
                    view.address.here(state=state), on=state == state_of(view))
        for state, said in STATES.items()
    ]  # fmt: skip
    in_this = in_state(everything, state_of(view))
    tiers = [
        choose.chip(f"{each or t('all')} ({len(of_tier(owned(in_this, owner, name), each)):,})",
                    view.address.here(tier=each), on=tier == each)
        for each in ("", *TIERS)
    ]  # fmt: skip
    owners = [
        choose.chip(f"{t(said)} ({len(owned(of_tier(in_this, tier), by, name)):,})",
                    view.address.here(owner=by), on=owner == by)
        for by, said in OWNERS.items()
    ]  # fmt: skip
    groups = [choose.group(t("State"), states), choose.group(t("Tier"), tiers),
              choose.group(t("Owner"), owners)]  # fmt: skip
    return dmc.Stack(groups, gap=6)
