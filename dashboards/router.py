"""From an address to what is on the screen, and what is said where nothing can be."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import dash_mantine_components as dmc
from dash import html
from sqlalchemy.exc import SQLAlchemyError

from dashboards import address, lasting, shell
from dashboards.access import guard
from dashboards.address import Address
from dashboards.alerts_page import link
from dashboards.components import choose
from dashboards.i18n import t
from dashboards.page import Page, by_path
from dashboards.view import ForbiddenError, NoSnapshotError, View, Visit
from safety.accounts import secret
from safety.errors import ToxwatchError
from safety.settings import from_environment

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Screen:
    """The four parts of the frame."""

    banner: Any
    navigation: Any
    filters: Any
    content: Any


def visit(path: str, search: str | None) -> Visit:
    """Return the visit of who asks; raise WrongUseError for an address that is none."""
    settings = from_environment()
    given = address.read(path, search)
    return link.followed(
        Visit(settings, guard.session(), given, secret.read_or_make(settings))
    )  # fmt: skip


def screen(pages: tuple[Page, ...], path: str, search: str | None) -> Screen:
    """Return what is shown at an address. Whatever goes wrong is said; nothing looks like zero."""
    try:
        return _screen(pages, path, search)
    except (SQLAlchemyError, OSError) as error:
        log.warning("a page cannot be read: %s", type(error).__name__)
        return Screen(shell.banner(None), None, None, unreadable())


def _screen(pages: tuple[Page, ...], path: str, search: str | None) -> Screen:
    try:
        here = visit(path, search)
    except ToxwatchError as error:
        settings = from_environment()
        lost = Visit(settings, guard.session(), Address(path), secret.read_or_make(settings))
        return Screen(shell.banner(None), shell.navigation(lost, pages, None), None,
                      trouble(t("This address cannot be read"), str(error)))  # fmt: skip
    view, refusal = _view(here)
    return _drawn(pages, by_path(pages), here, view, refusal)


def _view(here: Visit) -> tuple[View | None, Any]:
    try:
        found = here.view()
    except NoSnapshotError as error:
        return None, no_snapshot(str(error))
    except ForbiddenError as error:
        return None, trouble(t("Not yours to see"), t(str(error)))
    except ToxwatchError as error:
        return None, trouble(t("No such snapshot"), str(error))
    named = replace(found.address, study=found.shot.study)  # links name the study that is shown
    return replace(found, address=named), None


def _drawn(
    pages: tuple[Page, ...], known: Mapping[str, Page], here: Visit, view: View | None, refusal: Any
) -> Screen:  # fmt: skip
    page = known.get(here.address.path)
    if page is not None and not page.of_study:
        alone = shell.navigation(here, pages, None)
        return Screen(shell.banner(None), alone, None, _page(page, lambda: page.draw(here)))
    navigation, banner = shell.navigation(here, pages, view), shell.banner(view)
    if page is None:
        missing = trouble(t("No such page"), t("Choose one at the left."))
        return Screen(banner, navigation, None, missing)
    if view is None:
        return Screen(banner, navigation, None, refusal)
    if not view.may(view.shot.study, page.roles):
        barred = trouble(t("Not yours to see"), t("Your role in this study has no such page."))
        return Screen(banner, navigation, None, barred)
    filters = choose.bar(view, page.filters)
    return Screen(banner, navigation, filters, _page(page, lambda: _content(page, view)))


def _content(page: Page, view: View) -> Any:
    if page.lasts:
        return lasting.drawn(view, page.path, lambda: page.draw(view))
    return page.draw(view)


def _page(page: Page, draw: Callable[[], Any]) -> Any:
    try:
        drawn = draw()
    except ForbiddenError as error:
        drawn = trouble(t("Not yours to see"), t(str(error)), heading=False)
    except ToxwatchError as error:
        drawn = trouble(t("This cannot be shown"), str(error), heading=False)
    return [html.H1(t(page.name), className="toxwatch-title"), drawn]


def trouble(title: str, why: str, *, heading: bool = True) -> Any:
    """Return what is said where nothing can be shown: what is wrong, and what to do."""
    told = dmc.Alert(why, title=title, color="red", variant="outline")
    return [html.H1(title, className="toxwatch-title"), told] if heading else told


def unreadable() -> Any:
    """The data cannot be read, which is not the same as no data."""
    return trouble(
        t("The data cannot be read now"),
        t("The database does not answer. This page says nothing about safety until it does; "
          "whoever runs toxwatch should look at `toxwatch db upgrade` and the server."),
    )  # fmt: skip


def broken() -> Any:
    """A fault of toxwatch itself."""
    return trouble(
        t("This page cannot be made"),
        t("That is a fault of toxwatch, and says nothing about safety. Tell whoever runs it: the "
          "log of the server has the cause."),
    )  # fmt: skip


def no_snapshot(study: str) -> Any:
    """There is no data at all, which is not the same as no findings."""
    name = study or t("any study of yours")
    return trouble(
        t("No data"),
        t("No snapshot of {study} has been published yet: run `toxwatch run STUDY`. Until then "
          "this page can say nothing about safety.", study=name),
    )  # fmt: skip
