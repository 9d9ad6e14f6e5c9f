"""The frame around every page: what data one looks at is always in view."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, dcc

from dashboards import data
from safety.store.read import Hold, Snapshot

NAV_WIDTH = 210
WHOLE = {"flexShrink": 0}  # a badge is not cut off for the title beside it


def shell() -> dmc.MantineProvider:
    """Return the layout of the whole application."""
    return dmc.MantineProvider(
        [
            dcc.Location(id="address"),
            dmc.Anchor("Skip to content", href="#content", className="toxwatch-skip"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(dmc.Box(id="banner"), px="md", py=6),
                    dmc.AppShellNavbar(dmc.Stack(id="navigation", gap=4), p="sm"),
                    dmc.AppShellMain(dmc.Box(dash.page_container, id="content")),
                ],
                header={"height": {"base": 156, "lg": 128}},
                navbar={"width": NAV_WIDTH, "breakpoint": "sm"},
                padding="md",
            ),
        ]
    )


@callback(
    Output("banner", "children"),
    Output("navigation", "children"),
    Input("address", "pathname"),
    Input("address", "search"),
)
def draw_frame(pathname: str, search: str | None) -> tuple[Any, Any]:
    """Draw banner and navigation for the study in the address."""
    study = parse_qs((search or "").lstrip("?")).get("study", [None])[0]
    shot = data.snapshot(study)
    query = f"?{urlencode({'study': shot.study})}" if shot else ""
    links = [
        dmc.NavLink(label=page["name"], href=page["path"] + query, active=page["path"] == pathname)
        for page in dash.page_registry.values()
    ]
    return _banner(shot), [*_studies(shot, pathname), *links]


def _studies(shot: Snapshot | None, pathname: str) -> list[Any]:
    """Return a link a study, where there is more than one; each opens the page one is on."""
    known = data.studies()
    if shot is None or len(known) < 2:
        return []
    links = [
        dmc.NavLink(
            label=study,
            href=f"{pathname}?{urlencode({'study': study})}",
            active=study == shot.study,
            color="dark",
            variant="filled",
        )
        for study in known
    ]
    return [dmc.Text("Study", size="xs", className="toxwatch-label"), *links, dmc.Divider(my=4)]


def _banner(shot: Snapshot | None) -> Any:
    if shot is None:
        return dmc.Title("toxwatch", order=1, size="h3")
    notice = shot.header.get("notice") or ""
    holds = data.store().holds(shot)
    return dmc.Stack(
        [
            dmc.Group(
                [
                    dmc.Title("toxwatch", order=1, size="h3"),
                    dmc.Text(
                        f"{shot.study} \u00b7 {shot.header.get('title', '')}",
                        fw=600,
                        truncate="end",
                    ),
                    dmc.Badge(f"phase {shot.header.get('phase', '')}", color="dark", style=WHOLE),
                    dmc.Badge(
                        _feeds(shot, holds), color="dark", variant="outline", style=WHOLE, maw="60%"
                    ),
                ],
                gap="md",
                wrap="nowrap",
            ),
            dmc.Group(
                [
                    _fact("Data as of", shot.as_of),
                    _fact("Snapshot", shot.snapshot_id[:12]),
                    _fact("CTCAE", f"v{shot.ctcae}"),
                    _fact("Rule set", shot.rule_set),
                    _fact("Code", shot.code_version),
                    _fact("Published", shot.created_at),
                ],
                gap="lg",
                style={"rowGap": 0},
            ),
            dmc.Text(notice, size="sm", className="toxwatch-notice") if notice else None,
            _held(holds) if holds else None,
        ],
        gap=2,
        maw="calc(100vw - 2rem)",  # what is too long is cut off in its line, not by the window
    )


def _fact(name: str, value: str) -> dmc.Text:
    return dmc.Text([dmc.Text(f"{name} ", span=True, c="#495057"), value], size="sm")


def _feeds(shot: Snapshot, holds: list[Hold]) -> str:
    """Say whether the newest delivery of every feed, and every file of it, was used."""
    if not holds:
        return f"feeds complete ({data.store().deliveries(shot.study)['FEED'].nunique()})"
    domains: dict[str, list[str]] = {}
    for hold in holds:
        domains.setdefault(hold.feed, []).append(hold.domain)
    said = [
        f"{feed} ({', '.join(sorted({n for n in names if n}))})" if any(names) else feed
        for feed, names in sorted(domains.items())
    ]
    return f"held: {', '.join(said)} - showing the previous data"


def _held(holds: list[Hold]) -> dmc.Tooltip:
    """Say on one line which file waits since when and why; all of it where one points at it."""
    told = [f"Held since {h.since}: {h.reason}" for h in holds]
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    line = dmc.Text(
        f"{told[0]}{more}", size="sm", className="toxwatch-notice", truncate="end", id="held"
    )
    return dmc.Tooltip(line, label="\n".join(told), multiline=True, w=700,
                       boxWrapperProps={"maw": "100%"})  # fmt: skip
