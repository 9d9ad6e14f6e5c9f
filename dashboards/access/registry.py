"""Callbacks that somebody may call: one that is not registered here is refused.

Dash itself authorises nothing: it answers whoever asks. A rule says who may call and where in what
is sent the study stands; the guard asks it before the callback runs, and reads ask again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dash import Dash

from dashboards.page import EVERYBODY, Roles

Call = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call. search: the (id, property) in which the address with the study stands."""

    roles: Roles = EVERYBODY
    search: tuple[str, str] | None = None


@dataclass(slots=True)
class Registry:
    """The callbacks of an application, each with its rule."""

    app: Dash
    rules: dict[str, Rule] = field(default_factory=dict)

    def secured(self, *of: Any, rule: Rule, **more: Any) -> Callable[[Call], Call]:
        """Register a callback, and who may call it."""

        def connect(call: Call) -> Call:
            before = set(self.app.callback_map)
            connected: Call = self.app.callback(*of, **more)(call)
            for output in set(self.app.callback_map) - before:
                self.rules[output] = rule
            return connected

        return connect


def given(body: Any, of: tuple[str, str]) -> str:
    """Return what a browser sends as a property of a component; "" if it sends none."""
    name, prop = of
    sent = body if isinstance(body, dict) else {}
    for part in ("inputs", "state"):
        listed = sent.get(part)
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict) and (each.get("id"), each.get("property")) == (name, prop):
                value = each.get("value")
                return value if isinstance(value, str) else ""
    return ""
