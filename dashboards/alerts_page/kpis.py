"""How the alerting is going: alerts by patient-week, acknowledged in time, confirmed."""

from __future__ import annotations

from typing import Any

from dashboards.alerts_page import kpi, read
from dashboards.components import table
from dashboards.i18n import t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View


def part(view: View) -> Any:
    """Return the part of the page."""
    return table.part("alert-kpis", view)


@shown("alert-kpis")
def kpis(view: View) -> Shown:
    """Return a row a tier of what the study's alerts were worth; all of it of now."""
    now, newest = read.now(), view.store.snapshots(view.shot.study, most=1)[0]
    weeks, unknown = kpi.patient_weeks(view.store.frame("exposure", newest.cut))
    events = read.events(view)
    found = kpi.table(read.alerts(view, now), kpi.answers(events, read.study(view), now), weeks)
    rows = found.assign(TIER=found["TIER"].replace(kpi.ALL, t("all")))
    note = _note(newest.as_of, weeks, unknown)
    return Shown(t("How the alerting is going"), rows, _columns(view), note=note)


def _note(as_of: str, weeks: float, unknown: int) -> str:
    left_out = t("; {n} subjects are left out, for their treatment days are unknown", n=unknown)
    return t(
        "Alerts of all time, by their tier of now. Patient-weeks: {weeks} weeks from first to last "
        "recorded dose in the newest data, as of {as_of}{left_out}. In time: the first telling of "
        "an alert, answered by a person before it was due; alerts of which the time is not up, "
        "which the data ended before, or which nobody must acknowledge are not in it. Confirmed: "
        "of those resolved as confirmed, not confirmed, or an error in the data.",
        weeks=f"{weeks:,.1f}", as_of=as_of, left_out=left_out if unknown else "",
    )  # fmt: skip


def _columns(view: View) -> tuple[Column, ...]:
    def href(row: dict[str, Any]) -> str:
        tier = row["TIER"] if row["TIER"] in kpi.TIERS else ""
        return view.address.to("/alerts", state="all", tier=tier)

    return (
        Column("TIER", t("Tier")),
        Column("ALERTS", t("Alerts"), "number", href=href),
        Column("SUBJECTS", t("About a subject"), "number"),
        Column("RATE", t("By patient-week")),
        Column("IN TIME", t("Acknowledged in time")),
        Column("RUNNING", t("Time not up"), "number"),
        Column("ENDED", t("Ended by the data before"), "number"),
        Column("NONE", t("Nobody must"), "number"),
        Column("CONFIRMED", t("Confirmed")),
        Column("OTHER", t("Duplicate or other"), "number"),
    )
