"""How a verdict and the state of a rule look: a word always, colour beside it, never alone."""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
import pandas as pd

from dashboards.i18n import mark, t
from safety.store.read import Snapshot

WORDS = {
    "DLT": mark("DLT"), "NO_DLT": mark("No DLT"), "PENDING": mark("Pending"),
    "INDETERMINATE": mark("Cannot be judged"),
}  # fmt: skip
ORDER = ("DLT", "INDETERMINATE", "PENDING", "NO_DLT")  # what asks for a person comes first
COLOURS = {"DLT": "#7F0F18", "INDETERMINATE": "#5C3B8C", "PENDING": "#1D5C8A", "NO_DLT": "#3F4A54"}
STATES = {"met": mark("met"), "not_evaluable": mark("cannot be judged"), "not_met": mark("not met")}
STATE_COLOURS = {"met": "#7F0F18", "not_evaluable": "#5C3B8C", "not_met": "#3F4A54"}
EVALUABLE = {"Y": mark("evaluable"), "N": mark("not evaluable"), "": mark("evaluability open")}


def badge(text: str, colour: str) -> dmc.Badge:
    """Return a word on a colour that reads in grey as well."""
    return dmc.Badge(text, color=colour, size="lg", radius="sm", variant="filled",
                     className="toxwatch-verdict")  # fmt: skip


def verdict(value: str) -> dmc.Badge:
    """Return a verdict."""
    return badge(t(WORDS[value]), COLOURS[value])


def state(value: str) -> dmc.Badge:
    """Return the state of a rule."""
    return badge(t(STATES[value]), STATE_COLOURS[value])


def level(value: str, shot: Snapshot) -> str:
    """Return a dose level; "" where the study has none, for an arm code is no dose level."""
    return value if shot.summary["escalation"] == "applies" else ""


def items(text: Any) -> list[Any]:
    """Return a stored list."""
    return json.loads(text) if isinstance(text, str) and text else []


def evidence(row: Any) -> list[dict[str, Any]]:
    """Return the evidence of a result, each with the file and row it stands in."""
    said, places = items(row["EVIDENCE"]), items(row["PLACES"])
    return [s | p for s, p in zip(said, places, strict=True)]


def given(value: Any) -> str:
    """Return a text, "" where there is none."""
    return "" if pd.isna(value) else str(value)
