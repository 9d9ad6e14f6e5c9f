"""Every callback of the application, each with its rule. There are few: pages live in addresses."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from dash import (
    ALL,
    MATCH,
    ClientsideFunction,
    Dash,
    Input,
    Output,
    State,
    ctx,
    no_update,
    set_props,
)

from dashboards import acts, reviewing, router, search
from dashboards.access.registry import Registry, Rule
from dashboards.components import listing
from dashboards.i18n import t
from dashboards.page import Page
from safety.errors import ToxwatchError

log = logging.getLogger(__name__)
ADDRESS = ("address", "search")


def connect(app: Dash, pages: tuple[Page, ...]) -> Registry:
    """Connect all callbacks; return the registry by which the guard judges calls."""
    registry = Registry(app)
    _show(registry, pages)
    _rows(registry)
    _review(registry)
    _act(registry)
    _search(registry)
    _clientside(app)
    return registry


def failed(error: Exception) -> None:
    """Say on the page that it could not be made: nothing may look like nothing to report."""
    where = "".join(traceback.format_tb(error.__traceback__))  # not its text: it may name a subject
    log.error("a page cannot be made: %s\n%s", type(error).__name__, where)
    set_props("content", {"children": router.broken()})


def _show(registry: Registry, pages: tuple[Page, ...]) -> None:
    @registry.secured(
        Output("banner", "children"), Output("navigation", "children"),
        Output("filters", "children"), Output("content", "children"),
        Input("address", "pathname"), Input("address", "search"), Input("done", "data"),
        rule=Rule(),
    )  # fmt: skip
    def show(path: str, search: str | None, _done: Any) -> tuple[Any, Any, Any, Any]:
        found = router.screen(pages, path, search)
        return found.banner, found.navigation, found.filters, found.content


def _rows(registry: Registry) -> None:
    @registry.secured(
        Output({"rows": MATCH}, "getRowsResponse"),
        Input({"rows": MATCH}, "getRowsRequest"),
        State("address", "pathname"), State("address", "search"),
        rule=Rule(search=ADDRESS), prevent_initial_call=True,
    )  # fmt: skip
    def rows(asked: Any, path: str, search: str | None) -> Any:
        if not isinstance(asked, dict) or not isinstance(ctx.triggered_id, dict):
            return no_update
        view = router.visit(path, search).view()
        return listing.answer(view, str(ctx.triggered_id["rows"]), asked)


def _review(registry: Registry) -> None:
    @registry.secured(
        Output({"rows": MATCH, "part": "told"}, "children"),
        Input({"rows": MATCH, "to": ALL}, "n_clicks"),
        State({"rows": MATCH}, "selectedRows"),
        State("address", "pathname"), State("address", "search"),
        rule=Rule(roles=reviewing.MARKERS, search=ADDRESS), prevent_initial_call=True,
    )  # fmt: skip
    def review(clicks: list[int | None], selected: Any, path: str, search: str | None) -> Any:
        chosen = ctx.triggered_id
        if not any(clicks) or not isinstance(chosen, dict):
            return no_update
        return _done(sum(n or 0 for n in clicks), lambda: acts.perform(
            router.visit(path, search), reviewing.SELECTED, str(chosen["rows"]),
            {"rows": reviewing.selected(selected), "to": str(chosen["to"])},
        ))  # fmt: skip


def _act(registry: Registry) -> None:
    @registry.secured(
        Output({"act": MATCH, "of": MATCH, "part": "told"}, "children"),
        Input({"act": MATCH, "of": MATCH, "part": "go"}, "n_clicks"),
        State({"act": MATCH, "of": MATCH, "field": ALL}, "value"),
        State("address", "pathname"), State("address", "search"),
        rule=Rule(search=ADDRESS), prevent_initial_call=True,
    )  # fmt: skip
    def act(clicks: int | None, _values: list[Any], path: str, search: str | None) -> Any:
        chosen = ctx.triggered_id
        if not clicks or not isinstance(chosen, dict):
            return no_update
        values = {str(s["id"]["field"]): str(s.get("value") or "") for s in ctx.states_list[0]}
        return _done(clicks, lambda: acts.perform(
            router.visit(path, search), chosen["act"], chosen["of"], values
        ))  # fmt: skip


def _done(clicks: int, do: Callable[[], str]) -> Any:
    """Do an act; return what is wrong with it, or say what was done and draw the page anew."""
    try:
        said = do()
    except ToxwatchError as error:
        return dmc.Alert(t(str(error)), color="red", variant="outline", mt="xs")
    set_props("said", {"children": dmc.Alert(said, color="green", variant="outline", mb="sm")})
    set_props("done", {"data": clicks})
    return None


def _search(registry: Registry) -> None:
    @registry.secured(
        Output("address", "search"),
        Input({"search": ALL}, "n_submit"),
        State({"search": ALL}, "value"),
        State("address", "pathname"), State("address", "search"),
        rule=Rule(search=ADDRESS), prevent_initial_call=True,
    )  # fmt: skip
    def find(submits: list[int | None], _typed: list[Any], path: str, asked: str | None) -> Any:
        if not any(submits):
            return no_update
        typed = {str(s["id"]["search"]): str(s.get("value") or "") for s in ctx.states_list[0]}
        there = search.address(router.visit(path, asked).view(), typed)
        return f"?{there.partition('?')[2]}"


def _clientside(app: Dash) -> None:
    """Connect what the browser does by itself: nothing of it is asked of the server."""
    for name, output, given in (
        ("title", Output("titled", "data"), Input("content", "children")),
        ("choose", Output("titled", "data", allow_duplicate=True),
         Input({"choose": ALL}, "value")),
        ("take", Output("titled", "data", allow_duplicate=True),
         Input({"figure": ALL, "kind": ALL}, "n_clicks")),
    ):  # fmt: skip
        app.clientside_callback(
            ClientsideFunction("toxwatch", name), output, given, prevent_initial_call=True
        )
