"""What tables of events are made of, and the addresses of what their numbers count."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.i18n import mark, t
from dashboards.view import View
from safety.displays.population import Chosen, Frames

ALL = "all"  # every level together
REASONS = {
    "not treatment-emergent": mark("not treatment-emergent"),
    "attributed as not related": mark("attributed as not related"),
    "not serious": mark("not serious"),
    "seriousness not told": mark("seriousness not told"),
}


def frames(view: View) -> Frames:
    """Return the tables that tables of events are made of."""
    return view.frames("adverse_event", "event_grade", "supplement")


def counted_href(view: View, **asked: str) -> str:
    """Return the address of the events of those whom a number counts, under the same filters.

    asked: `who` says which number, see `behind`; a subject is given as its handle.
    """
    return view.address.to("/events", **{name: value for name, value in asked.items() if value})


def left_out(reasons: Mapping[str, int]) -> str:
    """Return which events the filters leave out, in words; "" for none."""
    said = [f"{count:,} {t(REASONS.get(reason, reason))}" for reason, count in reasons.items()]
    return t("Left out: {what}.", what=", ".join(said)) if said else ""


def denominator(found: Chosen) -> str:
    """Return of whom a table is."""
    told = t("{n} of {m} treated subjects.", n=f"{len(found):,}", m=f"{found.treated:,}")
    besides = t("{n} subjects without a first dose are in no count.", n=found.untreated)
    return f"{told} {besides}" if found.untreated else told


def sentences(*said: str) -> str:
    """Return sentences one after the other, without those that are empty."""
    return " ".join(each for each in said if each)
