"""What is held now: whole files, feeds that are late, and what every feed delivered last."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashboards import data
from dashboards.components.grid import grid, number, text
from dashboards.components.parts import nothing, section, stamp
from safety.store.read import Hold, Snapshot

LATE = "IN-004"  # the check that a feed, or one domain of it, still delivers
NOTHING_CURRENT = "nothing: no earlier file can be used"
HELD = ["FEED", "DOMAIN", "FILE", "SINCE", "DAYS", "WHY", "CURRENT"]
FEEDS = ["FEED", "STATE", "LAST", "DELIVERIES", "NOTE"]


def part(shot: Snapshot) -> Any:
    """Return the part of the page."""
    deliveries, holds = data.store().deliveries(shot.study), data.store().holds(shot)
    late = late_notes(data.frame("finding", shot))
    files = held_files(holds, deliveries, shot.as_of)
    feeds = feed_states(shot, deliveries, holds, late)
    return section(
        "What is held now",
        f"{len(files)} held, {len(late)} late; feeds: {feeds['DELIVERIES'].notna().sum()}; "
        f"{stamp(shot.as_of, shot.snapshot_id)}",
        _files(files) if len(files) else nothing("No file is held."),
        _feeds(feeds),
    )


def held_files(holds: list[Hold], deliveries: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Return HELD: a row a file, or whole delivery, that waits."""
    rows = [
        (h.feed, h.domain or "all", *_file_and_reason(h, deliveries), h.since,
         days(h.since, as_of), current(h, deliveries))
        for h in holds
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["FEED", "DOMAIN", "FILE", "WHY", "SINCE", "DAYS",
                                        "CURRENT"])  # fmt: skip
    return table[HELD]


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
    return ("whole delivery" if not hold.domain else ""), hold.reason


def current(hold: Hold, deliveries: pd.DataFrame) -> str:
    """Return what pages show as long as a hold lasts; deliveries: newest first."""
    of_feed = deliveries[deliveries["FEED"].eq(hold.feed)]
    if hold.domain:
        used = of_feed[of_feed["DOMAIN"].eq(hold.domain) & of_feed["FILE_STATUS"].eq("used")]
        return str(used["NAME"].iloc[0]) if len(used) else NOTHING_CURRENT
    published = of_feed[of_feed["STATUS"].eq("published")]
    if published.empty:
        return NOTHING_CURRENT
    last = published.iloc[0]
    return f"delivery {last['SEQ']} of {_day(last)}"


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
    feeds = sorted(told | set(deliveries["FEED"]))
    of_domains = [(d, "late", "", None, note) for d, note in late.items() if d not in feeds]
    table = pd.DataFrame(
        [*(_feed(feed, deliveries, holds, late) for feed in feeds), *of_domains], columns=FEEDS
    )
    order = ["held", "never delivered", "late", "delivered"]
    rank = table["STATE"].map({state: n for n, state in enumerate(order)})
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
    note = f"{len(waiting)} held" if waiting else ""
    return feed, state, last, len(of_feed), "; ".join(x for x in (note, late.get(feed)) if x)


def _files(files: pd.DataFrame) -> Any:
    columns = [
        text("FEED", "Feed", 100),
        text("DOMAIN", "Domain", 80),
        text("FILE", "File", 170),
        text("SINCE", "Held since", 105),
        number("DAYS", "Days", 70),
        text("WHY", "Why", 360, wrap=True),
        text("CURRENT", "What stays current", 190, wrap=True),
    ]
    height = min(320, 60 + 60 * len(files))
    return grid(files, columns, grid_id="held-files", height=height, label="Files that are held")


def _feeds(feeds: pd.DataFrame) -> Any:
    if feeds.empty:
        return nothing("No feed has delivered anything yet.")
    columns = [
        text("FEED", "Feed", 130),
        text("STATE", "State", 140),
        text("LAST", "Last delivery", 120),
        number("DELIVERIES", "Deliveries", 105),
        text("NOTE", "Note", 460, wrap=True),
    ]
    height = min(320, 60 + 43 * len(feeds))
    return grid(feeds, columns, grid_id="feeds", height=height, label="Feeds and what came last")
