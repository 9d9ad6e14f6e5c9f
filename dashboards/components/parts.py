"""Small pieces: figures in a card, sections, states that say what they are."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html


def labelled(text: str) -> dict[str, Any]:
    """Return what gives a component a name for who cannot see it."""
    return {"aria-label": text}


def stat(label: str, value: str, note: str = "") -> dmc.Paper:
    """A number with what it counts and what it leaves out."""
    return dmc.Paper(
        [
            dmc.Text(label, size="sm", className="toxwatch-label"),
            dmc.Text(value, fw=700, size="xl"),
            dmc.Text(note or "\u00a0", size="xs", className="toxwatch-label"),
        ],
        withBorder=True,
        p="sm",
        radius="md",
    )


def section(title: str, note: str, *children: Any) -> dmc.Stack:
    """A titled part of a page; the note says the denominator or the source."""
    return dmc.Stack(
        [
            dmc.Group(
                [dmc.Title(title, order=2, size="h4"), dmc.Text(note, size="sm", c="#495057")],
                align="baseline",
                gap="md",
            ),
            *children,
        ],
        gap="xs",
    )


def nothing(message: str) -> dmc.Alert:
    """An empty state: there is nothing, and that was looked at."""
    return dmc.Alert(message, color="gray", variant="light")


def no_snapshot() -> dmc.Alert:
    """There is no data at all, which is not the same as no findings."""
    return dmc.Alert(
        "No snapshot has been published yet. Run `toxwatch run STUDY` or `make demo`; until then "
        "this page can say nothing about safety.",
        title="No data",
        color="red",
        variant="outline",
    )


def stamp(as_of: str, snapshot_id: str) -> str:
    """Say which data a part shows; every part that may be cut out says it."""
    return f"as of {as_of}, snapshot {snapshot_id[:12]}"


def folded(label: str, *children: Any) -> dmc.Accordion:
    """A part that is closed until somebody opens it; the label says how much is in it."""
    item = dmc.AccordionItem(
        [dmc.AccordionControl(label), dmc.AccordionPanel(list(children))], value="folded"
    )
    return dmc.Accordion([item], variant="contained", radius="sm")


def commands(lines: list[str], block_id: str) -> html.Div:
    """Commands as text, with a button that copies them."""
    return html.Div(
        [
            html.Pre("\n".join(lines), id=block_id, className="toxwatch-command"),
            dcc.Clipboard(target_id=block_id, title="copy", className="toxwatch-copy"),
        ],
        className="toxwatch-commands",
    )
