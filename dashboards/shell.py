"""The frame around every page: what data one looks at is always in view."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards.address import Address
from dashboards.components.parts import labelled
from dashboards.i18n import LANGUAGES, language, t
from dashboards.page import Page
from dashboards.view import View, Visit
from safety.store.read import Hold

NAV_WIDTH = 200
WHOLE = {"flexShrink": 0}  # a badge is not cut off for the title beside it


def shell() -> dmc.MantineProvider:
    """Return the layout of the whole application: no data stand in it."""
    return dmc.MantineProvider(
        [
            dcc.Location(id="address", refresh=False),
            dcc.Store(id="done"),
            dcc.Store(id="titled"),
            html.A(t("Skip to content"), href="#content", className="toxwatch-skip"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(dmc.Box(id="banner"), px="md", py=6),
                    dmc.AppShellNavbar(html.Div(id="navigation"), p="sm"),
                    dmc.AppShellMain(
                        [
                            html.Div(id="said", role="status"),
                            html.Div(id="filters"),
                            html.Div(id="content"),
                        ]
                    ),
                ],
                header={"height": {"base": 132, "lg": 104}},
                navbar={"width": NAV_WIDTH, "breakpoint": "sm"},
                padding="md",
            ),
        ],
        theme={"primaryShade": 9},  # text in the lighter shades cannot be read by everybody
    )


def navigation(visit: Visit, pages: tuple[Page, ...], view: View | None) -> Any:
    """Return the pages that the person may open, the studies, and who is signed in."""
    address = visit.address
    links = [
        dmc.NavLink(label=t(page.name), href=_href(address, page, view),
                    active="exact" if page.path == address.path else False)
        for page in pages
        if page.listed and _may(visit, page, view)
    ]  # fmt: skip
    return html.Nav(
        [*_studies(visit, view), *links, dmc.Divider(my=6), *_person(visit)],
        **labelled(t("Pages")),
    )


def _may(visit: Visit, page: Page, view: View | None) -> bool:
    if page.of_study and view is not None:
        return visit.may(view.shot.study, page.roles)
    return any(page.roles & roles for roles in visit.person.roles.values())


def _href(address: Address, page: Page, view: View | None) -> str:
    study = view.shot.study if view else address.study
    return Address(page.path, study, address.at, address.scope).here()


def _studies(visit: Visit, view: View | None) -> list[Any]:
    """Return a link a study, where there is more than one; each opens the page one is on."""
    known = visit.store.studies() if visit.store.is_ready() else []
    if view is None or len(known) < 2:
        return []
    links = [
        dmc.NavLink(label=study, href=Address(visit.address.path, study).here(),
                    active=study == view.shot.study, color="dark", variant="filled")
        for study in known
    ]  # fmt: skip
    return [dmc.Text(t("Study"), size="xs", className="toxwatch-label"), *links, dmc.Divider(my=4)]


def _person(visit: Visit) -> list[Any]:
    account = visit.person.account
    marked = f"{account.name} ({t('demo')})" if account.demo else account.name
    return [
        dmc.NavLink(label=marked, description=account.username, href="/account",
                    active="exact" if visit.address.path == "/account" else False),
        html.Button(t("Sign out"), id="sign-out", className="toxwatch-signout", n_clicks=0),
        html.Div([
            html.Button(name, id={"language": code}, lang=code, n_clicks=0,
                        className="toxwatch-language")
            for code, name in LANGUAGES.items() if code != language()
        ]),
    ]  # fmt: skip


def banner(view: View | None) -> Any:
    """Return what is always in view: study, data as of, snapshot, versions, feeds."""
    if view is None:
        return dmc.Text("toxwatch", fw=700, size="xl")
    shot, holds = view.shot, view.holds()
    notice = shot.header.get("notice") or ""
    return dmc.Stack(
        [
            dmc.Group(
                [
                    dmc.Text("toxwatch", fw=700, size="xl"),
                    dmc.Text(f"{shot.study} \u00b7 {shot.header.get('title', '')}", fw=600,
                             truncate="end"),
                    dmc.Badge(t("phase {phase}", phase=shot.header.get("phase", "")), color="dark",
                              style=WHOLE),
                    dmc.Badge(_feeds(view, holds), color="dark", variant="outline", style=WHOLE,
                              maw="60%", tt="none"),
                ],
                gap="md", wrap="nowrap",
            ),
            dmc.Group(
                [
                    _fact(t("Data as of"), shot.as_of),
                    _fact(t("Snapshot"), shot.snapshot_id[:12]),
                    _fact("CTCAE", f"v{shot.ctcae}"),
                    _fact(t("Rule set"), shot.rule_set),
                    _fact(t("Code"), shot.code_version),
                    _fact(t("Published"), shot.created_at),
                ],
                gap="lg", style={"rowGap": 0},
            ),
            None if view.is_newest else _past(view),
            dmc.Text(notice, size="sm", className="toxwatch-notice") if notice else None,
            _held(holds) if holds else None,
        ],
        gap=2,
        maw="calc(100vw - 2rem)",  # what is too long is cut off in its line, not by the window
    )  # fmt: skip


def _past(view: View) -> dmc.Text:
    newest = Address(view.address.path, view.shot.study, "", view.address.scope).here()
    return dmc.Text(
        [t("This is a past snapshot; there is newer data."), " ",
         dcc.Link(t("Show the newest"), href=newest)],
        size="sm", className="toxwatch-notice", id="past",
    )  # fmt: skip


def _fact(name: str, value: str) -> dmc.Text:
    return dmc.Text([dmc.Text(f"{name} ", span=True, c="#495057"), value], size="sm")


def _feeds(view: View, holds: list[Hold]) -> str:
    """Say whether the newest delivery of every feed, and every file of it, was used."""
    if not holds:
        count = view.store.deliveries(view.shot.study)["FEED"].nunique()
        return t("feeds complete ({n})", n=count)
    domains: dict[str, list[str]] = {}
    for hold in holds:
        domains.setdefault(hold.feed, []).append(hold.domain)
    said = [
        f"{feed} ({', '.join(sorted({n for n in names if n}))})" if any(names) else feed
        for feed, names in sorted(domains.items())
    ]
    return t("held: {what} - showing the previous data", what=", ".join(said))


def _held(holds: list[Hold]) -> dmc.Tooltip:
    """Say on one line which file waits since when and why; all of it where one points at it."""
    told = [t("Held since {day}: {reason}", day=h.since, reason=h.reason) for h in holds]
    more = t(" (and {n} more)", n=len(told) - 1) if len(told) > 1 else ""
    line = dmc.Text(
        f"{told[0]}{more}", size="sm", className="toxwatch-notice", truncate="end", id="held"
    )
    return dmc.Tooltip(line, label="\n".join(told), multiline=True, w=700,
                       boxWrapperProps={"maw": "100%"})  # fmt: skip
