"""What is held now: whole files, feeds that are late, and what every feed delivered last."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View
from safety.store.read import Hold, Snapshot

LATE = "IN-004"  # the check that a feed, or one domain of it, still delivers
HELD = ["FEED", "DOMAIN", "FILE", "SINCE", "DAYS", "WHY", "CURRENT"]
FEEDS = ["FEED", "STATE", "LAST", "DELIVERIES", "NOTE"]
STATES = {
    "held": mark("held"), "never delivered": mark("never delivered"), "late": mark("late"),
    "delivered": mark("complete"),
}  # fmt: skip


@shown("held-files")
def files(view: View) -> Shown:
    """Return a row a file, or whole delivery, that waits."""
    found = held_files(view.holds(), view.store.deliveries(view.shot.study), view.shot.as_of)
    return Shown(
        t("Files that wait"), found,
        (
            Column("FEED", t("Feed"), href=lambda row: feed_href(view, row["FEED"])),
            Column("DOMAIN", t("Domain")), Column("FILE", t("File")),
            Column("SINCE", t("Held since")), Column("DAYS", t("Days"), "number"),
            Column("WHY", t("Why"), wide=True),
            Column("CURRENT", t("What stays current meanwhile"), wide=True),
        ),
        note=t("{n} held; what was used before stays current", n=len(found)),
        none=t("No file is held: the newest delivery of every feed was used."),
    )  # fmt: skip


@shown("feeds")
def feeds(view: View) -> Shown:
    """Return a row a feed, what asks for a person first."""
    late = late_notes(view.frame("finding"))
    found = feed_states(view.shot, view.store.deliveries(view.shot.study), view.holds(), late)
    complete = int(found["STATE"].eq("delivered").sum())
    return Shown(
        t("Feeds"), found.assign(STATE=[t(STATES[s]) for s in found["STATE"]]),
        (
            Column("FEED", t("Feed"), href=lambda row: feed_href(view, row["FEED"])),
            Column("STATE", t("State")), Column("LAST", t("Last delivery")),
            Column("DELIVERIES", t("Deliveries"), "number",
                   href=lambda row: feed_href(view, row["FEED"])),
            Column("NOTE", t("Note"), wide=True),
        ),
        note=t("{n} of {m} complete, {late} late", n=complete, m=len(found), late=len(late)),
        none=t("No feed has delivered anything yet."),
    )  # fmt: skip


def feed_href(view: View, feed: str) -> str:
    """Return the address of the deliveries of a feed."""
    return view.address.to("/data", part="deliveries", feed=feed)


def held_files(holds: list[Hold], deliveries: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Return HELD: a row a file, or whole delivery, that waits."""
    rows = [
        (h.feed, h.domain or t("all"), *_file_and_reason(h, deliveries), h.since,
         days(h.since, as_of), current(h, deliveries))
        for h in holds
    ]  # fmt: skip
    columns = ["FEED", "DOMAIN", "FILE", "WHY", "SINCE", "DAYS", "CURRENT"]
    return pd.DataFrame(rows, columns=columns)[HELD]


def days(since: str, as_of: str) -> int | None:
    """Return the days that a hold lasts; None where it began after what the page shows."""
    lasted = (date.fromisoformat(as_of) - date.fromisoformat(since)).days
    return lasted if lasted >= 0 else None


def _file_and_reason(hold: Hold, deliveries: pd.DataFrame) -> tuple[str, str]:
    """Return which file is held and why: of a known file its name comes before the reason."""
    of_feed = deliveries.loc[deliveries["FEED"].eq(hold.feed), "NAME"].dropna()
    for name in sorted(set(of_feed), key=len, reverse=True):
        if hold.reason.startswith(f"{name}: "):
            return name, hold.reason.removeprefix(f"{name}: ")
    return ("" if hold.domain else t("whole delivery")), hold.reason


def current(hold: Hold, deliveries: pd.DataFrame) -> str:
    """Return what pages show as long as a hold lasts; deliveries: newest first."""
    nothing = t("nothing: no earlier file can be used")
    of_feed = deliveries[deliveries["FEED"].eq(hold.feed)]
    if hold.domain:
        used = of_feed[of_feed["DOMAIN"].eq(hold.domain) & of_feed["FILE_STATUS"].eq("used")]
        return str(used["NAME"].iloc[0]) if len(used) else nothing
    published = of_feed[of_feed["STATUS"].eq("published")]
    if published.empty:
        return nothing
    last = published.iloc[0]
    return t("delivery {n} of {day}", n=last["SEQ"], day=_day(last))


def _day(delivery: Any) -> str:
    return str(delivery["DAY"] or delivery["RECEIVED_AT"][:10])


def late_notes(findings: pd.DataFrame) -> dict[str, str]:
    """Return what is said of each feed, or domain of one, that is late."""
    late = findings[findings["CHECKID"].eq(LATE) & findings["STATUS"].eq("fail")]
    return dict(zip(late["DOMAIN"], late["NOTE"], strict=True))


def feed_states(
    shot: Snapshot, deliveries: pd.DataFrame, holds: list[Hold], late: dict[str, str]
) -> pd.DataFrame:
    """Return FEEDS: a row a feed, what asks for a person first; then the domains that are late.

    A feed that never delivered is not one of which nothing is held.
    """
    told = {feed["feed"] for feed in shot.summary.get("feeds", [])}
    names = sorted(told | set(deliveries["FEED"]))
    of_domains = [(d, "late", "", None, note) for d, note in late.items() if d not in names]
    of_feeds = [_feed(feed, deliveries, holds, late) for feed in names]
    table = pd.DataFrame([*of_feeds, *of_domains], columns=FEEDS)
    rank = table["STATE"].map({state: n for n, state in enumerate(STATES)})
    return table.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


def _feed(
    feed: str, deliveries: pd.DataFrame, holds: list[Hold], late: dict[str, str]
) -> tuple[str, str, str, int, str]:
    of_feed = deliveries[deliveries["FEED"].eq(feed)].drop_duplicates("SEQ")
    waiting = [h for h in holds if h.feed == feed]
    if of_feed.empty:
        return feed, "never delivered", "", 0, late.get(feed, "")
    last = max(_day(d) for d in of_feed.to_dict("records"))
    state = "held" if waiting else "late" if feed in late else "delivered"
    note = t("{n} held", n=len(waiting)) if waiting else ""
    return feed, state, last, len(of_feed), "; ".join(x for x in (note, late.get(feed)) if x)
