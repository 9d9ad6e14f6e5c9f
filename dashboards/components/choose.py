"""Filters and choices as links: they live in the address, and the back button undoes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards.address import Address, written
from dashboards.components.parts import labelled
from dashboards.i18n import t
from dashboards.view import View
from safety.displays.population import Scope

GRADES = (0, 1, 2, 3, 4)


def bar(view: View, shown: Iterable[str]) -> Any:
    """Return the filters that change a page, and always how many subjects are left."""
    names, found = set(shown), view.population()
    levels = view.population(Scope()).levels
    parts = [
        *([_levels(view, levels)] if "level" in names and len(levels) > 1 else []),
        *(_switches(view, names)),
        *([_grades(view)] if "grade" in names else []),
    ]
    is_on = view.address.scope != Scope()
    clear = dcc.Link(t("Clear filters"), href=_with(view.address, Scope()),
                     className="toxwatch-clear") if is_on else None  # fmt: skip
    count = html.Span(
        t("{n} of {m} subjects", n=f"{len(found):,}", m=f"{found.treated:,}"),
        id="population", className="toxwatch-population",
    )  # fmt: skip
    return html.Div([count, *parts, clear], className="toxwatch-filters", role="group",
                    **labelled(t("Filters")))  # fmt: skip


def _levels(view: View, levels: Iterable[str]) -> html.Span:
    scope = view.address.scope
    links = [
        chip(level, _with(view.address, replace(scope, levels=_toggled(scope.levels, level))),
             on=level in scope.levels)
        for level in levels
    ]  # fmt: skip
    return group(t("Level"), links)


def _toggled(levels: tuple[str, ...], level: str) -> tuple[str, ...]:
    return tuple(x for x in levels if x != level) if level in levels else (*levels, level)


def _switches(view: View, names: set[str]) -> list[Any]:
    scope, found = view.address.scope, []
    if "related" in names:
        found.append((t("Related only"), replace(scope, related=not scope.related), scope.related))
    if "serious" in names:
        found.append((t("Serious only"), replace(scope, serious=not scope.serious), scope.serious))
    if "emergent" in names:
        before = replace(scope, emergent=not scope.emergent)
        found.append((t("Also before treatment"), before, not scope.emergent))
    return [chip(label, _with(view.address, to), on=on) for label, to, on in found]


def _grades(view: View) -> html.Span:
    scope = view.address.scope
    links = [
        chip(t("all") if g == 0 else f"\u2265{g}",
             _with(view.address, replace(scope, least_grade=g)), on=scope.least_grade == g)
        for g in GRADES
    ]  # fmt: skip
    return group(t("Grade"), links)


def _with(address: Address, scope: Scope) -> str:
    return written(replace(address, scope=scope))


def parts(view: View, names: Mapping[str, str], chosen: str, waiting: Mapping[str, str]) -> Any:
    """Return the parts of a page to choose from. names: translated; waiting: what waits in each."""
    links = [
        chip(f"{said} {waiting.get(name, '')}".strip(),
             view.address.to(view.address.path, part=name), on=name == chosen)
        for name, said in names.items()
    ]  # fmt: skip
    return group(t("Part"), links)


def group(label: str, links: list[Any]) -> html.Span:
    """Return links that belong together, under a label."""
    return html.Span([html.Span(label, className="toxwatch-label"), *links], role="group",
                     className="toxwatch-group", **labelled(label))  # fmt: skip


def chip(label: str, href: str, *, on: bool) -> dcc.Link:
    """Return a choice: a link, marked if it is what is shown."""
    mark = "\u2713 " if on else ""
    chosen = " toxwatch-on" if on else ""
    return dcc.Link(f"{mark}{label}", href=href, className=f"toxwatch-chip{chosen}",
                    title=t("on") if on else label)  # fmt: skip


def choice(view: View, name: str, label: str, options: Mapping[str, str], value: str) -> Any:
    """Return a list to choose one of many from; the choice is asked of the page under a name.

    options: value -> label.
    """
    data = [{"value": view.address.here(**{name: v}), "label": text} for v, text in options.items()]
    return dmc.Select(
        id={"choose": name}, label=label, data=data, value=view.address.here(**{name: value}),
        searchable=True, allowDeselect=False, w=360, comboboxProps={"withinPortal": False},
        nothingFoundMessage=t("Nothing found"),
    )  # fmt: skip
