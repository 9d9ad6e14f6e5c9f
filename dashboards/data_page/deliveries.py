"""Deliveries and row accounting: every received row is in exactly one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboards.components import choose, long, table
from dashboards.components.grid import in_utc
from dashboards.data_page.held import feed_href
from dashboards.i18n import mark, t
from dashboards.shown import Column, Shown, shown
from dashboards.view import View

PLACES = {
    "accepted": mark("accepted"), "quarantined": mark("held"),
    "duplicates": mark("exact duplicates"), "superseded": mark("superseded"),
    "deleted": mark("deleted"),
}  # fmt: skip
COUNTS = ("received", *PLACES)
ALL = "all"


def part(view: View) -> Any:
    """Return the part of the page."""
    deliveries = view.store.deliveries(view.shot.study)
    feed = view.address.get("feed")
    links = [
        choose.chip(name or t("all"), view.address.here(feed=name), on=feed == name)
        for name in ("", *sorted(set(deliveries["FEED"])))
    ]
    return dmc.Stack(
        [
            equation(view.shot.summary["rows"]),
            table.part("rows-by-feed", view),
            table.part("rows-by-domain", view),
            long.part("deliveries", view, lead=choose.group(t("Feed"), links)),
        ],
        gap="lg",
    )


def equation(rows: Mapping[str, int]) -> dmc.Text:
    """Return the sum over the files in use of the snapshot as a line that says whether it adds up.

    rows: COUNTS.
    """
    parts = " + ".join(f"{t(said)} {rows[name]:,}" for name, said in PLACES.items())
    said = t("Rows of the files in use: received {n} = {parts}: {whether}",
             n=f"{rows['received']:,}", parts=parts, whether=adds_up(rows))  # fmt: skip
    return dmc.Text(said, size="sm", fw=600, id="row-sum")


def adds_up(rows: Mapping[str, Any]) -> str:
    """Return whether rows add up, in words and with a sign: never a colour alone."""
    lost = int(rows["received"]) - sum(int(rows[name]) for name in PLACES)
    if lost == 0:
        return t("\u2713 adds up")
    missing, many = t("\u2717 {n} missing", n=f"{lost:,}"), t("\u2717 {n} too many", n=f"{-lost:,}")
    return missing if lost > 0 else many


@shown("rows-by-feed")
def by_feed(view: View) -> Shown:
    """Return the row accounts of the files in use now, by feed and in all."""
    used = view.store.deliveries(view.shot.study)
    used = used[used["FILE_STATUS"].eq("used")]
    rows = summed(used.rename(columns=str.lower), "feed")
    total = rows.iloc[-1] if len(rows) else None
    differs = total is not None and any(
        int(total[name]) != int(view.shot.summary["rows"][name]) for name in COUNTS
    )
    note = t("{n} files in use now", n=f"{len(used):,}")
    more = t(" Other files were in use in the snapshot that is shown.") if differs else ""
    columns = _accounts(t("Feed"), lambda row: _of_feed(view, row["NAME"]))
    return Shown(t("Rows by feed"), rows.drop(columns="is_sum"), columns, note=f"{note}.{more}",
                 none=t("No file is in use."))  # fmt: skip


@shown("rows-by-domain")
def by_domain(view: View) -> Shown:
    """Return the row accounts of the snapshot, by domain and in all."""
    told = view.shot.summary.get("by_domain", {})
    frame = pd.DataFrame([{"domain": name} | rows for name, rows in told.items()],
                         columns=["domain", *COUNTS])  # fmt: skip
    rows = summed(frame, "domain")
    return Shown(t("Rows by domain"), rows.drop(columns="is_sum"), _accounts(t("Domain"), None),
                 note=t("files in use in this snapshot"),
                 none=t("This snapshot does not tell its rows by domain."))  # fmt: skip


def summed(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return NAME, COUNTS, SUM by a column, and a last row over all; nothing for no rows."""
    if frame.empty:
        return pd.DataFrame(columns=["NAME", *COUNTS, "SUM", "is_sum"])
    counts = frame.groupby(by, sort=True)[list(COUNTS)].sum().astype(int)
    counts.loc[t(ALL)] = counts.sum()
    found = counts.rename_axis("NAME").reset_index()
    return found.assign(
        SUM=[adds_up(row) for row in found.to_dict("records")],
        is_sum=[*[False] * (len(found) - 1), True],
    )


def _of_feed(view: View, feed: str) -> str:
    return "" if feed == t(ALL) else feed_href(view, feed)


def _accounts(header: str, href: Any) -> tuple[Column, ...]:
    return (
        Column("NAME", header, href=href),
        Column("received", t("Received"), "number"),
        *(Column(name, f"{'=' if name == 'accepted' else '+'} {t(said)}", "number")
          for name, said in PLACES.items()),
        Column("SUM", t("Sum")),
    )  # fmt: skip


@shown("deliveries")
def received(view: View) -> Shown:
    """Return the files of the deliveries of the feed that is asked for, newest first."""
    everything = view.store.deliveries(view.shot.study)
    feed = view.address.get("feed")
    found = accounted(everything[everything["FEED"].eq(feed)] if feed else everything)
    return Shown(
        t("Deliveries"), found,
        (
            Column("SEQ", t("Delivery"), "number"), Column("FEED", t("Feed")),
            Column("DAY", t("Day")), Column("RECEIVED_AT", t("Received (UTC)")),
            Column("NAME", t("File")), Column("DOMAIN", t("Domain")),
            Column("FILE_STATUS", t("Status")), Column("RECEIVED", t("Received"), "number"),
            *(Column(name.upper(), t(said), "number") for name, said in PLACES.items()),
            Column("SUM", t("Sum")), Column("FILE_REASON", t("Reason"), wide=True),
            Column("SHA256", "SHA-256"),
        ),
        note=t("{n} files in {m} deliveries so far, newest first, whatever snapshot is shown",
               n=f"{found['NAME'].notna().sum():,}", m=f"{found['SEQ'].nunique():,}"),
        none=t("Nothing was delivered so far."),
    )  # fmt: skip


def accounted(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Return deliveries with SUM: whether the rows of each file add up.

    A delivery that could not be opened has no files: what is said of it is said of the whole.
    """
    lower = deliveries.rename(columns=str.lower)
    sums = ["" if pd.isna(row["received"]) else adds_up(row) for row in lower.to_dict("records")]
    return deliveries.assign(
        SUM=sums,
        FILE_STATUS=deliveries["FILE_STATUS"].fillna(deliveries["STATUS"]),
        FILE_REASON=deliveries["FILE_REASON"].fillna(deliveries["REASON"]),
        DOMAIN=deliveries["DOMAIN"].where(deliveries["DOMAIN"].ne(""), t("not used")),
        RECEIVED_AT=in_utc(deliveries["RECEIVED_AT"]),
        SHA256=deliveries["SHA256"].str[:12],
    )
